import { createHash, randomBytes } from "node:crypto";
import { createCookie, type Cookie } from "@remix-run/node";
import { z } from "zod";

/** How long a session lasts at most. Convex has the same bound (`convex/model/sessions.ts`). */
export const SESSION_MS = 12 * 60 * 60 * 1000; // 12 hours

/** How long it lasts without being used. */
export const IDLE_MS = 60 * 60 * 1000; // 60 minutes

/** Use is written down when it makes a session longer by this, not with every request. */
const EXTENSION_MS = 5 * 60 * 1000; // 5 minutes

const TOKEN_BYTES = 32;

/** When a session began and ends, in ms since the epoch. */
export interface SessionTimes {
  createdAt: number;
  expires: number;
}

/** Until when a session that is used now lasts; null where it is not worth a write. */
export function extendedExpiry({ createdAt, expires }: SessionTimes, now: number): number | null {
  const end = createdAt + SESSION_MS;
  const extended = Math.min(now + IDLE_MS, end);
  const gained = extended - expires;
  // The last time it is written whatever it gains, so that all 12 hours can be used.
  return gained >= EXTENSION_MS || (extended === end && gained > 0) ? extended : null;
}

/**
 * The signed session cookie. It holds a random token; the database holds its SHA-256. It lasts as
 * long as a session can: whether it was used lately is known by the database alone, so that no
 * answer needs to carry a new cookie.
 * @param secrets The first signs; all verify, so that secrets can be rotated.
 * @param isSecure Whether the portal is reached by https.
 */
export function createSessionCookie(secrets: readonly string[], isSecure: boolean): Cookie {
  const name = "supportsignal_session";
  return createCookie(isSecure ? `__Host-${name}` : name, {
    secrets: [...secrets],
    httpOnly: true,
    sameSite: "lax",
    secure: isSecure,
    path: "/",
    maxAge: SESSION_MS / 1000,
  });
}

const tokenSchema = z.string().regex(/^[\w-]{43}$/);

/** The token of a request's cookie; null where there is none or the signature is not ours. */
export async function readToken(cookie: Cookie, request: Request): Promise<string | null> {
  const result = tokenSchema.safeParse(await cookie.parse(request.headers.get("Cookie")));
  return result.success ? result.data : null;
}

export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What `sessions.sessionToken` holds for a token. */
export function hashToken(token: string): string {
  return `sha256:${createHash("sha256").update(token).digest("hex")}`;
}
