import AxeBuilder from "@axe-core/playwright";
import { readFile } from "node:fs/promises";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { isPageRead, nth, since } from "./support/convex-proxy";
import { startDownload } from "./support/download";
import { readExport } from "./support/export-file";
import {
  beginExport,
  expect,
  exportButtonOf,
  panelOf,
  percentOf,
  test,
  toastOf,
} from "./support/run-stack";
import { startPortal } from "./support/portal";

test.use({ actionTimeout: 30_000 });
test.setTimeout(120_000);

/** One page of an export: the others are read, so that queries are free for what tests look at. */
const aPage = () => nth(3, isPageRead);

/** The page looks at a run every two seconds at the latest, and the machine may be busy (30 s). */
const LOOK = { timeout: 30_000 };

for (const width of [1280, 320]) {
  test.describe(`at ${width} px`, () => {
    test.use({ viewport: { width, height: 800 } });

    test("an export shows how far it is, and ends in a file, a toast and a row", async ({
      admin,
      stack,
    }) => {
      const { page } = admin;
      const first = stack.proxy.holdBack(since(3, isPageRead));
      const downloading = page.waitForEvent("download");
      await beginExport(page);
      await first.arrived;
      const bar = panelOf(page).getByRole("progressbar", { name: "Reading the database" });
      await expect(bar).toBeVisible(LOOK);
      const before = await percentOf(page);
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThan(100);
      await expect(panelOf(page)).toContainText(/[\d,]+ of [\d,]+/);
      await expect(panelOf(page)).toContainText(/MB of ≈ [\d.]+ MB/);
      await expect(page).toHaveTitle(/^\d+ % read · Database Export/, LOOK);
      await panelOf(page)
        .getByText(/of 18 tables read/)
        .click();
      await expect(panelOf(page).getByRole("progressbar", { name: "users" })).toBeVisible();
      const [content, window] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      expect(content, "no sideways scroll").toBeLessThanOrEqual(window ?? 0);

      const second = stack.proxy.holdBack(nth(3, isPageRead));
      first.release();
      await second.arrived;
      await expect.poll(() => percentOf(page), LOOK).toBeGreaterThan(before);
      second.release();

      const download = await downloading;
      const file = readExport(await readFile(await download.path()));
      const ready = toastOf(page, "Export ready");
      await expect(ready).toContainText(download.suggestedFilename(), LOOK);
      await expect(ready).toContainText(/[\d,]+ records, [\d.]+ MB, .+ s/);
      await expect(ready.getByRole("button", { name: "Copy SHA-256" })).toBeVisible();
      await expect(panelOf(page)).toHaveCount(0);
      await expect(page).toHaveTitle(/^Database Export/);
      expect(file.metadata.totalRecords).toBeGreaterThan(10_000);
      // Nobody loaded the page again.
      const table = page.getByRole("table", { name: "Recent exports" });
      const latest = table.getByRole("row").nth(1);
      await expect(latest).toContainText(admin.name, LOOK);
      await expect(latest).toContainText("Completed");
    });
  });
}

