import { createHash, randomBytes } from "node:crypto";
import { createCookie, type Cookie } from "@remix-run/node";
import { z } from "zod";

/** How long a session lasts. */
export const SESSION_MS = 12 * 60 * 60 * 1000; // 12 hours

const TOKEN_BYTES = 32;

/**
 * The signed session cookie. It holds a random token; the database holds its SHA-256.
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
