import type { Locator, Page } from "@playwright/test";
import { APPROVED_TABLES } from "../support/approved-tables";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { expect, test } from "./support/fixtures";
import { HTML, problemOf } from "./support/http";
import { browserCookie, signInAt } from "./support/session";
import { startStack } from "./support/stack";

const tables = (page: Page): Locator => page.getByRole("table", { name: "Tables" });

/** Names in the order of the rows. */
const names = (page: Page): Locator => tables(page).locator("tbody th > code");

/** Figures of a column in the order of the rows. */
async function column(page: Page, index: number): Promise<number[]> {
  const cells = await tables(page).locator(`tbody tr > :nth-child(${index})`).allInnerTexts();
  return cells.map((text) => Number(text.replaceAll(",", "")));
}

const descending = (numbers: readonly number[]) => numbers.toSorted((a, b) => b - a);

const heading = (page: Page, name: string) => page.getByRole("columnheader", { name });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the headings sort the table and keep the rest of the address", async ({
      page,
      signIn,
    }) => {
      await signIn();
      await page.goto(`${EXPORT_PAGE}?other=kept`);
      await expect(names(page)).toHaveText(APPROVED_TABLES);
      await heading(page, "Records").getByRole("link").click();
      await expect(page).toHaveURL(/\?other=kept&sort=records&order=desc$/);
      await expect(heading(page, "Records")).toHaveAttribute("aria-sort", "descending");
      const records = await column(page, 2);
      expect(records).toEqual(descending(records));
      await heading(page, "Records").getByRole("link").click();
      await expect(heading(page, "Records")).toHaveAttribute("aria-sort", "ascending");
      expect(await column(page, 2)).toEqual(descending(records).reverse());
      await heading(page, "Table").getByRole("link").click();
      await expect(heading(page, "Table")).toHaveAttribute("aria-sort", "ascending");
      await expect(names(page)).toHaveText(APPROVED_TABLES.toSorted());
      await page.getByRole("link", { name: "Show in the order of the file" }).click();
      await expect(page).toHaveURL(/\?other=kept$/);
      await expect(names(page)).toHaveText(APPROVED_TABLES);
    });

    test("what is redacted in a table is told on demand, each kind by itself", async ({
      page,
      signIn,
    }) => {
      await signIn();
      await page.goto(EXPORT_PAGE);
      const users = tables(page).getByRole("row", { name: /^users/ });
      await expect(users.getByText("password")).toBeHidden();
      await users.getByText("1 field redacted").click();
      await expect(users.getByText("Left out")).toBeVisible();
      await expect(users.getByText("password")).toBeVisible();
      const sessions = tables(page).getByRole("row", { name: /^sessions/ });
      await sessions.getByText("1 field redacted").click();
      await expect(sessions.getByText("Fingerprinted")).toBeVisible();
      await expect(sessions.getByText("sessionToken")).toBeVisible();
    });
  });
}

test("a sort that is none is refused by name", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  for (const [query, parameter] of [
    ["sort=colour", "sort"],
    ["sort=size&order=up", "order"],
    ["order=asc", "order"],
    ["sort=size&sort=name", "sort"],
  ]) {
    const answer = await http.send(`${EXPORT_PAGE}?${query}`, { session });
    expect(answer.status, query).toBe(400);
    expect(problemOf(answer).detail).toContain(`${parameter} `);
    const page = await http.send(`${EXPORT_PAGE}?${query}`, { session, accept: HTML });
    expect(page.status, query).toBe(400);
    expect(page.text).toContain(page.headers.get("X-Request-Id"));
  }
});

test("from an address with a bad parameter there is a way to the page itself", async ({
  page,
  signIn,
}) => {
  await signIn();
  await page.goto(`${EXPORT_PAGE}?sort=colour`);
  await page.getByRole("link", { name: "Open the page itself" }).click();
  await expect(page).toHaveURL(new RegExp(`${EXPORT_PAGE}$`));
  await expect(page.getByRole("link", { name: "Export Full Database" })).toBeVisible();
});

test.describe("in another zone", () => {
  test.use({ timezoneId: "Australia/Adelaide", locale: "en-AU" });

  test("the newest record has the reader's own time", async ({ page, signIn }) => {
    await signIn();
    await page.goto(EXPORT_PAGE);
    const times = tables(page).locator("tbody time");
    await expect(times.first()).toContainText(/AC[SD]T$/);
    for (const time of await times.all()) {
      expect(await time.getAttribute("dateTime")).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(await time.getAttribute("title")).toMatch(/ UTC$/);
    }
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the newest record has the time in UTC", async ({ page, signIn }) => {
    await signIn();
    await page.goto(EXPORT_PAGE);
    await expect(tables(page).locator("tbody time").first()).toContainText(/ UTC$/);
  });
});

