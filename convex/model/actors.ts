import { ConvexError, v, type Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { findSession } from "./sessions";

/**
 * Who asks. The portal names the session it acts for; the command line has only the deploy key,
 * and says so in the audit row.
 */
export const actorValidator = v.union(
  v.object({ kind: v.literal("session"), tokenHash: v.string() }),
  v.object({ kind: v.literal("command_line"), name: v.string() }),
);

export type Actor = Infer<typeof actorValidator>;

/** An actor that may export, as the audit row and the file name it. */
export interface Exporter {
  kind: Actor["kind"];
  name: string;
  userId?: Id<"users">;
  role?: Doc<"users">["role"];
}

/**
 * The only way to the data: checks the role on every call, also when the portal has checked it.
 * @throws ConvexError `unauthenticated` (no or expired session), `forbidden` (not a system
 *   administrator, or an impersonation session).
 */
export async function requireSystemAdmin(ctx: QueryCtx, actor: Actor): Promise<Exporter> {
  if (actor.kind === "command_line") return { kind: "command_line", name: actor.name };
  const session = await findSession(ctx, actor.tokenHash);
  if (session === null || session.expires <= Date.now()) {
    throw new ConvexError({ code: "unauthenticated", message: "The session has ended." });
  }
  const { user } = session;
  if (session.kind === "impersonation" || user.role !== "system_admin") {
    throw new ConvexError({
      code: "forbidden",
      message: "Only a system administrator may export the database.",
    });
  }
  return { kind: "session", name: user.name, userId: user._id, role: user.role };
}
