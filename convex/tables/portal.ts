import { defineTable } from "convex/server";
import { v } from "convex/values";

/** How an export run ended, as its process says. */
export const runEnd = v.union(v.literal("completed"), v.literal("failed"), v.literal("cancelled"));

/** `running` until it has ended; `interrupted` where its process stopped without saying how. */
export const runOutcome = v.union(v.literal("running"), runEnd, v.literal("interrupted"));

/** `snapshot`: all pages at one timestamp. `rolling`: each page as of the time it was read. */
export const runConsistency = v.union(v.literal("snapshot"), v.literal("rolling"));

/** `paused`: the delivery broke off, and the file is kept for a while for the rest of it. */
export const runPhase = v.union(v.literal("capturing"), v.literal("sending"), v.literal("paused"));

/** How far a run has come, or had when it ended. */
export const runProgress = v.object({
  phase: runPhase,
  total_records: v.number(), // of all tables asked for, known since the plan
  table_records: v.optional(v.record(v.string(), v.number())), // the same, per table
  estimated_bytes: v.number(), // size of the file, estimated by the plan
  record_counts: v.record(v.string(), v.number()), // captured so far, per table
  captured_bytes: v.number(),
  sent_bytes: v.optional(v.number()), // handed to the network, of file_bytes
  file_bytes: v.optional(v.number()),
});

/** What was refused: to see the export page, or to download an export. */
export const deniedAttempt = v.union(v.literal("page"), v.literal("download"));

/**
 * Why: the user's role is another one, the session impersonates somebody, or a page of another site
 * asked for it, perhaps without the user's knowledge.
 */
export const denialReason = v.union(
  v.literal("role"),
  v.literal("impersonation"),
  v.literal("other_site"),
);

/** The export portal's own tables. They are never exported. */
export const portalTables = {
  // The audit trail: one row per export, written before the timestamp is pinned. The first rows
  // ever written have no attempt key, consistency and sign of life; all later ones do.
  export_runs: defineTable({
    run_key: v.string(), // UUID of the caller: one export each
    attempt_key: v.optional(v.string()), // UUID of whoever wrote the row: tells a repeated start
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
    consistency: v.optional(runConsistency),
    reason: v.optional(v.string()), // as given by whoever exports
    outcome: runOutcome,
    error_code: v.optional(v.string()),
    started_at: v.number(), // ms since the epoch, as all times here
    finished_at: v.optional(v.number()),
    cancel_asked_at: v.optional(v.number()), // its process sees that, and cancels it
    cancel_asked_by: v.optional(v.string()), // name of the administrator
    alive_until: v.optional(v.number()), // without a sign of life by then, it is interrupted
    progress: v.optional(runProgress),
    snapshot_at: v.optional(v.number()),
    file_name: v.optional(v.string()),
    total_records: v.optional(v.number()),
    record_counts: v.optional(v.record(v.string(), v.number())),
    bytes: v.optional(v.number()),
    digest: v.optional(v.string()), // SHA-256 of the file, hex
  })
    .index("by_run_key", ["run_key"])
    .index("by_outcome_alive_until", ["outcome", "alive_until"])
    .index("by_started", ["started_at"])
    .index("by_outcome_started", ["outcome", "started_at"])
    .index("by_user_started", ["user_id", "started_at"])
    .index("by_user_outcome_started", ["user_id", "outcome", "started_at"])
    .index("by_digest", ["digest"]),

  // The other part of the audit trail: exports that somebody with a session was refused. Rows are
  // added, and never changed.
  export_denials: defineTable({
    user_id: v.id("users"), // of the session; of an impersonation, who is impersonated
    user_name: v.string(),
    user_role: v.string(),
    impersonated_by: v.optional(v.id("users")),
    impersonator_name: v.optional(v.string()),
    attempt: deniedAttempt,
    reason: denialReason,
    denied_at: v.number(),
    address: v.optional(v.string()),
    user_agent: v.optional(v.string()),
    request_id: v.optional(v.string()),
  })
    .index("by_denied", ["denied_at"])
    .index("by_user_denied", ["user_id", "denied_at"]),

  // Failed sign-ins per account and per address, shared by all replicas of the portal.
  sign_in_failures: defineTable({
    key: v.string(), // "account:<hash>" or "address:<hash>": no email is kept in clear
    failures: v.number(),
    window_started_at: v.number(),
  }).index("by_key", ["key"]),
};
