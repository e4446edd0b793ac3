import { ConvexError } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

/** Most rows that one call closes, so that starting an export stays cheap. */
const MAXIMUM_CLOSED_RUNS = 20;

/**
 * Signs of life are dated by portals, whose clocks may differ from this one. A row that is only
 * shown as interrupted can still be finished; one that says so cannot: so it waits this long.
 */
const CLOCK_DIFFERENCE_MS = 5 * 60 * 1000; // 5 minutes

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
