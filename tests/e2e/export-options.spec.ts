import { readFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { readExport } from "./support/export-file";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";

const OPEN = "Part of the database, format and privacy";
const EXPORT = { name: "Export with these options" };

async function metadataOf(download: Download) {
  return readExport(await readFile(await download.path())).metadata;
}

/** The latest entry of the list. */
const latest = (page: Page) =>
  page
    .getByRole("table", { name: "Recent exports" })
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader") })
    .first();

test("the options are closed at first, and export with a profile and a reason", async ({
  page,
  signIn,
}) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  await expect(page.getByRole("button", EXPORT)).toBeHidden();
  await page.getByText(OPEN).click();
  await page.getByLabel("People under pseudonyms").check();
  await page.getByLabel("Reason").fill("Themes of falls in May");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", EXPORT).click();
  expect((await metadataOf(await downloading)).sanitization.profile).toBe("pseudonymised");
  await expect(page.getByText("Export ready")).toBeVisible();
  await page.reload();
  await expect(latest(page)).toContainText("people under pseudonyms");
  await expect(latest(page)).toContainText("Themes of falls in May");
});

test("“Try again” after a failure asks for the same options", async ({
  page,
  signIn,
  convexProxy,
}) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  await page.getByText(OPEN).click();
  await page.getByLabel("Reason").fill("Second try");
  convexProxy.goDown();
  await page.getByRole("button", EXPORT).click();
  const again = page.getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible({ timeout: 60_000 });
  convexProxy.reset();
  const asked = page.waitForRequest((request) => new URL(request.url()).pathname === DOWNLOAD);
  const downloading = page.waitForEvent("download");
  await again.click();
  expect(new URL((await asked).url()).searchParams.get("reason")).toBe("Second try");
  await downloading;
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the options are a form, in which the reason may be left empty", async ({ page }) => {
    await page.goto(EXPORT_PAGE);
    await signInByForm(page);
    await page.getByText(OPEN).click();
    await page.getByRole("link", { name: "Choose what to export" }).click();
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", EXPORT).click();
    expect((await metadataOf(await downloading)).sanitization.profile).toBe("redacted");
  });
});
