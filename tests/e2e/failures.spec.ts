import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { isPageRead } from "./support/convex-proxy";
import { readExport } from "./support/export-file";
import { expect, test } from "./support/fixtures";
import { browserCookie, signInAt } from "./support/session";

/** The page tells of a failure after its own waits for Convex and for the run's row (45 s). */
const TOAST_TIMEOUT_MS = 45_000;

const exportButton = (page: Page): Locator =>
  page.getByRole("link", { name: "Export Full Database" });

const toast = (page: Page, title: string): Locator =>
  page.getByRole("listitem").filter({ hasText: title });

test("an export that fails is told in a toast with the reason, and can be tried again", async ({
  page,
  portal,
  signIn,
  convexProxy,
}) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  convexProxy.answerInstead(isPageRead, 503, { code: "InternalServerError", message: "Try again" });
  await exportButton(page).click();
  const failure = toast(page, "The export failed");
  await expect(failure).toContainText("The database changed too fast", {
    timeout: TOAST_TIMEOUT_MS,
  });
  await expect(failure).toContainText(/Request id [\da-f-]{36}/);
  await expect(page).toHaveURL(portal.origin + EXPORT_PAGE);
  await expect(exportButton(page)).not.toHaveAttribute("aria-disabled");

  convexProxy.reset();
  const downloading = page.waitForEvent("download");
  await failure.getByRole("button", { name: "Try again" }).click();
  readExport(await readFile(await (await downloading).path()));
  await expect(toast(page, "Export ready")).toBeVisible();
});

test("when the database is gone the page stays and says so, and works again with it", async ({
  page,
  portal,
  signIn,
  convexProxy,
}) => {
  test.setTimeout(2 * TOAST_TIMEOUT_MS);
  await signIn();
  await page.goto(EXPORT_PAGE);
  convexProxy.goDown();
  await exportButton(page).click();
  const failure = toast(page, "The export failed");
  await expect(failure).toContainText("The database could not be reached", {
    timeout: TOAST_TIMEOUT_MS,
  });
  await expect(failure).toContainText(/Request id [\da-f-]{36}/);
  await expect(page).toHaveURL(portal.origin + EXPORT_PAGE);

  convexProxy.reset();
  const downloading = page.waitForEvent("download");
  await failure.getByRole("button", { name: "Try again" }).click();
  readExport(await readFile(await (await downloading).path()));
  await expect(toast(page, "Export ready")).toBeVisible();
});

test("a session that has ended while the page was open is told with a way to sign in", async ({
  page,
  context,
  portal,
  database,
}) => {
  const session = await signInAt(portal.origin, "system_admin@supportsignal.test");
  await context.addCookies([browserCookie(session, portal.origin)]);
  await page.goto(EXPORT_PAGE);
  await database.removeSession(session.tokenHash);
  await exportButton(page).click();
  const failure = toast(page, "Your session has ended");
  await expect(failure).toBeVisible({ timeout: TOAST_TIMEOUT_MS });
  await failure.getByRole("link", { name: "Sign in" }).click();
  await expect(page).toHaveURL(
    `${portal.origin}/login?redirectTo=${encodeURIComponent(EXPORT_PAGE)}`,
  );
});

test("the export page itself says what is wrong when the database is gone", async ({
  page,
  signIn,
  convexProxy,
}) => {
  await signIn();
  await page.goto("/admin/tools");
  convexProxy.goDown();
  await page.getByRole("link", { name: "Database Export" }).click();
  await expect(page.getByRole("heading", { name: "Database unreachable" })).toBeVisible({
    timeout: TOAST_TIMEOUT_MS,
  });
  const response = await page.reload();
  expect(response?.status()).toBe(504);
  await expect(page.getByText(response!.headers()["x-request-id"]!)).toBeVisible();
  await expect(exportButton(page)).toHaveCount(0);
});

test("while an export runs a second click starts no other one", async ({
  page,
  signIn,
  convexProxy,
}) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  convexProxy.reset();
  const held = convexProxy.holdBack(isPageRead);
  const downloading = page.waitForEvent("download");
  await exportButton(page).click();
  await held.arrived;
  const busy = page.getByRole("link", { name: "Preparing your export…" });
  await expect(busy).toHaveAttribute("aria-disabled", "true");
  await busy.click({ force: true });
  held.release();
  await (await downloading).path();
  await expect(toast(page, "Export ready")).toBeVisible();
  expect(convexProxy.calls.filter(({ path }) => path === "exportRuns:start")).toHaveLength(1);
});

test("a run key is used once: the same download again is refused", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  const address = `${DOWNLOAD}?run=${crypto.randomUUID()}`;
  expect((await http.send(address, { session })).status).toBe(200);
  const again = await http.send(address, { session });
  expect(again.status).toBe(409);
  expect(again.headers.get("Content-Disposition")).toBeNull();
});
