import { SESSION_MS } from "~/auth/session-cookie.server";
import { ADMIN_ADDRESSES, ADMIN_PAGES, DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { CSRF_FIELD, FORM_COOKIE, openForm } from "./support/csrf";
import { expect, test } from "./support/fixtures";
import { HTML, HttpClient, problemOf } from "./support/http";
import { SESSION_SECRET, startPortal } from "./support/portal";
import { browserCookie, forgeSession, readSession, signInAt } from "./support/session";
import type { Session } from "./support/session";

const ADMIN = "system_admin@supportsignal.test";

test("without a session a browser is sent to sign in, and a program is told 401", async ({
  http,
}) => {
  for (const address of [...ADMIN_ADDRESSES, `${EXPORT_PAGE}?from=bookmark&x=1`]) {
    const browser = await http.send(address, { accept: HTML });
    expect(browser.status, address).toBe(302);
    expect(browser.headers.get("Location")).toBe(
      `/login?redirectTo=${encodeURIComponent(address)}`,
    );
    for (const accept of ["application/json", "*/*"]) {
      const program = await http.send(address, { accept });
      expect(program.status, address).toBe(401);
      expect(problemOf(program)).toMatchObject({ status: 401, title: "Not signed in" });
      expect(program.headers.get("Cache-Control")).toContain("no-store");
    }
  }
});

test("the session cookie is out of reach for scripts and other sites, and lasts 12 hours", async ({
  http,
  database,
}) => {
  const answer = await http.send("/login", {
    method: "POST",
    body: new URLSearchParams({ email: ADMIN, password: "SupportSignal-Demo-1!" }),
  });
  expect(answer.status).toBe(302);
  expect(answer.headers.get("Location")).toBe("/admin");
  const [setCookie = "", ...others] = answer.headers.getSetCookie();
  expect(others).toEqual([]);
  const attributes = setCookie.split("; ").slice(1);
  expect(attributes).toEqual(
    expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Path=/", `Max-Age=${SESSION_MS / 1000}`]),
  );
  const { tokenHash } = await readSession(setCookie);
  const { expires } = (await database.session(tokenHash))!;
  expect(SESSION_MS).toBe(12 * 60 * 60 * 1000);
  expect(expires).toBeLessThanOrEqual(Date.now() + SESSION_MS);
  expect(expires).toBeGreaterThan(Date.now());
});

test("behind https the cookie is Secure and bound to its host", async ({ stack }) => {
  const portal = await startPortal(stack.target, { PORTAL_ORIGIN: "https://portal.test" });
  try {
    const answer = await new HttpClient(portal.origin).send("/login", {
      method: "POST",
      body: new URLSearchParams({ email: ADMIN, password: "SupportSignal-Demo-1!" }),
    });
    const [setCookie = ""] = answer.headers.getSetCookie();
    expect(setCookie).toMatch(/^__Host-/);
    expect(setCookie.split("; ")).toContain("Secure");
  } finally {
    await portal.stop();
  }
});

test("an expired session has to sign in again", async ({
  page,
  context,
  portal,
  database,
  http,
}) => {
  const session = await forgeSession();
  const userId = await database.userId(ADMIN);
  await database.insert("sessions", [
    { userId, sessionToken: session.tokenHash, expires: Date.now() - 1 },
  ]);
  for (const address of ADMIN_ADDRESSES) {
    expect((await http.send(address, { session })).status, address).toBe(401);
  }
  await context.addCookies([browserCookie(session, portal.origin)]);
  await page.goto(EXPORT_PAGE);
  await expect(page).toHaveURL(
    `${portal.origin}/login?redirectTo=${encodeURIComponent(EXPORT_PAGE)}`,
  );
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("a session whose row is deleted has to sign in again, also in a page that is open", async ({
  page,
  context,
  portal,
  database,
}) => {
  const session = await signInAt(portal.origin, ADMIN);
  await context.addCookies([browserCookie(session, portal.origin)]);
  await page.goto("/admin");
  await database.removeSession(session.tokenHash);
  await page.getByRole("link", { name: "Tools" }).click();
  await expect(page).toHaveURL(/\/login\?redirectTo=%2Fadmin%2Ftools$/);
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("signing out deletes the session's row, and the old cookie is worth nothing", async ({
  page,
  context,
  portal,
  database,
  http,
}) => {
  const session = await signInAt(portal.origin, ADMIN);
  await context.addCookies([browserCookie(session, portal.origin)]);
  await page.goto("/admin");
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(`${portal.origin}/login`);
  expect(await database.session(session.tokenHash)).toBeNull();
  expect((await context.cookies()).map(({ name }) => name)).toEqual([FORM_COOKIE]);

  await context.addCookies([browserCookie(session, portal.origin)]);
  for (const address of ADMIN_PAGES) {
    await page.goto(address);
    await expect(page).toHaveURL(/\/login\?redirectTo=/);
  }
  expect((await http.send(DOWNLOAD, { session })).status).toBe(401);
});

test("signing in again ends the session that the browser had", async ({
  http,
  portal,
  database,
}) => {
  const first = await signInAt(portal.origin, ADMIN);
  const { token } = await openForm(http, "/admin", first);
  const answer = await http.send("/login", {
    method: "POST",
    session: first,
    body: new URLSearchParams({
      [CSRF_FIELD]: token,
      email: ADMIN,
      password: "SupportSignal-Demo-1!",
    }),
  });
  const second = await readSession(answer.headers.getSetCookie()[0]!);
  expect(await database.session(first.tokenHash)).toBeNull();
  expect(await database.session(second.tokenHash)).not.toBeNull();
});

test("a link cannot sign anybody out", async ({ http, portal, database }) => {
  const session = await signInAt(portal.origin, ADMIN);
  for (const accept of ["*/*", HTML]) {
    const answer = await http.send("/logout", { session, accept });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("Allow")).toBe("POST");
  }
  expect(await database.session(session.tokenHash)).not.toBeNull();
});

test("a cookie that this portal did not sign counts as none", async ({
  http,
  sessionOf,
  database,
}) => {
  const real = await sessionOf("system_admin");
  const [name = ""] = real.cookie.split("=");
  const foreign = await forgeSession("another-secret-of-32-characters-or-more");
  await database.insert("sessions", [
    {
      userId: await database.userId(ADMIN),
      sessionToken: foreign.tokenHash,
      expires: Date.now() + 60_000,
    },
  ]);
  const cookies: Record<string, string> = {
    garbage: `${name}=garbage`,
    empty: `${name}=`,
    "bad percent encoding": `${name}=%E0%A4%A`,
    "10 kB": `${name}=${"a".repeat(10_000)}`,
    "a flipped signature": real.cookie.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    "no signature": real.cookie.replace(/\.[^.]*$/, ""),
    "the bare token": `${name}=${real.token}`,
    "another secret": foreign.cookie,
    "another name": real.cookie.replace(name, `x-${name}`),
  };
  for (const [label, cookie] of Object.entries(cookies)) {
    const session: Session = { ...real, cookie };
    expect((await http.send("/admin", { session })).status, label).toBe(401);
    expect((await http.send(DOWNLOAD, { session })).status, label).toBe(401);
    expect((await http.send("/login", { session, accept: HTML })).status, label).toBe(200);
  }
});

test("a rotated secret keeps sessions alive as long as it is still listed", async ({
  stack,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const newSecret = "a-new-secret-of-32-characters-or-more";
  for (const [secrets, status] of [
    [`${newSecret},${SESSION_SECRET}`, 200],
    [newSecret, 401],
  ] as const) {
    const portal = await startPortal(stack.target, { SESSION_SECRET: secrets });
    try {
      const answer = await new HttpClient(portal.origin).send("/admin", { session });
      expect(answer.status, secrets).toBe(status);
    } finally {
      await portal.stop();
    }
  }
});
