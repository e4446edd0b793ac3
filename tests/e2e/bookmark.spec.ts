import { readFile } from "node:fs/promises";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { FILE_NAME, readExport } from "./support/export-file";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";

test("the bookmarked download leads through sign-in to the file, with its parameters kept", async ({
  page,
  portal,
}) => {
  const bookmark = `${DOWNLOAD}?tables=companies,sites&format=json`;
  await page.goto(bookmark);
  await expect(page).toHaveURL(/\/login\?redirectTo=/);
  const downloading = page.waitForEvent("download");
  await signInByForm(page);
  const download = await downloading;

  const address = new URL(download.url());
  expect(address.origin + address.pathname).toBe(portal.origin + DOWNLOAD);
  expect(Object.fromEntries(address.searchParams)).toEqual({
    tables: "companies,sites",
    format: "json",
  });
  expect(download.suggestedFilename()).toMatch(FILE_NAME);
  const { metadata, data } = readExport(await readFile(await download.path()));
  expect(metadata.exportType).toBe("segmented");
  expect(metadata.filtersApplied).toMatchObject({ tables: ["companies", "sites"] });
  expect(Object.keys(data)).toEqual(["companies", "users", "sites"]);
});

test("the sign-in page that a download leads to goes on to the export page", async ({
  page,
  portal,
}) => {
  await page.goto(DOWNLOAD);
  const downloading = page.waitForEvent("download");
  await signInByForm(page);
  await (await downloading).path();
  await page.getByRole("link", { name: "export page" }).click();
  await expect(page).toHaveURL(portal.origin + EXPORT_PAGE);
});

test("the bookmarked download starts at once where one is signed in", async ({ page, signIn }) => {
  await signIn();
  const downloading = page.waitForEvent("download");
  // The browser leaves the navigation when it turns out to be a download.
  await page.goto(DOWNLOAD).catch((error: Error) => expect(error.message).toMatch(/download/i));
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(FILE_NAME);
  expect(readExport(await readFile(await download.path())).metadata.exportType).toBe("full");
});
