import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { IDLE_MS, SESSION_MS } from "~/auth/session-cookie.server";
import { makeDocument } from "../support/documents";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";
import { HTML, HttpClient } from "./support/http";
import { browserCookie, forgeSession, signInAt } from "./support/session";
import { startStack } from "./support/stack";

const MINUTE_MS = 60_000;

test("a session that was not used for 61 minutes has ended, one of 59 minutes has not", async ({
  http,
  portal,
  database,
}) => {
  expect(IDLE_MS).toBe(60 * MINUTE_MS);
  const { email } = await database.addUser("system_admin");
  const idle = await signInAt(portal.origin, email);
  await database.ageSession(idle.tokenHash, 61 * MINUTE_MS);
  expect((await http.send(EXPORT_PAGE, { session: idle })).status).toBe(401);
  const page = await http.send(EXPORT_PAGE, { session: idle, accept: HTML });
  expect(page.headers.get("Location")).toMatch(/^\/login\?redirectTo=/);
  expect((await http.send(DOWNLOAD, { session: idle })).status).toBe(401);

  const used = await signInAt(portal.origin, email);
  await database.ageSession(used.tokenHash, 59 * MINUTE_MS);
  expect((await http.send(EXPORT_PAGE, { session: used })).status).toBe(200);
});

test("use makes a session last 60 minutes from then, and is written down once in a while", async ({
  http,
  database,
  convexProxy,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  const extensions = () => convexProxy.calls.filter(({ path }) => path === "sessions:extend");

  expect((await http.send("/admin", { session })).status).toBe(200);
  expect(extensions(), "a session that has just begun").toHaveLength(0);

  await database.ageSession(session.tokenHash, 10 * MINUTE_MS);
  const before = Date.now();
  expect((await http.send("/admin", { session })).status).toBe(200);
  expect(extensions()).toHaveLength(1);
  const extended = (await database.session(session.tokenHash))?.expires ?? 0;
  expect(extended).toBeGreaterThanOrEqual(before + IDLE_MS);
  expect(extended).toBeLessThanOrEqual(Date.now() + IDLE_MS);

  for (const address of ["/admin", EXPORT_PAGE, DOWNLOAD]) {
    expect((await http.send(address, { session })).status, address).toBe(200);
  }
  expect(extensions(), "within five minutes").toHaveLength(1);
});

test("a download is a use, which is written down before its timestamp is pinned", async ({
  http,
  database,
  convexProxy,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  await database.ageSession(session.tokenHash, 30 * MINUTE_MS);
  convexProxy.reset();
  expect((await http.send(DOWNLOAD, { session })).status).toBe(200);
  const steps = convexProxy.calls.map(({ route, path }) => path ?? route);
  expect(steps.filter((step) => step === "sessions:extend")).toHaveLength(1);
  expect(steps.indexOf("sessions:extend")).toBeLessThan(steps.indexOf("query_ts"));
});

test("a use that cannot be written down does not fail the request", async ({
  http,
  portal,
  database,
  convexProxy,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  await database.ageSession(session.tokenHash, 30 * MINUTE_MS);
  const expires = (await database.session(session.tokenHash))?.expires;
  convexProxy.answerInstead(({ path }) => path === "sessions:extend", 200, { status: "error" });
  expect((await http.send("/admin", { session })).status).toBe(200);
  await portal.logLine(/use of a session was not written down/);
  expect((await database.session(session.tokenHash))?.expires).toBe(expires);
});

test("a use that Convex does not take is not waited for", async ({
  http,
  database,
  convexProxy,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  await database.ageSession(session.tokenHash, 30 * MINUTE_MS);
  const held = convexProxy.holdBack(({ path }) => path === "sessions:extend");
  expect((await http.send("/admin", { session })).status).toBe(200);
  await held.arrived;
  held.release();
});

test("a session ends 12 hours after it began, however much it is used", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "supportsignal-sessions-"));
  const userId = `jzsr${"0".repeat(28)}`;
  const [late, over] = [await forgeSession(), await forgeSession()];
  const startedAt = Date.now() - SESSION_MS;
  const user = { ...makeDocument("users", { role: "system_admin", email: "a@portal.test" }) };
  const row = (index: number, sessionToken: string, createdAt: number) => ({
    ...makeDocument("sessions", { userId, sessionToken, expires: Date.now() + 10 * MINUTE_MS }),
    _id: `jses${String(index).padStart(28, "0")}`,
    _creationTime: createdAt,
  });
  const lateStart = startedAt + 30 * MINUTE_MS;
  const tables = {
    users: [{ ...user, _id: userId, _creationTime: startedAt }],
    sessions: [row(1, over.tokenHash, startedAt - MINUTE_MS), row(2, late.tokenHash, lateStart)],
  };
  for (const [table, documents] of Object.entries(tables)) {
    const lines = documents.map((document) => JSON.stringify(document)).join("\n");
    await writeFile(path.join(folder, `${table}.jsonl`), lines);
  }
  const stack = await startStack({ data: folder });
  try {
    const http = new HttpClient(stack.portal.origin);
    expect((await http.send("/admin", { session: over })).status).toBe(401);
    expect((await http.send("/admin", { session: late })).status).toBe(200);
    const session = await stack.database.session(late.tokenHash);
    expect(session?.expires).toBe(lateStart + SESSION_MS);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true });
  }
});

test("a session that somebody planted in the browser is not the one after sign-in", async ({
  page,
  context,
  portal,
  database,
  http,
}) => {
  const planted = await signInAt(portal.origin, (await database.addUser("team_lead")).email);
  await context.addCookies([browserCookie(planted, portal.origin)]);
  const { email } = await database.addUser("system_admin");
  await page.goto("/login");
  await signInByForm(page, email);
  await expect(page).toHaveURL(`${portal.origin}/admin`);
  const cookie = (await context.cookies()).find(({ name }) =>
    planted.cookie.startsWith(`${name}=`),
  );
  expect(cookie?.value).toBeDefined();
  expect(planted.cookie).not.toContain(cookie?.value);
  expect(await database.session(planted.tokenHash)).toBeNull();
  expect((await http.send("/admin", { session: planted })).status).toBe(401);
});

test("signing out everywhere ends the other browsers' sessions, and nobody else's", async ({
  page,
  context,
  portal,
  database,
  http,
  sessionOf,
}) => {
  const { email } = await database.addUser("system_admin");
  const [here, there] = [
    await signInAt(portal.origin, email),
    await signInAt(portal.origin, email),
  ];
  const somebody = await sessionOf("system_admin");
  expect((await http.send("/admin", { session: there })).status).toBe(200);

  await context.addCookies([browserCookie(here, portal.origin)]);
  await page.goto("/admin");
  await page.getByRole("button", { name: /^Account/ }).click();
  await expect(page.getByText("or after 60 minutes without use")).toBeVisible();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(`${portal.origin}/login`);

  for (const session of [here, there]) {
    expect(await database.session(session.tokenHash)).toBeNull();
    expect((await http.send("/admin", { session })).status).toBe(401);
    expect((await http.send(DOWNLOAD, { session })).status).toBe(401);
  }
  expect((await http.send("/admin", { session: somebody })).status).toBe(200);
});

test("signing out everywhere that fails keeps the session, so that it can be tried again", async ({
  page,
  context,
  portal,
  database,
  convexProxy,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  await context.addCookies([browserCookie(session, portal.origin)]);
  await page.goto("/admin");
  convexProxy.answerInstead(({ path }) => path === "sessions:removeAllOf", 200, {
    status: "error",
  });
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByText("Database error")).toBeVisible();
  expect(await database.session(session.tokenHash)).not.toBeNull();
});
