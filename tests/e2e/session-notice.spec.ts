import type { BrowserContext, Page } from "@playwright/test";
import { SESSION } from "./support/addresses";
import type { Database } from "./support/database";
import { expect, test } from "./support/fixtures";
import { problemOf } from "./support/http";
import { browserCookie } from "./support/session";
import type { Session } from "./support/session";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ABOUT_TO_END = "Your session is about to end";
const HAS_ENDED = "Your session has ended";

/** What the page's live regions say about the session. */
const notice = (page: Page) => page.getByRole("region", { name: "Session" });

/** A page with a session of its own; its clock is the test's. */
async function openPage(context: BrowserContext, session: Session, origin: string): Promise<Page> {
  await context.addCookies([browserCookie(session, origin)]);
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${origin}/admin/tools`);
  await expect(page.getByRole("button", { name: /^Account/ })).toBeVisible();
  await page.waitForLoadState("networkidle");
  return page;
}

/** As if that time had gone by without use, in the database and in the browser. */
async function idle(database: Database, { tokenHash }: Session, pages: Page[], minutes: number) {
  await database.ageSession(tokenHash, minutes * MINUTE_MS);
  for (const page of pages) await page.clock.fastForward(minutes * MINUTE_MS);
}

test("five minutes before its end a session says so, politely, and can be kept", async ({
  context,
  portal,
  database,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  const page = await openPage(context, session, portal.origin);
  await idle(database, session, [page], 56);
  await expect(notice(page)).toContainText(ABOUT_TO_END);
  await expect(page.getByRole("status").filter({ hasText: ABOUT_TO_END })).toBeVisible();

  const before = Date.now();
  await page.getByRole("button", { name: "Stay signed in" }).click();
  await expect(notice(page)).toBeHidden();
  const expires = (await database.session(session.tokenHash))?.expires ?? 0;
  expect(expires).toBeGreaterThanOrEqual(before + HOUR_MS);

  await idle(database, session, [page], 56);
  await expect(notice(page), "it is said again the next time").toContainText(ABOUT_TO_END);
});

test("nothing is said while another tab uses the session", async ({
  context,
  portal,
  database,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  const page = await openPage(context, session, portal.origin);
  const asked = page.waitForResponse((response) => response.url().endsWith(SESSION));
  // An hour in the browser only: elsewhere the session was used meanwhile.
  await page.clock.fastForward(HOUR_MS);
  expect((await asked).status()).toBe(200);
  await expect(notice(page)).toBeHidden();
  await idle(database, session, [page], 58);
  await expect(notice(page)).toContainText(ABOUT_TO_END);
});

test("keeping the session in one tab takes the notice back in the other", async ({
  context,
  portal,
  database,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  const pages = [
    await openPage(context, session, portal.origin),
    await openPage(context, session, portal.origin),
  ] as const;
  await idle(database, session, [...pages], 57);
  for (const page of pages) await expect(notice(page)).toContainText(ABOUT_TO_END);
  await pages[0].getByRole("button", { name: "Stay signed in" }).click();
  for (const page of pages) await expect(notice(page)).toBeHidden();
});

test("a session that was ended elsewhere is said to have ended, with the way back", async ({
  context,
  portal,
  database,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  const page = await openPage(context, session, portal.origin);
  await idle(database, session, [page], 57);
  await expect(notice(page)).toContainText(ABOUT_TO_END);
  await database.removeSession(session.tokenHash);
  await page.clock.fastForward(MINUTE_MS);
  await expect(notice(page)).toContainText(HAS_ENDED);
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/login\?redirectTo=%2Fadmin%2Ftools$/);
});

test("a notice can be hidden, and comes back when the session has ended", async ({
  context,
  portal,
  database,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  const page = await openPage(context, session, portal.origin);
  await idle(database, session, [page], 57);
  await page.getByRole("button", { name: "Hide" }).click();
  await expect(notice(page)).toBeHidden();
  await database.removeSession(session.tokenHash);
  await page.clock.fastForward(4 * MINUTE_MS);
  await expect(notice(page)).toContainText(HAS_ENDED);
});

test("an unreachable portal is not taken for the end of the session before its time", async ({
  context,
  portal,
  database,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  const page = await openPage(context, session, portal.origin);
  await idle(database, session, [page], 57);
  await expect(notice(page)).toContainText(ABOUT_TO_END);
  await context.setOffline(true);
  await page.clock.fastForward(MINUTE_MS);
  await expect(notice(page)).toContainText(ABOUT_TO_END);
  await page.clock.fastForward(3 * MINUTE_MS);
  await expect(notice(page)).toContainText("The portal cannot be reached");
  await context.setOffline(false);
  await page.clock.fastForward(MINUTE_MS);
  await expect(notice(page)).toContainText(ABOUT_TO_END);
});

test("asking when a session ends is no use of it", async ({ http, database, newAdmin }) => {
  const { session } = await newAdmin();
  await database.ageSession(session.tokenHash, 30 * MINUTE_MS);
  const { expires } = (await database.session(session.tokenHash)) ?? {};
  const answer = await http.send(SESSION, { session });
  expect(answer.headers.get("Cache-Control")).toBe("private, no-store");
  const { now, idleEnds, ends } = JSON.parse(answer.text) as Record<string, number>;
  expect(idleEnds).toBe(expires);
  expect(Math.abs(Date.now() - now!)).toBeLessThan(MINUTE_MS);
  expect(ends! - now!).toBeGreaterThan(11 * HOUR_MS);
  expect((await database.session(session.tokenHash))?.expires).toBe(expires);
});

test("keeping a session takes the token of the portal's forms", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  const answer = await http.send(SESSION, { session, method: "POST", body: new URLSearchParams() });
  expect(problemOf(answer)).toMatchObject({ status: 403, title: "Form out of date" });
});
