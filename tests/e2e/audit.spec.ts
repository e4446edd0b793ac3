import type { Page } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { isPageRead } from "./support/convex-proxy";
import { expect, test } from "./support/fixtures";
import { HTML, problemOf } from "./support/http";
import { browserCookie, signInAt } from "./support/session";

/** The rows of the list of recent exports, without its header. */
const entries = (page: Page) =>
  page
    .getByRole("table", { name: "Recent exports" })
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader") });

test("an export is listed with who, when, what, why, its size and its outcome", async ({
  page,
  http,
  portal,
  context,
  database,
  newAdmin,
}) => {
  const { email, session } = await newAdmin();
  const run = crypto.randomUUID();
  const query = new URLSearchParams({
    run,
    tables: "companies,sites",
    privacy: "pseudonymised",
    reason: "  Für den Prüfbericht <b>2026</b> ",
  });
  const answer = await http.send(`${DOWNLOAD}?${query}`, { session });
  expect(answer.status).toBe(200);
  await expect.poll(async () => (await database.run(run))?.outcome).toBe("completed");

  await context.addCookies([browserCookie(session, portal.origin)]);
  await page.goto(EXPORT_PAGE);
  const entry = entries(page).first();
  await expect(entry).toContainText(email.split("@")[0]!);
  await expect(entry).toContainText("System administrator");
  await expect(entry).toContainText("Only companies, sites, people under pseudonyms");
  await expect(entry).toContainText("Für den Prüfbericht <b>2026</b>");
  await expect(entry).toContainText("kB");
  await expect(entry).toContainText("records");
  await expect(entry).toContainText("Completed");
  await expect(entry.locator("time")).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);
});

test("a reason that is too long or not plain text is refused by name, and leaves no row", async ({
  http,
  sessionOf,
  database,
}) => {
  const session = await sessionOf("system_admin");
  for (const reason of ["x".repeat(501), "a\nb", "a\u0000b", "a\u202eb"]) {
    const run = crypto.randomUUID();
    const query = new URLSearchParams({ run, reason });
    const answer = await http.send(`${DOWNLOAD}?${query}`, { session });
    expect(problemOf(answer), JSON.stringify(reason)).toMatchObject({
      status: 400,
      problems: [{ parameter: "reason" }],
    });
    expect(await database.run(run)).toBeNull();
  }
});

test("an export that failed is listed with what that means", async ({
  page,
  http,
  signIn,
  convexProxy,
}) => {
  const session = await signIn();
  convexProxy.answerInstead(isPageRead, 400, { code: "BadJsonBody", message: "no" });
  expect((await http.send(DOWNLOAD, { session })).status).toBe(502);
  convexProxy.reset();
  await page.goto(EXPORT_PAGE);
  await expect(entries(page).first()).toContainText("Failed");
  await expect(entries(page).first()).toContainText("The database could not answer.");
  await expect(entries(page).first()).toContainText(/Request id [\da-f-]{36}/);
});

test("an export whose portal was killed is listed as interrupted", async ({
  page,
  http,
  signIn,
  database,
  convexProxy,
}) => {
  const session = await signIn();
  const run = crypto.randomUUID();
  const held = convexProxy.holdBack(isPageRead);
  const downloading = http.send(`${DOWNLOAD}?run=${run}`, { session });
  await held.arrived;
  await page.goto(EXPORT_PAGE);
  await expect(entries(page).first()).toContainText("Running");
  await database.age(run, 1_000);
  await page.reload();
  await expect(entries(page).first()).toContainText("Interrupted");
  held.release();
  await downloading;
});

test("who is refused the page or the download goes on record, with where from and why", async ({
  page,
  http,
  portal,
  context,
  database,
  sessionOf,
}) => {
  const { email, userId } = await database.addUser("team_lead");
  const session = await signInAt(portal.origin, email);
  expect((await http.send(EXPORT_PAGE, { session, accept: HTML })).status).toBe(403);
  expect((await http.send(DOWNLOAD, { session })).status).toBe(403);
  expect((await http.send(`${EXPORT_PAGE}.data`, { session })).status).toBe(403);
  expect((await http.send("/admin", { session })).status).toBe(403);

  const own = (await database.recentEntries()).filter(({ who }) => email.startsWith(who));
  expect(own.map((entry) => entry.kind === "denial" && entry.attempt)).toEqual([
    "page",
    "download",
    "page",
  ]);
  expect(userId).not.toBe("");

  await context.addCookies([browserCookie(await sessionOf("system_admin"), portal.origin)]);
  await page.goto(EXPORT_PAGE);
  const entry = entries(page).first();
  await expect(entry).toContainText(`${email.split("@")[0]} (Team lead)`);
  await expect(entry).toContainText("Denied");
  await expect(entry).toContainText("Not a system administrator.");
});

