import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";

/** The audit row of a run, by the key that its caller chose. */
export async function findRun(ctx: QueryCtx, runKey: string): Promise<Doc<"export_runs"> | null> {
  return await ctx.db
    .query("export_runs")
    .withIndex("by_run_key", (q) => q.eq("run_key", runKey))
    .first();
}
