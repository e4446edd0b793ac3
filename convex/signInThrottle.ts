import { v } from "convex/values";
import { internalMutation, internalQuery } from "./functions";

/** Length of the window in which failures are counted. */
const WINDOW_MS = 15 * 60 * 1000; // 15 minutes

const limitArgs = {
  // Hashed account and address with the number of failures that each may have in a window.
  limits: v.array(v.object({ key: v.string(), maximum: v.number() })),
};

/** Milliseconds until a sign-in under these keys may be tried again; 0 when it may be now. */
export const retryAfter = internalQuery({
  args: { ...limitArgs, now: v.number() },
  returns: v.number(),
  handler: async (ctx, { limits, now }) => {
    let wait = 0;
    for (const { key, maximum } of limits) {
      const row = await ctx.db
        .query("sign_in_failures")
        .withIndex("by_key", (q) => q.eq("key", key))
        .first();
      if (row === null || row.failures < maximum) continue;
      wait = Math.max(wait, row.window_started_at + WINDOW_MS - now);
    }
    return wait;
  },
});

/** Counts one failed sign-in under each key. */
export const recordFailure = internalMutation({
  args: { keys: v.array(v.string()), now: v.number() },
  returns: v.null(),
  handler: async (ctx, { keys, now }) => {
    for (const key of keys) {
      const row = await ctx.db
        .query("sign_in_failures")
        .withIndex("by_key", (q) => q.eq("key", key))
        .first();
      if (row === null) {
        await ctx.db.insert("sign_in_failures", { key, failures: 1, window_started_at: now });
      } else if (row.window_started_at + WINDOW_MS <= now) {
        await ctx.db.patch(row._id, { failures: 1, window_started_at: now });
      } else {
        await ctx.db.patch(row._id, { failures: row.failures + 1 });
      }
    }
    return null;
  },
});
