import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE, RUNS } from "./support/addresses";
import { expect, test } from "./support/fixtures";
import { HTML, problemOf } from "./support/http";
import { browserCookie } from "./support/session";

/** Entries of a page of the history. */
const PAGE_ENTRIES = 25;

/** The rows of the history, without its header. */
const entries = (page: Page) =>
  page
    .getByRole("table", { name: "Entries" })
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader") });

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Sixty exports of a person, long ago, every third of them failed. */
function pastRuns(user_id: string, actor_name: string, beganMs: number) {
  return Array.from({ length: 60 }, (_, index) => ({
    run_key: crypto.randomUUID(),
    actor_kind: "session",
    actor_name,
    actor_role: "system_admin",
    user_id,
    export_type: "full",
    format: "json",
    privacy: "redacted",
    outcome: index % 3 === 0 ? "failed" : "completed",
    ...(index % 3 === 0 ? { error_code: "convex_overloaded", request_id: "request-1" } : {}),
    started_at: beganMs + index * 1000,
    finished_at: beganMs + index * 1000 + 1500,
    bytes: 12_345,
    total_records: 67,
  }));
}

for (const [width, javaScriptEnabled] of [
  [1280, true],
  [320, false],
] as const) {
  test.describe(`at ${width} px, ${javaScriptEnabled ? "with" : "without"} JavaScript`, () => {
    test.use({ viewport: { width, height: 800 }, javaScriptEnabled });

    test("the history is filtered by who and how it ended, and read page by page", async ({
      page,
      database,
      signIn,
    }) => {
      const { email, userId } = await database.addUser("system_admin");
      const name = email.split("@")[0] ?? "";
      await database.insertRuns(pastRuns(userId, name, Date.now() - YEAR_MS));
      await signIn();
      await page.goto(EXPORT_PAGE);
      await page.getByRole("link", { name: "All exports" }).click();
      await expect(page.getByRole("heading", { name: "Export history" })).toBeVisible();

      await page.getByLabel("Who").selectOption({ label: name });
      await page.getByRole("button", { name: "Show" }).click();
      await expect(page).toHaveURL(new RegExp(`[?&]who=${userId}`));
      await expect(entries(page)).toHaveCount(PAGE_ENTRIES);
      await expect(page.getByRole("link", { name: "Newest" })).toHaveCount(0);
      await page.getByRole("link", { name: "Older" }).click();
      await expect(page).toHaveURL(/before=/);
      await page.getByRole("link", { name: "Older" }).click();
      await expect(entries(page)).toHaveCount(60 - 2 * PAGE_ENTRIES);
      await expect(page.getByRole("link", { name: "Older" })).toHaveCount(0);
      await page.getByRole("link", { name: "Newest" }).click();
      await expect(entries(page)).toHaveCount(PAGE_ENTRIES);

      await page.getByLabel("Outcome").selectOption("failed");
      await page.getByRole("button", { name: "Show", exact: true }).click();
      await expect(entries(page)).toHaveCount(20);
      await expect(page.getByLabel("Who")).toHaveValue(userId);
      await expect(entries(page).first()).toContainText("The database is busy.");
      const day = new Date(Date.now()).toISOString().slice(0, 10);
      await page.getByLabel("First day (UTC)").fill(day);
      await page.getByRole("button", { name: "Show", exact: true }).click();
      await expect(page.getByText("There is no entry that fits.")).toBeVisible();
      await page.getByRole("link", { name: "Show all" }).click();
      await expect(page).toHaveURL(new RegExp(`${RUNS}$`));
      const [content, window] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      expect(content).toBeLessThanOrEqual(window ?? 0);
    });
  });
}

test("the page of a run shows all that is on record of it", async ({
  page,
  http,
  portal,
  context,
  database,
  newAdmin,
}) => {
  const { email, session } = await newAdmin();
  const run = crypto.randomUUID();
  const query = new URLSearchParams({ run, tables: "companies,sites", reason: "Prüfung <b>" });
  const headers = { "User-Agent": "the-agent/1.0" };
  const download = await http.send(`${DOWNLOAD}?${query}`, { session, headers });
  await expect.poll(async () => (await database.run(run))?.outcome).toBe("completed");

  await context.addCookies([browserCookie(session, portal.origin)]);
  await page.goto(EXPORT_PAGE);
  const [name = ""] = email.split("@");
  const latest = page.getByRole("table", { name: "Recent exports" }).getByRole("row").nth(1);
  await latest.getByRole("link").first().click();
  await expect(page).toHaveURL(new RegExp(`${RUNS}/${run}/details$`));
  await expect(page.getByRole("heading", { level: 1, name: "Export run" })).toBeVisible();
  const row = await database.run(run);
  for (const text of [
    "Completed",
    "Only companies, sites, people by name",
    "Prüfung <b>",
    `${name} (System administrator)`,
    "127.0.0.1",
    "the-agent/1.0",
    run,
    row?.digest ?? "no digest",
    row?.fileName ?? "no name",
    `(${download.bytes.length.toLocaleString("en-AU")} bytes)`,
    download.headers.get("X-Request-Id") ?? "no id",
  ]) {
    await expect(page.getByRole("main")).toContainText(text);
  }
  // An export takes seconds: when it began and ended is told to the second.
  const started = page.getByRole("main").locator("dd time").first();
  await expect(started).toHaveText(/\d:\d\d:\d\d/);
  const counts = page.getByRole("table", { name: "Records per table" });
  // Beside the head: both tables, and the users who created what is in them.
  await expect(counts.getByRole("row")).toHaveCount(4);
  await expect(page.getByRole("button", { name: "Cancel export" })).toHaveCount(0);
});