test("shares are those of the sizes, and add up to all of it", async ({ page, signIn }) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  const widths = await tables(page)
    .locator("tbody svg.share-bar rect")
    .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute("width"))));
  expect(widths).toHaveLength(APPROVED_TABLES.length);
  expect(Math.max(...widths)).toBeLessThan(100);
  const sum = widths.reduce((total, width) => total + width, 0);
  // Bars of almost nothing are drawn a little wider, so that they can be seen.
  expect(sum).toBeGreaterThan(99);
  expect(sum).toBeLessThan(100 + 2 * widths.length);
});

test("how long it takes is guessed at first, and told once an export of this size was made", async ({
  page,
}) => {
  const stack = await startStack();
  try {
    const { origin } = stack.portal;
    const session = await signInAt(origin, "system_admin@supportsignal.test");
    await page.context().addCookies([browserCookie(session, origin)]);
    await page.goto(origin + EXPORT_PAGE);
    await expect(
      page.getByText("It may take less than a minute. That is a rough guess"),
    ).toBeVisible();
    const file = await fetch(origin + DOWNLOAD, { headers: { Cookie: session.cookie } });
    const bytes = (await file.arrayBuffer()).byteLength;
    await expect
      .poll(async () => (await stack.database.recentEntries())[0])
      .toMatchObject({ outcome: "completed" });
    await page.reload();
    await expect(page.getByText(/should take about .+, by 1 recent export/)).toBeVisible();
    const download = await page
      .locator("dt", { hasText: "Download" })
      .locator("xpath=following-sibling::dd")
      .innerText();
    const [, about, percent] = /^≈ ([\d.]+) MB ± (\d+) %$/.exec(download) ?? [];
    const error = Math.abs(Number(about) * 1e6 - bytes) / bytes;
    expect(error).toBeLessThan(Number(percent) / 100);
  } finally {
    await stack.stop();
  }
});

test("a database of accounts only says that there is nothing to analyse yet", async ({ page }) => {
  const stack = await startStack({ empty: true });
  try {
    const { origin } = stack.portal;
    const session = await signInAt(origin, "system_admin@supportsignal.test");
    await page.context().addCookies([browserCookie(session, origin)]);
    await page.goto(origin + EXPORT_PAGE);
    await expect(page.getByText("There is nothing to analyse yet.")).toBeVisible();
    await expect(page.getByText("whether it reads the right deployment")).toBeVisible();
    await expect(page.getByRole("link", { name: "Export Full Database" })).toBeVisible();
  } finally {
    await stack.stop();
  }
});

test("the page makes three requests to Convex at most", async ({
  http,
  sessionOf,
  convexProxy,
}) => {
  const session = await sessionOf("system_admin");
  convexProxy.reset();
  expect((await http.send(EXPORT_PAGE, { session, accept: HTML })).status).toBe(200);
  expect(convexProxy.calls.map(({ path }) => path).sort()).toHaveLength(3);
});

test("while the tables are counted the page before says so, and failing says what to do", async ({
  page,
  signIn,
  convexProxy,
}) => {
  await signIn();
  await page.goto("/admin/tools");
  const held = convexProxy.holdBack(({ path }) => path === "exports:summarize");
  await page.getByRole("link", { name: "Database Export" }).click();
  await held.arrived;
  await expect(page.getByText("Counting the tables…")).toBeVisible();
  held.release();
  await expect(page.getByRole("heading", { level: 1, name: "Database Export" })).toBeVisible();
  await expect(page.getByText("Counting the tables…")).toBeHidden();
  await expect(page.locator("#content")).toBeFocused();

  convexProxy.answerInstead(({ path }) => path === "exports:summarize", 401, {
    code: "Unauthorized",
    message: "The key was refused.",
  });
  const answered = page.waitForResponse((response) => response.url().endsWith(EXPORT_PAGE));
  await page.reload();
  const response = await answered;
  expect(response.status()).toBe(502);
  await expect(page.getByText("Error 502")).toBeVisible();
  await expect(page.getByText(response.headers()["x-request-id"]!)).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toBeVisible();
  convexProxy.reset();
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Database Export" })).toBeVisible();
});
