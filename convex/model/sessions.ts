import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

/**
 * Portal sessions are rows of SupportSignal's own `sessions` table. They hold the hash of the
 * token (`sha256:<hex>`, made by the portal), never the token: whoever reads the table, or an
 * export of it, cannot sign in with what is there.
 */

/** Begins the hash of a portal token. SupportSignal's own rows hold other tokens. */
const PORTAL_TOKEN = "sha256:";

/** How long a session of the portal lasts at most, however much it is used. */
const SESSION_MS = 12 * 60 * 60 * 1000; // 12 hours

/** Most rows of a user that one call looks at, far within the limits of a mutation. */
const REMOVED_AT_ONCE = 500;

/** A session with the user as of now, so that a changed role counts at once. */
export interface ResolvedSession {
  kind: "user" | "impersonation";
  /** ms since the epoch; never later than 12 hours after the start. */
  expires: number;
  /** When it began, in ms since the epoch. */
  createdAt: number;
  user: Doc<"users">;
  /** The administrator behind an impersonation. */
  impersonatedBy?: Id<"users">;
}

/** The session of a token's hash, expired or not; null where there is none or no user. */
export async function findSession(
  ctx: QueryCtx,
  tokenHash: string,
): Promise<ResolvedSession | null> {
  const impersonation = await ctx.db
    .query("impersonation_sessions")
    .withIndex("by_session_token", (q) => q.eq("session_token", tokenHash))
    .first();
  if (impersonation !== null) {
    const user = await ctx.db.get(impersonation.target_user_id);
    if (user === null || !impersonation.is_active) return null;
    return {
      kind: "impersonation",
      expires: impersonation.expires,
      createdAt: impersonation._creationTime,
      user,
      impersonatedBy: impersonation.admin_user_id,
    };
  }
  const session = await findRow(ctx, tokenHash);
  const user = session && (await ctx.db.get(session.userId));
  if (!session || !user) return null;
  return { kind: "user", expires: endOf(session), createdAt: session._creationTime, user };
}

/** Adds a session, unless it is there: its token is random, so it can only be the same one. */
export async function createSession(
  ctx: MutationCtx,
  { userId, tokenHash, expires }: { userId: Id<"users">; tokenHash: string; expires: number },
): Promise<void> {
  const row = await findRow(ctx, tokenHash);
  if (row === null) await ctx.db.insert("sessions", { userId, sessionToken: tokenHash, expires });
}

/**
 * Lets a session last until `expires`, in ms since the epoch. It only ever becomes longer, never
 * longer than 12 hours in all, and one that has ended stays ended.
 */
export async function extendSession(
  ctx: MutationCtx,
  tokenHash: string,
  expires: number,
): Promise<void> {
  const session = await findRow(ctx, tokenHash);
  if (session === null || endOf(session) <= Date.now()) return;
  const extended = endOf({ ...session, expires });
  if (extended > session.expires) await ctx.db.patch(session._id, { expires: extended });
}

/** Deletes the session of a token's hash; deleting it twice is fine. */
export async function removeSession(ctx: MutationCtx, tokenHash: string): Promise<void> {
  const sessions = await ctx.db
    .query("sessions")
    .withIndex("by_session_token", (q) => q.eq("sessionToken", tokenHash))
    .collect();
  for (const session of sessions) await ctx.db.delete(session._id);
}

/**
 * Deletes the other portal sessions of a session's user, so many rows at a time: SupportSignal's own
 * sessions, which are in the same table, stay. An impersonation ends nobody's sessions.
 * @returns Where to go on; null when all are gone. The session itself stays, to go on with.
 */
export async function removeOtherSessions(
  ctx: MutationCtx,
  tokenHash: string,
  cursor: string | null,
): Promise<string | null> {
  const current = await findSession(ctx, tokenHash);
  if (current?.kind !== "user" || current.expires <= Date.now()) return null;
  const { page, isDone, continueCursor } = await ctx.db
    .query("sessions")
    .withIndex("by_user_id", (q) => q.eq("userId", current.user._id))
    .paginate({ cursor, numItems: REMOVED_AT_ONCE });
  for (const { _id, sessionToken } of page) {
    if (sessionToken.startsWith(PORTAL_TOKEN) && sessionToken !== tokenHash) {
      await ctx.db.delete(_id);
    }
  }
  return isDone ? null : continueCursor;
}

function findRow(ctx: QueryCtx, tokenHash: string): Promise<Doc<"sessions"> | null> {
  return ctx.db
    .query("sessions")
    .withIndex("by_session_token", (q) => q.eq("sessionToken", tokenHash))
    .first();
}

function endOf({ expires, _creationTime }: Doc<"sessions">): number {
  return Math.min(expires, _creationTime + SESSION_MS);
}
