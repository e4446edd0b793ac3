import { ConvexError, v, type Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import schema from "../schema";
import { findSession } from "./sessions";

/** Most rows that one call closes, so that starting an export stays cheap. */
const MAXIMUM_CLOSED_RUNS = 20;

/**
 * Signs of life are dated by portals, whose clocks may differ from this one. A row that is only
 * shown as interrupted can still be finished; one that says so cannot: so it waits this long.
 */
const CLOCK_DIFFERENCE_MS = 5 * 60 * 1000; // 5 minutes

/** Entries of the audit trail that the export page shows. */
const SHOWN_ENTRIES = 10;

/** Most refused attempts of one user on record in a window: nobody can fill the database. */
const DENIALS_PER_USER = 20;
const DENIAL_WINDOW_MS = 15 * 60 * 1000; // 15 minutes

/** Runs of one digest that are told: the same bytes may have been delivered more than once. */
const RUNS_OF_A_DIGEST = 5;

/** The audit row of a run, by the key that its caller chose. */
export async function findRun(ctx: QueryCtx, runKey: string): Promise<Doc<"export_runs"> | null> {
  return await ctx.db
    .query("export_runs")
    .withIndex("by_run_key", (q) => q.eq("run_key", runKey))
    .unique();
}

/**
 * The audit row of a run that its process still has to finish; null once it is finished: from
 * then on it never changes.
 * @throws ConvexError `unknown_run`
 */
export async function findRunningRun(
  ctx: MutationCtx,
  runKey: string,
): Promise<Doc<"export_runs"> | null> {
  const run = await findRun(ctx, runKey);
  if (run === null) {
    throw new ConvexError({ code: "unknown_run", message: "There is no such export run." });
  }
  return run.outcome === "running" ? run : null;
}

/** Writes the end of runs whose process stopped without doing so, the longest silent ones first. */
export async function closeInterruptedRuns(ctx: MutationCtx): Promise<void> {
  const latest = Date.now() - CLOCK_DIFFERENCE_MS;
  // From 0, because an absent sign of life sorts before all numbers.
  const silent = await ctx.db
    .query("export_runs")
    .withIndex("by_outcome_alive_until", (q) =>
      q.eq("outcome", "running").gte("alive_until", 0).lt("alive_until", latest),
    )
    .take(MAXIMUM_CLOSED_RUNS);
  for (const { _id, alive_until } of silent) {
    await ctx.db.patch(_id, { outcome: "interrupted", finished_at: alive_until });
  }
}

type Denial = Doc<"export_denials">;

/** A refused attempt as the portal tells it; who it was is found by the session. */
export type DeniedAttempt = Pick<
  Denial,
  "attempt" | "reason" | "address" | "user_agent" | "request_id"
>;

/** Records that a session was refused, unless its user has filled the window with such attempts. */
export async function recordDenial(
  ctx: MutationCtx,
  tokenHash: string,
  denied: DeniedAttempt,
): Promise<void> {
  const session = await findSession(ctx, tokenHash);
  const now = Date.now();
  if (session === null || session.expires <= now) return;
  const { user, impersonatedBy } = session;
  const earlier = await ctx.db
    .query("export_denials")
    .withIndex("by_user_denied", (q) =>
      q.eq("user_id", user._id).gt("denied_at", now - DENIAL_WINDOW_MS),
    )
    .take(DENIALS_PER_USER);
  if (earlier.length === DENIALS_PER_USER) return;
  await ctx.db.insert("export_denials", {
    user_id: user._id,
    user_name: user.name,
    user_role: user.role,
    impersonated_by: impersonatedBy,
    denied_at: now,
    ...denied,
  });
}

const runFields = schema.tables.export_runs.validator.fields;
const denialFields = schema.tables.export_denials.validator.fields;

/** A run as lists show it. */
export const listedRun = v.object({
  kind: v.literal("run"),
  runKey: v.string(),
  who: v.string(),
  /** Absent for the command line. */
  role: v.optional(v.string()),
  /** ms since the epoch, as all times here. */
  startedAt: v.number(),
  finishedAt: v.optional(v.number()),
  /** See `exportRuns:get`. */
  aliveUntil: v.optional(v.number()),
  privacy: v.string(),
  consistency: runFields.consistency,
  filters: runFields.filters,
  reason: v.optional(v.string()),
  outcome: runFields.outcome,
  errorCode: v.optional(v.string()),
  requestId: v.optional(v.string()),
  /** What the file is, or would have been where its delivery failed. */
  fileName: v.optional(v.string()),
  totalRecords: v.optional(v.number()),
  bytes: v.optional(v.number()),
  digest: v.optional(v.string()),
});

const recentDenial = v.object({
  kind: v.literal("denial"),
  id: v.id("export_denials"),
  who: v.string(),
  role: v.string(),
  /** Name of the administrator behind an impersonation. */
  impersonatedBy: v.optional(v.string()),
  deniedAt: v.number(),
  attempt: denialFields.attempt,
  reason: denialFields.reason,
});

/** An entry of the audit trail as the export page shows it. */
export const auditEntry = v.union(listedRun, recentDenial);

/** The latest entries of the audit trail, newest first; reads at most so many of each kind. */
export async function readLatestEntries(ctx: QueryCtx): Promise<Infer<typeof auditEntry>[]> {
  const runs = await ctx.db
    .query("export_runs")
    .withIndex("by_started")
    .order("desc")
    .take(SHOWN_ENTRIES);
  const denials = await ctx.db
    .query("export_denials")
    .withIndex("by_denied")
    .order("desc")
    .take(SHOWN_ENTRIES);
  return [
    ...runs.map((run) => ({ at: run.started_at, entry: toRunEntry(run) })),
    ...(await Promise.all(
      denials.map(async (denial) => ({
        at: denial.denied_at,
        entry: toDenialEntry(denial, await nameOf(ctx, denial.impersonated_by)),
      })),
    )),
  ]
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN_ENTRIES)
    .map(({ entry }) => entry);
}

/** The latest runs that made a file of this digest, newest first. */
export async function findRunsByDigest(
  ctx: QueryCtx,
  digest: string,
): Promise<Infer<typeof listedRun>[]> {
  const runs = await ctx.db
    .query("export_runs")
    .withIndex("by_digest", (q) => q.eq("digest", digest))
    .order("desc")
    .take(RUNS_OF_A_DIGEST);
  return runs.map(toRunEntry);
}

function toRunEntry(run: Doc<"export_runs">): Infer<typeof listedRun> {
  return {
    kind: "run",
    runKey: run.run_key,
    who: run.actor_name,
    role: run.actor_role,
    startedAt: run.started_at,
    finishedAt: run.finished_at,
    aliveUntil: run.alive_until,
    privacy: run.privacy,
    consistency: run.consistency,
    filters: run.filters,
    reason: run.reason,
    outcome: run.outcome,
    errorCode: run.error_code,
    requestId: run.request_id,
    fileName: run.file_name,
    totalRecords: run.total_records,
    bytes: run.bytes,
    digest: run.digest,
  };
}

function toDenialEntry(denial: Denial, impersonatedBy?: string): Infer<typeof recentDenial> {
  return {
    kind: "denial",
    id: denial._id,
    who: denial.user_name,
    role: denial.user_role,
    impersonatedBy,
    deniedAt: denial.denied_at,
    attempt: denial.attempt,
    reason: denial.reason,
  };
}

async function nameOf(ctx: QueryCtx, userId: Id<"users"> | undefined): Promise<string | undefined> {
  return userId === undefined ? undefined : (await ctx.db.get(userId))?.name;
}
