import { ADMIN_PAGES, EXPORT_PAGE } from "./support/addresses";
import { expect, test } from "./support/fixtures";
import { expectNoSidewaysScroll } from "./support/sideways";

test.describe("on a screen of 320 pixels", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("no page scrolls sideways, and all of the table can be reached", async ({
    page,
    signIn,
  }) => {
    await page.goto("/login");
    await expectNoSidewaysScroll(page);
    await signIn();
    for (const address of [...ADMIN_PAGES, "/nowhere"]) {
      await page.goto(address);
      await expectNoSidewaysScroll(page);
    }
    await page.goto(EXPORT_PAGE);
    const lastCell = page
      .getByRole("row", { name: /clarification_questions/ })
      .getByRole("cell")
      .last();
    await lastCell.scrollIntoViewIfNeeded();
    await expect(lastCell).toBeInViewport();
  });

  test("the refusal of other roles fits, too", async ({ page, signIn }) => {
    await signIn("team_lead");
    await page.goto(EXPORT_PAGE);
    await expect(page.getByRole("heading", { name: "Not allowed" })).toBeVisible();
    await expectNoSidewaysScroll(page);
  });
});

test.describe("at a zoom of 200 %", () => {
  // The browser's zoom is exactly this: fewer pixels of CSS in the same window, each of them larger.
  test.use({ viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 });

  test("no page scrolls sideways, and the export can be started", async ({ page, signIn }) => {
    await signIn();
    for (const address of ADMIN_PAGES) {
      await page.goto(address);
      await expectNoSidewaysScroll(page);
    }
    await page.goto(EXPORT_PAGE);
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export Full Database" }).click();
    await (await downloading).path();
    await expect(page.getByText("Export ready")).toBeVisible();
  });
});

test("the download can be started with the keyboard alone", async ({ page, signIn }) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  const button = page.getByRole("link", { name: "Export Full Database" });
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  for (let presses = 0; presses < 20; presses += 1) {
    if (await button.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(button).toBeFocused();
  const downloading = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  await (await downloading).path();
  await expect(page.getByText("Export ready")).toBeVisible();
});

test("pages follow the system's dark scheme", async ({ page, signIn }) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  const heading = page.getByRole("heading", { name: "Database Export", level: 1 });
  const colour = () => heading.evaluate((element) => getComputedStyle(element).color);
  await page.emulateMedia({ colorScheme: "light" });
  const onLight = await colour();
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await colour()).not.toBe(onLight);
});

test("pages work without an error or warning in the browser's console", async ({
  page,
  signIn,
}) => {
  const messages: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) messages.push(message.text());
  });
  page.on("pageerror", (error) => messages.push(error.message));
  await page.goto("/login");
  await signIn();
  for (const address of ADMIN_PAGES) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle");
  }
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Full Database" }).click();
  await (await downloading).path();
  await expect(page.getByText("Export ready")).toBeVisible();
  expect(messages).toEqual([]);
});

test("the browser asks nobody but the portal", async ({ page, portal, signIn }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${portal.origin}/`)) foreign.push(request.url());
  });
  await page.goto("/login");
  await signIn();
  for (const address of ADMIN_PAGES) {
    await page.goto(address);
    await page.waitForLoadState("networkidle");
  }
  expect(foreign).toEqual([]);
});