test("a reload loses neither the export nor its progress nor its file", async ({
  admin,
  stack,
}) => {
  const { page } = admin;
  const held = stack.proxy.holdBack(aPage());
  await beginExport(page);
  await held.arrived;
  await page.reload();
  await expect(panelOf(page).getByRole("progressbar").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Preparing your export…" })).toBeVisible(LOOK);
  const downloading = page.waitForEvent("download");
  held.release();
  readExport(await readFile(await (await downloading).path()));
  await expect(toastOf(page, "Export ready")).toBeVisible(LOOK);
  const starts = stack.proxy.calls.filter(({ path }) => path === "exportRuns:start");
  expect(starts).toHaveLength(1);
});

test("a page that is closed during its export ends it", async ({ admin, stack }) => {
  const page = await admin.openElsewhere();
  const held = stack.proxy.holdBack(aPage());
  await beginExport(page);
  await held.arrived;
  await page.context().close();
  await held.abandoned;
  await admin.page.goto(EXPORT_PAGE);
  const latest = admin.page.getByRole("table", { name: "Recent exports" }).getByRole("row").nth(1);
  await expect(latest).toContainText("Cancelled");
});

test("a second browser shows the export, with and without JavaScript, and can cancel it", async ({
  admin,
  stack,
}) => {
  const { page } = admin;
  const held = stack.proxy.holdBack(aPage());
  await beginExport(page);
  await held.arrived;

  const plain = await admin.openElsewhere({ javaScriptEnabled: false });
  await plain.goto(EXPORT_PAGE);
  await expect(panelOf(plain)).toContainText("Reading the database");
  await panelOf(plain).locator("noscript").getByRole("link").click();
  await expect(panelOf(plain)).toContainText("Reading the database");

  const second = await admin.openElsewhere();
  await second.goto(EXPORT_PAGE);
  await expect(panelOf(second).getByRole("progressbar").first()).toBeVisible();
  await expect(exportButtonOf(second), "it may export as well").toBeVisible();
  await panelOf(second).getByRole("button", { name: "Cancel export" }).click();
  await held.abandoned;
  for (const shown of [page, second]) {
    const cancelled = toastOf(shown, "The export was cancelled");
    await expect(cancelled).toContainText(`${admin.name} cancelled it.`, LOOK);
    await expect(panelOf(shown)).toHaveCount(0);
  }
  await expect(toastOf(page, "cancelled").getByRole("button", { name: "Try again" })).toBeVisible();
  await expect(toastOf(second, "cancelled").getByRole("button", { name: "Try again" })).toHaveCount(
    0,
  );
  await expect(exportButtonOf(page)).toBeVisible();
});

test("a tab that was open before shows the export that another tab begins", async ({
  admin,
  stack,
}) => {
  const { page } = admin;
  const other = await page.context().newPage();
  await other.goto(EXPORT_PAGE);
  await expect(panelOf(other)).toHaveCount(0);
  const held = stack.proxy.holdBack(aPage());
  await beginExport(page);
  await held.arrived;
  await expect(panelOf(other).getByRole("progressbar").first()).toBeVisible(LOOK);
  held.release();
  await expect(toastOf(other, "Export ready")).toBeVisible(LOOK);
  await expect(panelOf(other)).toHaveCount(0);
});

test("without JavaScript an export is cancelled by a form, which leads to the run's page", async ({
  admin,
  stack,
}) => {
  const held = stack.proxy.holdBack(aPage());
  const run = crypto.randomUUID();
  const download = startDownload(`${stack.portal.origin}${DOWNLOAD}?run=${run}`, admin.session);
  await held.arrived;
  const plain = await admin.openElsewhere({ javaScriptEnabled: false });
  await plain.goto(EXPORT_PAGE);
  await panelOf(plain).getByRole("button", { name: "Cancel export" }).click();
  await expect(plain).toHaveURL(new RegExp(`/runs/${run}/details$`));
  const { status } = await download.answered;
  expect(status).toBe(409);
  await plain.reload();
  await expect(plain.getByText(`Cancelled by ${admin.name}.`)).toBeVisible();
});

test("another replica cancels an export, while it is made and while it is delivered", async ({
  admin,
  stack,
}) => {
  const replica = await startPortal(stack.target);
  try {
    const there = await admin.openElsewhere({ origin: replica.origin });
    const cancelThere = async () => {
      await there.goto(EXPORT_PAGE);
      await panelOf(there).getByRole("button", { name: "Cancel export" }).click();
    };
    const held = stack.proxy.holdBack(aPage());
    await beginExport(admin.page);
    await held.arrived;
    await cancelThere();
    await held.abandoned;
    await expect(toastOf(admin.page, "The export was cancelled")).toBeVisible(LOOK);
    held.release();

    const run = crypto.randomUUID();
    const url = `${stack.portal.origin}${DOWNLOAD}?run=${run}`;
    const slow = await startDownload(url, admin.session).answered;
    await slow.take(100_000);
    await cancelThere();
    const row = () => stack.database.run(run);
    await expect.poll(row, LOOK).toMatchObject({ outcome: "cancelled", cancelAskedBy: admin.name });
    await expect(slow.finish()).rejects.toThrow();
  } finally {
    await replica.stop();
  }
});

test("a delivery is shown, and a download that is stopped leaves the button free at once", async ({
  admin,
  stack,
}) => {
  const { page } = admin;
  const run = crypto.randomUUID();
  const url = `${stack.portal.origin}${DOWNLOAD}?run=${run}`;
  const slow = await startDownload(url, admin.session).answered;
  await slow.take(100_000);
  await page.goto(EXPORT_PAGE);
  const bar = panelOf(page).getByRole("progressbar", { name: "Delivering the file" });
  await expect(bar).toBeVisible();
  await expect(panelOf(page)).toContainText(/Delivered.*MB of [\d.]+ MB/);
  slow.abandon();
  await expect(toastOf(page, "The download was stopped")).toBeVisible(LOOK);
  await expect(panelOf(page)).toHaveCount(0);
  await expect(exportButtonOf(page)).toBeVisible();
  // It waits for the browser to go on, and is not shown as going on.
  await expect
    .poll(() => stack.database.run(run))
    .toMatchObject({
      outcome: "running",
      progress: { phase: "paused" },
    });
  await page.reload();
  await expect(panelOf(page)).toHaveCount(0);
});

test("when Convex stops during an export, the page stays, says so and can try again", async ({
  admin,
  stack,
}) => {
  const { page } = admin;
  const held = stack.proxy.holdBack(aPage());
  await beginExport(page);
  await held.arrived;
  await expect(panelOf(page).getByRole("progressbar").first()).toBeVisible();
  stack.proxy.goDown();
  held.release();
  const failure = toastOf(page, "The export failed");
  await expect(failure).toContainText(/Request id [\da-f-]{36}/, { timeout: 90_000 });
  await expect(panelOf(page)).toHaveCount(0);
  await expect(exportButtonOf(page)).toBeVisible();

  stack.proxy.reset();
  const downloading = page.waitForEvent("download");
  await failure.getByRole("button", { name: "Try again" }).click();
  readExport(await readFile(await (await downloading).path()));
  await expect(toastOf(page, "Export ready")).toBeVisible(LOOK);
});

test("what cannot be cancelled is said beside the button, and the page stays", async ({
  admin,
  stack,
}) => {
  const { page } = admin;
  const held = stack.proxy.holdBack(aPage());
  await beginExport(page);
  await held.arrived;
  stack.proxy.answerInstead(({ path }) => path === "exportRuns:cancel", 400, { code: "No" });
  await panelOf(page).getByRole("button", { name: "Cancel export" }).click();
  await expect(panelOf(page).getByRole("alert")).toContainText("It could not be cancelled.", LOOK);
  await expect(panelOf(page).getByRole("button", { name: "Cancel export" })).toBeVisible();
  const downloading = page.waitForEvent("download");
  held.release();
  await (await downloading).path();
});

/** The panel, for axe. The rest of the export page is the same with and without it. */
const PANEL = "section[aria-labelledby=running]";

test("no state of an export has a barrier, in both schemes", async ({ admin, stack }) => {
  const { page } = admin;
  const expectNoBarrier = async (state: string, part = "body") => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const { violations } = await new AxeBuilder({ page }).include(part).analyze();
      expect(violations, `${state}, ${colorScheme}`).toEqual([]);
    }
  };
  // All of them: others would be read while this test looks at the page.
  const waiting = stack.proxy.holdBack(since(1, isPageRead));
  await beginExport(page);
  await waiting.arrived;
  await expect(panelOf(page)).toBeVisible();
  await expectNoBarrier("waiting", PANEL);
  const reading = stack.proxy.holdBack(since(3, isPageRead));
  waiting.release();
  await reading.arrived;
  await panelOf(page)
    .getByText(/of 18 tables read/)
    .click(LOOK);
  await expectNoBarrier("reading", PANEL);
  await panelOf(page).getByRole("link", { name: "Details" }).click();
  await expect(page.getByRole("heading", { name: "Export run" })).toBeVisible();
  await expectNoBarrier("the run's page");
  await page.getByRole("button", { name: "Cancel export" }).click();
  await expect(toastOf(page, "The export was cancelled")).toBeVisible(LOOK);
  await expect(toastOf(page, "The export was cancelled")).toHaveAttribute("data-type", "info");
  await expectNoBarrier("cancelled");
  reading.release();
  const downloading = page.waitForEvent("download");
  await toastOf(page, "The export was cancelled")
    .getByRole("button", { name: "Try again" })
    .click();
  await (await downloading).path();
  await expect(toastOf(page, "Export ready")).toBeVisible(LOOK);
  await expectNoBarrier("completed");
});
