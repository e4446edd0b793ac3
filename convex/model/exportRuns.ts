import { ConvexError } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import type { Exporter } from "./actors";
import { findSession } from "./sessions";

/** Most rows that one call closes, so that starting an export stays cheap. */
const MAXIMUM_CLOSED_RUNS = 20;

/**
 * Signs of life are dated by portals, whose clocks may differ from this one. A row that is only
 * shown as interrupted can still be finished; one that says so cannot: so it waits this long.
 */
const CLOCK_DIFFERENCE_MS = 5 * 60 * 1000; // 5 minutes

/** Most refused attempts of one user on record in a window: nobody can fill the database. */
const DENIALS_PER_USER = 20;
const DENIAL_WINDOW_MS = 15 * 60 * 1000; // 15 minutes

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

/**
 * Marks a run that still runs, so that the process that makes it cancels it. The first mark stays.
 * One of the command line is ended where it was started: nobody there would see the mark.
 * @throws ConvexError `unknown_run`
 */
export async function askToCancel(
  ctx: MutationCtx,
  runKey: string,
  { name }: Exporter,
): Promise<void> {
  const run = await findRunningRun(ctx, runKey);
  if (run === null || run.actor_kind !== "session" || run.cancel_asked_at !== undefined) return;
  await ctx.db.patch(run._id, { cancel_asked_at: Date.now(), cancel_asked_by: name });
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
    impersonator_name: impersonatedBy && (await ctx.db.get(impersonatedBy))?.name,
    denied_at: now,
    ...denied,
  });
}
