import { DEMO_ACCOUNTS } from "~/embedded/demo-accounts";
import type { DemoRole } from "~/embedded/demo-accounts";
import { HTML, HttpClient } from "../../e2e/support/http";
import type { HttpAnswer, HttpOptions } from "../../e2e/support/http";
import { forgeSession, signInAt } from "../../e2e/support/session";
import type { Session } from "../../e2e/support/session";
import type { Stack } from "../../e2e/support/stack";

/** What the portal has to think of somebody: nobody, somebody who may not, somebody who may. */
export type Standing = "nobody" | "refused" | "admitted";

export interface Sender {
  name: string;
  standing: Standing;
  /** A new session of this kind; undefined for one without. */
  arrive(): Promise<Session | undefined>;
}

/** An hour, in ms. */
const HOUR_MS = 3_600_000;

const OTHER_ROLES = DEMO_ACCOUNTS.map(({ role }) => role).filter((role) => role !== "system_admin");

/** Everybody who may send a request. */
export function everySender({ portal, database }: Stack): Sender[] {
  const signIn = (role: DemoRole) => signInAt(portal.origin, `${role}@supportsignal.test`);
  const adminId = () => database.userId("system_admin@supportsignal.test");
  /** A session whose row is put there by hand. */
  const planted = async (expires: number, secret?: string) => {
    const session = await forgeSession(secret);
    const row = { userId: await adminId(), sessionToken: session.tokenHash, expires };
    await database.insert("sessions", [row]);
    return session;
  };
  const http = new HttpClient(portal.origin);
  return [
    { name: "anonymous", standing: "nobody", arrive: () => Promise.resolve(undefined) },
    { name: "expired", standing: "nobody", arrive: () => planted(Date.now() - 1) },
    {
      name: "signed out",
      standing: "nobody",
      arrive: async () => {
        const session = await signIn("system_admin");
        const { status } = await sendForm(http, "/logout", session, {});
        if (status !== 302) throw new Error(`Signing out was answered with ${status}`);
        return session;
      },
    },
    {
      name: "revoked",
      standing: "nobody",
      arrive: async () => {
        const session = await signIn("system_admin");
        await database.removeSession(session.tokenHash);
        return session;
      },
    },
    {
      name: "forged cookie",
      standing: "nobody",
      arrive: () => planted(Date.now() + HOUR_MS, "another-secret-of-32-characters-or-more"),
    },
    {
      name: "impersonating",
      standing: "refused",
      arrive: async () => {
        const session = await forgeSession();
        const target = await adminId();
        await database.insert("impersonation_sessions", [
          {
            admin_user_id: target,
            target_user_id: target,
            session_token: session.tokenHash,
            original_session_token: "no session of the portal",
            reason: "Arranged by a test",
            expires: Date.now() + HOUR_MS,
            is_active: true,
            created_at: Date.now(),
            correlation_id: "test",
          },
        ]);
        return session;
      },
    },
    {
      name: "demoted",
      standing: "refused",
      arrive: async () => {
        const { email } = await database.addUser("system_admin");
        const session = await signInAt(portal.origin, email);
        const { status } = await http.send("/admin", { session });
        if (status !== 200) throw new Error(`An administrator was answered with ${status}`);
        await database.setRole(email, "company_admin");
        return session;
      },
    },
    ...OTHER_ROLES.map((role): Sender => ({
      name: role,
      standing: "refused",
      arrive: () => signIn(role),
    })),
    { name: "system_admin", standing: "admitted", arrive: () => signIn("system_admin") },
  ];
}

/** The hidden field of a form, as React writes it. */
const TOKEN_FIELD = /<input type="hidden" name="(csrf)"[^>]* value="([\w-]+)"/;

/** Sends a form as a page of the portal does: with the token of that page, and its cookies. */
export async function sendForm(
  http: HttpClient,
  address: string,
  session: Session | undefined,
  fields: Record<string, string>,
  options: HttpOptions = {},
): Promise<HttpAnswer> {
  const sender = session === undefined ? {} : { session };
  const signInPage = await http.send("/login", { ...sender, accept: HTML });
  // Who is signed in is sent on to a page with another form.
  const page =
    signInPage.status === 302 ? await http.send("/admin", { ...sender, accept: HTML }) : signInPage;
  const [, name, value] = TOKEN_FIELD.exec(page.text) ?? [];
  if (name === undefined || value === undefined) throw new Error("The page has no token");
  const cookies = [
    ...(session === undefined ? [] : [session.cookie]),
    ...page.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? ""),
  ];
  return await http.send(address, {
    ...options,
    method: "POST",
    headers: { ...options.headers, Origin: http.origin, Cookie: cookies.join("; ") },
    body: new URLSearchParams({ ...fields, [name]: value }),
  });
}
