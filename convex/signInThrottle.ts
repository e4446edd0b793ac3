import { v } from "convex/values";
import type { Doc } from "./_generated/dataModel";
import type { MutationCtx } from "./_generated/server";
import { internalMutation } from "./functions";

/** Length of the window in which failures are counted. */
const WINDOW_MS = 15 * 60 * 1000; // 15 minutes

/**
 * Counts an attempt under each key before its password is checked, so that attempts at the same
 * time cannot pass one by one: one transaction looks and counts.
 * @returns Milliseconds until it may be tried again, where one of the keys has its maximum: then
 *   nothing was counted. 0 where it may be tried now.
 */
export const begin = internalMutation({
  args: {
    // Hashed account and address with the number of failures that each may have in a window.
    limits: v.array(v.object({ key: v.string(), maximum: v.number() })),
    now: v.number(), // ms since the epoch, as all times here
  },
  returns: v.number(),
  handler: async (ctx, { limits, now }) => {
    const rows = await Promise.all(limits.map(({ key }) => findRow(ctx, key)));
    const current = rows.map((row) =>
      row !== null && row.window_started_at + WINDOW_MS > now ? row : null,
    );
    const waits = limits.map(({ maximum }, index) => {
      const row = current[index];
      return row && row.failures >= maximum ? row.window_started_at + WINDOW_MS - now : 0;
    });
    const wait = Math.max(0, ...waits);
    if (wait > 0) return wait;
    for (const [index, { key }] of limits.entries()) {
      const open = current[index];
      const old = rows[index];
      if (open) await ctx.db.patch(open._id, { failures: open.failures + 1 });
      else if (old) await ctx.db.patch(old._id, { failures: 1, window_started_at: now });
      else await ctx.db.insert("sign_in_failures", { key, failures: 1, window_started_at: now });
    }
    return 0;
  },
});

/** Takes back what `begin` counted, for an attempt that did not fail. */
export const takeBack = internalMutation({
  args: {
    keys: v.array(v.string()),
    begunAt: v.number(), // the `now` of `begin`
  },
  returns: v.null(),
  handler: async (ctx, { keys, begunAt }) => {
    for (const key of keys) {
      const row = await findRow(ctx, key);
      // In a window that began later it was not counted.
      if (row === null || row.failures === 0 || row.window_started_at > begunAt) continue;
      await ctx.db.patch(row._id, { failures: row.failures - 1 });
    }
    return null;
  },
});

function findRow(ctx: MutationCtx, key: string): Promise<Doc<"sign_in_failures"> | null> {
  return ctx.db
    .query("sign_in_failures")
    .withIndex("by_key", (q) => q.eq("key", key))
    .first();
}
