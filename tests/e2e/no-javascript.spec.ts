import { readFile } from "node:fs/promises";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { APPROVED_TABLES } from "../support/approved-tables";
import { FILE_NAME, readExport } from "./support/export-file";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";

test.use({ javaScriptEnabled: false });

test("without JavaScript one signs in, reads the page, downloads the file and signs out", async ({
  page,
  portal,
}) => {
  await page.goto(EXPORT_PAGE);
  await signInByForm(page);
  await expect(page).toHaveURL(portal.origin + EXPORT_PAGE);
  const tables = page.getByRole("table", { name: "Tables" });
  await expect(tables.getByRole("row")).toHaveCount(APPROVED_TABLES.length + 2);

  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Full Database" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(FILE_NAME);
  const { data } = readExport(await readFile(await download.path()));
  expect(Object.keys(data)).toEqual(APPROVED_TABLES);

  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(`${portal.origin}/login`);
  await page.goto("/admin");
  await expect(page).toHaveURL(/\/login\?redirectTo=%2Fadmin$/);
});

test("without JavaScript a wrong password is explained, and the address is kept", async ({
  page,
}) => {
  await page.goto(`/login?redirectTo=${encodeURIComponent("/admin/tools")}`);
  await signInByForm(page, "nobody-without-javascript@supportsignal.test", "wrong");
  await expect(page.getByRole("alert")).toContainText("is not right");
  await expect(page.getByLabel("Email")).toHaveValue(
    "nobody-without-javascript@supportsignal.test",
  );
  await expect(page.getByLabel("Password")).toHaveValue("");
  await expect(page).toHaveURL(/redirectTo=%2Fadmin%2Ftools$/);
  await signInByForm(page);
  await expect(page).toHaveURL(/\/admin\/tools$/);
});

test("without JavaScript a failed download is a page with the reason and a request id", async ({
  page,
  portal,
  signIn,
  convexProxy,
}) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  convexProxy.goDown();
  const answered = page.waitForResponse((response) => response.url() === portal.origin + DOWNLOAD);
  await page.getByRole("link", { name: "Export Full Database" }).click();
  const response = await answered;
  expect(response.status()).toBe(504);
  await expect(page.getByRole("heading", { name: "Database unreachable" })).toBeVisible();
  await expect(page.getByText("Try again in a moment").first()).toBeVisible();
  await expect(page.getByText(response.headers()["x-request-id"]!)).toBeVisible();
});
