import {
  createSessionCookie,
  createToken,
  hashToken,
  readToken,
} from "~/auth/session-cookie.server";
import { DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { SESSION_SECRET } from "./portal";

/** A session at a portal, as a client holds it. */
export interface Session {
  /** What the cookie carries. */
  token: string;
  /** What the database holds for it. */
  tokenHash: string;
  /** Value of the `Cookie` header. */
  cookie: string;
}

/** Signs in by the form's own request. @throws Error when that is refused. */
export async function signInAt(
  origin: string,
  email: string,
  password = DEMO_PASSWORD,
): Promise<Session> {
  const response = await fetch(`${origin}/login`, {
    method: "POST",
    body: new URLSearchParams({ email, password }),
    redirect: "manual",
  });
  const [setCookie] = response.headers.getSetCookie();
  if (response.status !== 302 || setCookie === undefined) {
    throw new Error(`Signing in as ${email} was answered with ${response.status}`);
  }
  return readSession(setCookie);
}

/** The session in a `Set-Cookie` header. */
export async function readSession(setCookie: string): Promise<Session> {
  const [cookie = ""] = setCookie.split(";");
  const request = new Request("http://portal.test/", { headers: { Cookie: cookie } });
  const token = await readToken(createSessionCookie([SESSION_SECRET], false), request);
  if (token === null) throw new Error("The cookie is not signed with the test's secret");
  return { token, tokenHash: hashToken(token), cookie };
}

/** A session whose row a test arranges by itself. @param secret What the cookie is signed with. */
export async function forgeSession(secret = SESSION_SECRET): Promise<Session> {
  const token = createToken();
  const setCookie = await createSessionCookie([secret], false).serialize(token);
  const [cookie = ""] = setCookie.split(";");
  return { token, tokenHash: hashToken(token), cookie };
}

/** A session's cookie as Playwright's `context.addCookies` takes it. */
export function browserCookie({ cookie }: Session, origin: string) {
  const separator = cookie.indexOf("=");
  return { name: cookie.slice(0, separator), value: cookie.slice(separator + 1), url: origin };
}
