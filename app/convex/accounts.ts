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

/** Users, sessions and failed sign-ins in Convex. Every method throws ExportError. */
export class Accounts {
  constructor(private readonly client: ConvexClient) {}

  findForSignIn(email: string) {
    return this.client.query(internal.users.findForSignIn, { email });
  }

  createSession(userId: UserId, tokenHash: string, expires: number) {
    return this.client.mutation(internal.sessions.create, { userId, tokenHash, expires });
  }

  /** The session with its user as of now, or null. The caller compares `expires`. */
  resolveSession(tokenHash: string) {
    return this.client.query(internal.sessions.resolve, { tokenHash });
  }

  removeSession(tokenHash: string) {
    return this.client.mutation(internal.sessions.remove, { tokenHash });
  }

  /** Milliseconds until a sign-in may be tried; 0 when it may be now. */
  signInRetryAfter(limits: SignInLimit[]) {
    return this.client.query(internal.signInThrottle.retryAfter, { limits, now: Date.now() });
  }

  recordSignInFailure(keys: string[]) {
    return this.client.mutation(internal.signInThrottle.recordFailure, { keys, now: Date.now() });
  }
}
