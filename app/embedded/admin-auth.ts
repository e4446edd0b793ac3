import { createHash, timingSafeEqual } from "node:crypto";
import type { UserIdentity } from "convex/server";
import { HttpError } from "./errors";

/** Who calls: anybody, or the holder of the admin key, perhaps on behalf of a user. */
export type Caller = { kind: "anonymous" } | { kind: "admin"; actingAs?: Partial<UserIdentity> };

/** What a request presents, before it is checked. */
export type Credentials =
  | { kind: "none" }
  | { kind: "admin-key"; key: string; actingAs?: Partial<UserIdentity> }
  | { kind: "bearer"; token: string };

/**
 * Reads the credentials of a request (crates/local_backend/src/authentication.rs).
 * Throws 400 InvalidHeaderFailure, InvalidAdminKey or HeaderParseFailure for a malformed header.
 */
export function readCredentials(
  authorization: string | undefined,
  adminKeyParameter: string | null,
): Credentials {
  if (authorization === undefined) {
    return adminKeyParameter === null
      ? { kind: "none" }
      : { kind: "admin-key", key: adminKeyParameter };
  }
  if (authorization.length < "convex ".length) {
    throw new HttpError(400, "InvalidHeaderFailure", "Invalid authentication header");
  }
  const scheme = authorization.slice(0, "convex ".length).toLowerCase();
  const rest = authorization.slice("convex ".length);
  if (scheme === "convex ") {
    return readAdminKey(rest);
  }
  if (scheme !== "bearer " || rest === "") {
    throw new HttpError(400, "InvalidAdminKey", "Invalid admin key");
  }
  return { kind: "bearer", token: rest.trim() };
}

/**
 * Checks credentials against the deployment's admin key. Throws 401 BadAdminKey for a wrong key,
 * 401 for any bearer token: the deployment has no auth providers. Scoped and read-only keys are not
 * reproduced: there is one key, and it may run everything.
 */
export function authenticate(credentials: Credentials, adminKey: string): Caller {
  switch (credentials.kind) {
    case "none":
      return { kind: "anonymous" };
    case "bearer":
      throw bearerRefusal(credentials.token);
    case "admin-key": {
      const { key, actingAs } = credentials;
      // Keys of previews and projects arrive as the bare secret.
      const secret = adminKey.slice(adminKey.indexOf("|") + 1);
      if (!isSameSecret(key, adminKey) && !isSameSecret(key, secret)) {
        throw new HttpError(
          401,
          "BadAdminKey",
          "The provided admin key was invalid for this instance",
        );
      }
      return actingAs === undefined ? { kind: "admin" } : { kind: "admin", actingAs };
    }
  }
}

/** The refusal of routes that only administrators may use. */
export function badDeployKeyError(): HttpError {
  return new HttpError(
    403,
    "BadDeployKey",
    "The provided deploy key was invalid for this deployment. Double check that the environment " +
      "this key was generated for matches the desired deployment.",
  );
}

/** `prod:name|secret` loses its type; after a further colon comes the identity to act as. */
function readAdminKey(text: string): Credentials {
  const withoutType = removeTypePrefix(text);
  const colon = withoutType.indexOf(":");
  if (colon === -1) {
    return { kind: "admin-key", key: withoutType };
  }
  return {
    kind: "admin-key",
    key: withoutType.slice(0, colon),
    actingAs: readActingIdentity(withoutType.slice(colon + 1)),
  };
}

function removeTypePrefix(key: string): string {
  const bar = key.indexOf("|");
  const colon = key.indexOf(":");
  if (bar === -1 || colon === -1 || colon > bar) {
    return key;
  }
  const type = key.slice(0, colon).toLowerCase();
  return type === "preview" || type === "project" ? key.slice(bar + 1) : key.slice(colon + 1);
}

function readActingIdentity(base64: string): Partial<UserIdentity> {
  try {
    const attributes: unknown = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    if (typeof attributes === "object" && attributes !== null && !Array.isArray(attributes)) {
      return attributes;
    }
  } catch {
    // Answered below, like any other malformed identity.
  }
  throw new HttpError(400, "HeaderParseFailure", "Malformed Authorization header.");
}

function bearerRefusal(token: string): HttpError {
  try {
    const payload: unknown = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"),
    );
    if (typeof payload === "object" && payload !== null && "iss" in payload) {
      return new HttpError(
        401,
        "NoAuthProvider",
        "No auth provider found matching the given token (no providers configured). Check " +
          "convex/auth.config.ts.",
      );
    }
  } catch {
    // Not a JWT at all.
  }
  return new HttpError(
    401,
    "InvalidAuthHeader",
    "Could not parse JWT payload. Check that the token is a valid JWT format with three " +
      "base64-encoded parts separated by dots.",
  );
}

function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
