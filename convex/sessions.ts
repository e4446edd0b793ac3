import { v } from "convex/values";
import { internalMutation, internalQuery } from "./functions";
import { actorValidator, requireSystemAdmin } from "./model/actors";
import { findSession, removeSession } from "./model/sessions";

/** Starts a portal session. `expires` is in ms since the epoch. */
export const create = internalMutation({
  args: { userId: v.id("users"), tokenHash: v.string(), expires: v.number() },
  returns: v.null(),
  handler: async (ctx, { userId, tokenHash, expires }) => {
    await ctx.db.insert("sessions", { userId, sessionToken: tokenHash, expires });
    return null;
  },
});

/** The session of a token's hash with its user, or null. The caller compares `expires`. */
export const resolve = internalQuery({
  args: { tokenHash: v.string() },
  returns: v.union(
    v.null(),
    v.object({
      kind: v.union(v.literal("user"), v.literal("impersonation")),
      expires: v.number(),
      userId: v.id("users"),
      name: v.string(),
      email: v.string(),
      role: v.string(),
    }),
  ),
  handler: async (ctx, { tokenHash }) => {
    const session = await findSession(ctx, tokenHash);
    if (session === null) return null;
    const { kind, expires, user } = session;
    return {
      kind,
      expires,
      userId: user._id,
      name: user.name,
      email: user.email,
      role: user.role,
    };
  },
});

/** Throws unless the actor may export, as of now. */
export const authorize = internalQuery({
  args: { actor: actorValidator },
  returns: v.null(),
  handler: async (ctx, { actor }) => {
    await requireSystemAdmin(ctx, actor);
    return null;
  },
});

/** Ends a portal session. */
export const remove = internalMutation({
  args: { tokenHash: v.string() },
  returns: v.null(),
  handler: async (ctx, { tokenHash }) => {
    await removeSession(ctx, tokenHash);
    return null;
  },
});
