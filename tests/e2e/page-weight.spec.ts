import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Page, Route } from "@playwright/test";
import { EXPORT_PAGE, VERIFY } from "./support/addresses";
import { readExport } from "./support/export-file";
import { expect, test } from "./support/fixtures";

/** Compressed JavaScript that the export page may load by itself, in bytes. */
const MOST_JAVASCRIPT = 120_000;

test("the export page loads 120 kB of JavaScript at most, compressed", async ({ page, signIn }) => {
  await signIn();
  const loading: Promise<Buffer>[] = [];
  page.on("response", (response) => {
    if (new URL(response.url()).pathname.endsWith(".js")) loading.push(response.body());
  });
  await page.goto(EXPORT_PAGE, { waitUntil: "networkidle" });
  const scripts = await Promise.all(loading);
  expect(scripts.length).toBeGreaterThan(5);
  const bytes = scripts.reduce((sum, script) => sum + gzipSync(script).byteLength, 0);
  expect(bytes).toBeLessThanOrEqual(MOST_JAVASCRIPT);
});

test("what the export page says is in its first answer, before any script", async ({
  http,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const { text } = await http.send(EXPORT_PAGE, { session, accept: "text/html" });
  const body = text.slice(text.indexOf("<body"), text.indexOf("<script"));
  for (const shown of ["Export Full Database", "1,683", "Newest record", "Total"]) {
    expect(body).toContain(shown);
  }
});

test("no module is asked for before the stylesheet is there, and then all at once", async ({
  page,
  http,
}) => {
  const { text } = await http.send("/login", { accept: "text/html" });
  expect(text).not.toMatch(/<link[^>]*modulepreload/);
  let hold: (route: Route) => void = () => undefined;
  const stylesheet = new Promise<Route>((resolve) => (hold = resolve));
  await page.route("**/*.css", (route) => hold(route));
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "script") asked.push(new URL(request.url()).pathname);
  });
  const document = page.waitForResponse("**/login");
  const opened = page.goto("/login", { waitUntil: "networkidle" });
  const held = await stylesheet;
  await (await document).finished();
  expect(asked).toEqual([]);
  await held.continue();
  await opened;
  expect(asked.length).toBeGreaterThan(2);
  const { size } = new Set(asked);
  expect(asked).toHaveLength(size);
});

test("a page in a tab that is not painted becomes interactive all the same", async ({ page }) => {
  await page.addInitScript(() => {
    window.requestAnimationFrame = () => 0;
  });
  const entry = page.waitForResponse(/\/assets\/entry\.client-/);
  await page.goto("/login");
  expect((await entry).status()).toBe(200);
});

test("what is done before the modules are there works without them", async ({ page, signIn }) => {
  await signIn();
  const release = await holdModules(page);
  const opened = page.goto(EXPORT_PAGE);
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Full Database" }).click();
  const { metadata } = readExport(await readFile(await (await downloading).path()));
  expect(metadata.exportType).toBe("full");
  release();
  await opened;

  const again = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Full Database" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Export ready" })).toBeVisible();
  await again;
});

test("no file can be chosen before the modules that check it are there", async ({
  page,
  signIn,
}) => {
  await signIn();
  const release = await holdModules(page);
  const opened = page.goto(VERIFY);
  const field = page.getByLabel("Choose an export file, or drop it here");
  await expect(field).toBeDisabled();
  release();
  await opened;
  await expect(field).toBeEnabled();
});

/** Lets the modules of a page wait. @returns what lets them come. */
async function holdModules(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/assets\/.*\.js$/, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
