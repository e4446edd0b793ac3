import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Cookie } from "@remix-run/node";
import { createCookie } from "@remix-run/node";
import type { RequestContext } from "../http/load-context";
import { problemResponse } from "../http/problem.server";
import { createSessionCookie, createToken, readToken } from "./session-cookie.server";

/** The hidden field that carries the token. */
const FIELD = "csrf";

const SALT_BYTES = 16;
/** Salt and HMAC-SHA-256 in base64url. */
const TOKEN = /^[\w-]{64}$/;

interface CsrfOptions {
  /** The first signs; all verify, so that secrets can be rotated. */
  secrets: readonly string[];
  /** Whether the portal is reached by https. */
  isSecure: boolean;
}

/** What the forms of an answer carry. */
export interface IssuedToken {
  field: { name: string; value: string };
  /** `Set-Cookie` of the answer, where the client has nothing yet that a token can be bound to. */
  setCookie?: string;
}

/**
 * Tokens that prove that a form comes from a page of this portal. A token is an HMAC of the session
 * token, and before sign-in of a random cookie. It is salted: pages are compressed and give back
 * what was typed, and a constant secret could be guessed from their length (BREACH). See
 * docs/decisions/022-csrf-tokens.md.
 */
export class Csrf {
  private readonly secrets: readonly string[];
  private readonly sessionCookie: Cookie;
  private readonly formCookie: Cookie;

  constructor({ secrets, isSecure }: CsrfOptions) {
    this.secrets = secrets;
    this.sessionCookie = createSessionCookie(secrets, isSecure);
    const name = "supportsignal_form";
    this.formCookie = createCookie(isSecure ? `__Host-${name}` : name, {
      secrets: [...secrets],
      httpOnly: true,
      sameSite: "lax",
      secure: isSecure,
      path: "/",
    });
  }

  /** A token for the forms of the answer to a request. */
  async issue(request: Request): Promise<IssuedToken> {
    const bound = await this.bindingOf(request);
    if (bound !== null) return { field: this.fieldFor(bound) };
    const value = createToken();
    return {
      field: this.fieldFor(`form ${value}`),
      setCookie: await this.formCookie.serialize(value),
    };
  }

  /** The guard of every action. @throws Response 403 */
  async require(request: Request, { requestId }: RequestContext): Promise<void> {
    if (await this.accepts(request)) return;
    throw problemResponse({
      status: 403,
      title: "Form out of date",
      detail: `This form was not made for your current session. Open its page again and send it from there. Programs send the hidden field ${FIELD} of a page.`,
      requestId,
    });
  }

  /**
   * Whether the form of a request carries a token of its client. The request can still be read.
   * A request without Origin, Sec-Fetch-Site and our cookies needs none: no browser sends such a
   * one for a page, and it has no rights that a page could misuse.
   */
  async accepts(request: Request): Promise<boolean> {
    if (this.isFromProgram(request)) return true;
    const [bound, token] = [await this.bindingOf(request), await readField(request)];
    return bound !== null && token !== null && this.verify(token, bound);
  }

  /** `Set-Cookie` that takes back the cookie from before sign-in; undefined where there is none. */
  async retire(request: Request): Promise<string | undefined> {
    if (!hasCookie(request, this.formCookie)) return undefined;
    return await this.formCookie.serialize("", { maxAge: 0 });
  }

  private isFromProgram(request: Request): boolean {
    const { headers } = request;
    return !(
      headers.has("Origin") ||
      headers.has("Sec-Fetch-Site") ||
      hasCookie(request, this.sessionCookie) ||
      hasCookie(request, this.formCookie)
    );
  }

  /** What the tokens of a client are bound to; null where it has no cookie that is ours. */
  private async bindingOf(request: Request): Promise<string | null> {
    const session = await readToken(this.sessionCookie, request);
    if (session !== null) return `session ${session}`;
    const form = await readToken(this.formCookie, request);
    return form === null ? null : `form ${form}`;
  }

  private fieldFor(binding: string): IssuedToken["field"] {
    const salt = randomBytes(SALT_BYTES);
    const [secret = ""] = this.secrets;
    const token = Buffer.concat([salt, sign(secret, binding, salt)]);
    return { name: FIELD, value: token.toString("base64url") };
  }

  private verify(token: string, binding: string): boolean {
    const bytes = Buffer.from(token, "base64url");
    const [salt, mac] = [bytes.subarray(0, SALT_BYTES), bytes.subarray(SALT_BYTES)];
    return this.secrets.some((secret) => timingSafeEqual(sign(secret, binding, salt), mac));
  }
}

/** The secret signs cookies as well, whose values never begin like this. */
function sign(secret: string, binding: string, salt: Buffer): Buffer {
  return createHmac("sha256", secret).update(`csrf\0${binding}\0`).update(salt).digest();
}

async function readField(request: Request): Promise<string | null> {
  const form = await request
    .clone()
    .formData()
    .catch(() => null);
  const value = form?.get(FIELD);
  return typeof value === "string" && TOKEN.test(value) ? value : null;
}

function hasCookie({ headers }: Request, { name }: Cookie): boolean {
  const pairs = headers.get("Cookie")?.split(";") ?? [];
  return pairs.some((pair) => pair.split("=")[0]?.trim() === name);
}
