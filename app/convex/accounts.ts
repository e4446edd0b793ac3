import { internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { ConvexClient } from "./client";

export type { Actor } from "../../convex/model/actors";
export type UserId = Id<"users">;

/** Failures that a key may have in the window of `convex/signInThrottle.ts`. */
export interface SignInLimit {
  key: string;
  maximum: number;
}

/** Written once or twice is the same. */
const REPEATABLE = { idempotent: true };

/** Users, sessions and failed sign-ins in Convex. Every method throws ExportError. */
export class Accounts {
  constructor(private readonly client: ConvexClient) {}

  findForSignIn(email: string) {
    return this.client.query(internal.users.findForSignIn, { email });
  }

  createSession(userId: UserId, tokenHash: string, expires: number) {
    const args = { userId, tokenHash, expires };
    return this.client.mutation(internal.sessions.create, args, REPEATABLE);
  }

  /** The session with its user as of now, or null. The caller compares `expires`. */
  resolveSession(tokenHash: string) {
    return this.client.query(internal.sessions.resolve, { tokenHash });
  }

  /** Lets a session last until then, in ms since the epoch. */
  extendSession(tokenHash: string, expires: number) {
    const args = { tokenHash, expires };
    return this.client.mutation(internal.sessions.extend, args, REPEATABLE);
  }

  removeSession(tokenHash: string) {
    return this.client.mutation(internal.sessions.remove, { tokenHash }, REPEATABLE);
  }

  /** Ends every portal session of a session's user; that one last, so that it can be repeated. */
  async removeAllSessions(tokenHash: string): Promise<void> {
    let cursor: string | null = null;
    do {
      cursor = await this.client.mutation(
        internal.sessions.removeAllOf,
        { tokenHash, cursor },
        REPEATABLE,
      );
    } while (cursor !== null);
    await this.removeSession(tokenHash);
  }

  /**
   * Counts a sign-in as failed until it is taken back. Milliseconds until it may be tried again,
   * where it was refused; else 0.
   * @param now ms since the epoch
   */
  beginSignIn(limits: SignInLimit[], now: number) {
    return this.client.mutation(internal.signInThrottle.begin, { limits, now });
  }

  /** @param begunAt The `now` of `beginSignIn`. */
  takeBackSignIn(keys: string[], begunAt: number) {
    return this.client.mutation(internal.signInThrottle.takeBack, { keys, begunAt });
  }
}
