import type { HttpClient } from "./http";
import { HTML } from "./http";
import type { Session } from "./session";

/** Name of the hidden field that every form of the portal carries. */
export const CSRF_FIELD = "csrf";

/** The cookie that stands for a client before it has signed in. */
export const FORM_COOKIE = "supportsignal_form";

/** What a browser holds after it has opened a page with a form. */
export interface OpenForm {
  token: string;
  /** Value of the `Cookie` header. */
  cookie: string;
}

/** Opens a page and reads the token of its form. @throws Error where it has none. */
export async function openForm(
  http: HttpClient,
  path = "/login",
  session?: Session,
): Promise<OpenForm> {
  const { text, headers } = await http.send(path, {
    accept: HTML,
    ...(session === undefined ? {} : { session }),
  });
  const [field = ""] = new RegExp(`<input [^>]*name="${CSRF_FIELD}"[^>]*>`).exec(text) ?? [];
  const [, token] = /value="([^"]+)"/.exec(field) ?? [];
  if (token === undefined) throw new Error(`${path} has no form with a token`);
  const set = headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  return { token, cookie: [session?.cookie, ...set].filter(Boolean).join("; ") };
}

/** A page without what differs with every answer: nonces and tokens. */
export function withoutRandomness(page: string): string {
  return page
    .replace(/nonce="[^"]*"/g, 'nonce=""')
    .replace(/(?<=name="request-id" content=")[^"]*/g, "")
    .replace(/(?<![\w-])[\w-]{64}(?![\w-])/g, "TOKEN");
}