test("a browser that opens the run's JSON is led to its page, and a program is not", async ({
  http,
  sessionOf,
  database,
}) => {
  const session = await sessionOf("system_admin");
  const run = crypto.randomUUID();
  await http.send(`${DOWNLOAD}?tables=sites&run=${run}`, { session });
  await expect.poll(async () => (await database.run(run))?.outcome).toBe("completed");
  const asBrowser = await http.send(`${RUNS}/${run}`, { session, accept: HTML });
  expect(asBrowser.status).toBe(302);
  expect(asBrowser.headers.get("Location")).toBe(`${RUNS}/${run}/details`);
  const asProgram = await http.send(`${RUNS}/${run}`, { session });
  expect(JSON.parse(asProgram.text)).toMatchObject({ runKey: run, outcome: "completed" });
  expect(asProgram.headers.get("Vary")).toContain("Accept");
});

test("bad filters and cursors are refused by name, before anything is read", async ({
  http,
  sessionOf,
  convexProxy,
}) => {
  const session = await sessionOf("system_admin");
  convexProxy.reset();
  for (const [query, parameter] of [
    ["outcome=done", "outcome"],
    ["who=nobody", "who"],
    ["since=yesterday", "since"],
    ["since=2026-02-01&until=2026-01-01", "since"],
    ["before=1", "before"],
    ["pge=2", "pge"],
  ]) {
    const answer = await http.send(`${RUNS}?${query}`, { session, accept: HTML });
    expect(answer.status, query).toBe(400);
    expect(answer.text).toContain("Bad parameters");
    expect(answer.text).toContain(`${parameter} `);
  }
  const asked = new Set(convexProxy.calls.map(({ path }) => path));
  expect([...asked]).toEqual(["sessions:resolve"]);
});

test("a run that does not exist is a 404, as a page, as JSON and for whoever cancels it", async ({
  page,
  http,
  signIn,
}) => {
  const session = await signIn();
  const run = crypto.randomUUID();
  const response = await page.goto(`${RUNS}/${run}/details`);
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Unknown run" })).toBeVisible();
  expect(problemOf(await http.send(`${RUNS}/${run}`, { session })).status).toBe(404);
  expect((await http.send(`${RUNS}/${run}/cancel`, { session })).status).toBe(405);
});

test("the history costs two requests to Convex, and so does the page of a run", async ({
  http,
  sessionOf,
  database,
  convexProxy,
}) => {
  const session = await sessionOf("system_admin");
  const run = crypto.randomUUID();
  await http.send(`${DOWNLOAD}?tables=sites&run=${run}`, { session });
  await expect.poll(async () => (await database.run(run))?.outcome).toBe("completed");
  for (const [address, path] of [
    [RUNS, "exportRuns:history"],
    [`${RUNS}/${run}/details`, "exportRuns:details"],
  ] as const) {
    convexProxy.reset();
    expect((await http.send(address, { session, accept: HTML })).status).toBe(200);
    expect(convexProxy.calls.map((call) => call.path).toSorted()).toEqual(
      [path, "sessions:resolve"].toSorted(),
    );
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`no page of the history has a barrier, in the ${colorScheme} scheme`, async ({
    page,
    http,
    signIn,
    database,
  }) => {
    await page.emulateMedia({ colorScheme });
    const session = await signIn();
    const run = crypto.randomUUID();
    await http.send(`${DOWNLOAD}?tables=sites&run=${run}`, { session });
    await expect.poll(async () => (await database.run(run))?.outcome).toBe("completed");
    for (const address of [
      RUNS,
      `${RUNS}?outcome=running`,
      `${RUNS}?until=2000-01-01`,
      `${RUNS}?outcome=done`,
      `${RUNS}/${run}/details`,
      `${RUNS}/unknown/details`,
    ]) {
      await page.goto(address);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations, address).toEqual([]);
    }
  });
}
