import { defineTable } from "convex/server";
import { v } from "convex/values";

/** How an export run ended; `running` until it has. */
export const runOutcome = v.union(
  v.literal("running"),
  v.literal("completed"),
  v.literal("failed"),
  v.literal("cancelled"),
);

/** The export portal's own tables. They are never exported. */
export const portalTables = {
  // The audit trail: one row per export, written before the timestamp is pinned.
  export_runs: defineTable({
    run_key: v.string(), // UUID of the caller: makes starting a run idempotent
    actor_kind: v.union(v.literal("session"), v.literal("command_line")),
    actor_name: v.string(),
    actor_role: v.optional(v.string()),
    user_id: v.optional(v.id("users")),
    address: v.optional(v.string()),
    user_agent: v.optional(v.string()),
    request_id: v.optional(v.string()),
    export_type: v.union(v.literal("full"), v.literal("segmented")),
    filters: v.record(v.string(), v.array(v.string())),
    format: v.string(),
    privacy: v.string(),
    outcome: runOutcome,
    error_code: v.optional(v.string()),
    started_at: v.number(), // ms since the epoch, as all times here
    finished_at: v.optional(v.number()),
    snapshot_at: v.optional(v.number()),
    file_name: v.optional(v.string()),
    total_records: v.optional(v.number()),
    record_counts: v.optional(v.record(v.string(), v.number())),
    bytes: v.optional(v.number()),
    digest: v.optional(v.string()), // SHA-256 of the file, hex
  })
    .index("by_run_key", ["run_key"])
    .index("by_started", ["started_at"]),

  // Failed sign-ins per account and per address, shared by all replicas of the portal.
  sign_in_failures: defineTable({
    key: v.string(), // "account:<hash>" or "address:<hash>": no email is kept in clear
    failures: v.number(),
    window_started_at: v.number(),
  }).index("by_key", ["key"]),
};
