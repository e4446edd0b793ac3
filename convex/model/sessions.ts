import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

/**
 * Portal sessions are rows of SupportSignal's own `sessions` table. They hold the hash of the
 * token (`sha256:<hex>`, made by the portal), never the token: whoever reads the table, or an
 * export of it, cannot sign in with what is there.
 */

/** A session with the user as of now, so that a changed role counts at once. */
export interface ResolvedSession {
  kind: "user" | "impersonation";
  expires: number;
  user: Doc<"users">;
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
    return { kind: "impersonation", expires: impersonation.expires, user };
  }
  const session = await ctx.db
    .query("sessions")
    .withIndex("by_session_token", (q) => q.eq("sessionToken", tokenHash))
    .first();
  const user = session && (await ctx.db.get(session.userId));
  return session && user ? { kind: "user", expires: session.expires, user } : null;
}

/** Deletes the session of a token's hash; deleting it twice is fine. */
export async function removeSession(ctx: MutationCtx, tokenHash: string): Promise<void> {
  const sessions = await ctx.db
    .query("sessions")
    .withIndex("by_session_token", (q) => q.eq("sessionToken", tokenHash))
    .collect();
  for (const session of sessions) await ctx.db.delete(session._id);
}
