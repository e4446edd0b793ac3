import { v } from "convex/values";
import { internalQuery } from "./functions";

/**
 * What the portal needs to check a password. An email that two users share signs nobody in:
 * which of them is meant cannot be told.
 */
export const findForSignIn = internalQuery({
  args: { email: v.string() },
  returns: v.union(v.null(), v.object({ userId: v.id("users"), passwordHash: v.string() })),
  handler: async (ctx, { email }) => {
    const users = await ctx.db
      .query("users")
      .withIndex("by_email", (q) => q.eq("email", email))
      .take(2);
    const [user] = users;
    if (user === undefined || users.length > 1) return null;
    return { userId: user._id, passwordHash: user.password };
  },
});
