import { v } from "convex/values";
import { internalQuery } from "./functions";

/**
 * What the portal needs to check a password. The address is looked up as typed, then in lower
 * case, as most are stored. One that two users share signs nobody in: which of them is meant
 * cannot be told.
 */
export const findForSignIn = internalQuery({
  args: { email: v.string() },
  returns: v.union(v.null(), v.object({ userId: v.id("users"), passwordHash: v.string() })),
  handler: async (ctx, { email }) => {
    for (const spelling of new Set([email, email.toLowerCase()])) {
      const [user, ...others] = await ctx.db
        .query("users")
        .withIndex("by_email", (q) => q.eq("email", spelling))
        .take(2);
      if (user === undefined) continue;
      return others.length > 0 ? null : { userId: user._id, passwordHash: user.password };
    }
    return null;
  },
});