test("a download that another site starts goes on record where it would have used a session", async ({
  http,
  sessionOf,
  database,
  convexProxy,
}) => {
  const session = await sessionOf("system_admin");
  const headers = { "Sec-Fetch-Site": "cross-site" };
  expect((await http.send(DOWNLOAD, { session, headers })).status).toBe(403);
  const [latest] = await database.recentEntries();
  expect(latest).toMatchObject({ kind: "denial", reason: "other_site", attempt: "download" });

  convexProxy.reset();
  expect((await http.send(DOWNLOAD, { headers })).status).toBe(403);
  expect((await http.send(DOWNLOAD)).status).toBe(401);
  expect(convexProxy.calls, "nobody asks Convex for those who are not signed in").toEqual([]);
});

test("a refusal that cannot be recorded is still a refusal", async ({
  http,
  portal,
  sessionOf,
  convexProxy,
}) => {
  const session = await sessionOf("frontline_worker");
  convexProxy.answerInstead(({ path }) => path === "exportRuns:deny", 200, { status: "error" });
  for (const address of [EXPORT_PAGE, DOWNLOAD]) {
    expect((await http.send(address, { session })).status, address).toBe(403);
  }
  await portal.logLine(/a refused attempt was not recorded/);
});

test("a refusal does not wait for a record that Convex does not take", async ({
  http,
  sessionOf,
  convexProxy,
}) => {
  const session = await sessionOf("frontline_worker");
  const held = convexProxy.holdBack(({ path }) => path === "exportRuns:deny");
  expect((await http.send(DOWNLOAD, { session })).status).toBe(403);
  await held.arrived;
  held.release();
});

test("the page asks Convex three times, and its loaders look the session up together", async ({
  http,
  sessionOf,
  convexProxy,
}) => {
  const session = await sessionOf("system_admin");
  for (const address of [EXPORT_PAGE, `${EXPORT_PAGE}.data`]) {
    convexProxy.reset();
    const answer = await http.send(address, { session, accept: HTML });
    expect(answer.status, address).toBe(200);
    expect(convexProxy.calls.map(({ path }) => path).toSorted(), address).toEqual([
      "exportRuns:recent",
      "exports:summarize",
      "sessions:resolve",
    ]);
  }
});

test("a history that cannot be read does not take the page down", async ({
  page,
  signIn,
  convexProxy,
}) => {
  await signIn();
  convexProxy.answerInstead(({ path }) => path === "exportRuns:recent", 200, { status: "error" });
  expect((await page.goto(EXPORT_PAGE))?.status()).toBe(200);
  await expect(page.getByRole("link", { name: "Export Full Database" })).toBeVisible();
  await expect(page.getByText("They cannot be read at the moment.")).toBeVisible();
  await expect(entries(page)).toHaveCount(0);
});

test.describe("on a screen of 320 pixels", () => {
  test.use({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });

  test("an entry is below each other and not beside, so that its outcome is seen at once", async ({
    page,
    http,
    signIn,
  }) => {
    const session = await signIn();
    const reason = "x".repeat(500);
    const query = new URLSearchParams({ tables: "companies", reason });
    expect((await http.send(`${DOWNLOAD}?${query}`, { session })).status).toBe(200);
    await page.goto(EXPORT_PAGE);
    const entry = entries(page).first();
    await expect(entry.getByRole("rowheader")).toHaveCount(1);
    const outcome = entry.getByRole("cell", { name: "Completed" });
    await outcome.scrollIntoViewIfNeeded();
    for (const cell of [entry.getByRole("rowheader"), ...(await entry.getByRole("cell").all())]) {
      const { x, width } = (await cell.boundingBox()) ?? { x: 0, width: 0 };
      expect(x + width).toBeLessThanOrEqual(320);
    }
    const [content, window] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(content).toBeLessThanOrEqual(window);
  });
});
