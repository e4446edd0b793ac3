import { ConvexError, v } from "convex/values";
import { internalMutation, internalQuery } from "./functions";
import { actorValidator, requireSystemAdmin } from "./model/actors";
import { findRun } from "./model/exportRuns";
import {
  createSession,
  extendSession,
  findSession,
  removeOtherSessions,
  removeSession,
} from "./model/sessions";

/**
 * Starts a portal session. `expires` is in ms since the epoch; 12 hours later it ends anyway.
 * Repeating it is harmless.
 */
export const create = internalMutation({
  args: { userId: v.id("users"), tokenHash: v.string(), expires: v.number() },
  returns: v.null(),
  handler: async (ctx, { userId, tokenHash, expires }) => {
    await createSession(ctx, { userId, tokenHash, expires });
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
      createdAt: v.number(),
      userId: v.id("users"),
      name: v.string(),
      email: v.string(),
      role: v.string(),
    }),
  ),
  handler: async (ctx, { tokenHash }) => {
    const session = await findSession(ctx, tokenHash);
    if (session === null) return null;
    const { kind, expires, createdAt, user } = session;
    return {
      kind,
      expires,
      createdAt,
      userId: user._id,
      name: user.name,
      email: user.email,
      role: user.role,
    };
  },
});

/**
 * Throws unless the actor may export, as of now, and the run is still wanted.
 * @throws ConvexError `cancelled` where somebody asked to cancel it
 */
export const authorize = internalQuery({
  args: { actor: actorValidator, runKey: v.optional(v.string()) },
  returns: v.null(),
  handler: async (ctx, { actor, runKey }) => {
    await requireSystemAdmin(ctx, actor);
    const run = runKey === undefined ? null : await findRun(ctx, runKey);
    if (run?.cancel_asked_at !== undefined) {
      throw new ConvexError({ code: "cancelled", message: "Somebody cancelled this export." });
    }
    return null;
  },
});

/** Lets a portal session that is in use last longer. Repeating it is harmless. */
export const extend = internalMutation({
  args: { tokenHash: v.string(), expires: v.number() },
  returns: v.null(),
  handler: async (ctx, { tokenHash, expires }) => {
    await extendSession(ctx, tokenHash, expires);
    return null;
  },
});

/**
 * Ends the other portal sessions of a session's user, a batch in each call: to be repeated with the
 * cursor that it answers, until that is null.
 */
export const removeAllOf = internalMutation({
  args: { tokenHash: v.string(), cursor: v.union(v.string(), v.null()) },
  returns: v.union(v.string(), v.null()),
  handler: (ctx, { tokenHash, cursor }) => removeOtherSessions(ctx, tokenHash, cursor),
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
