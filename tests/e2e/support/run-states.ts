import { expect } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE, RUNS, SEGMENT_PAGE } from "./addresses";
import { isPageRead } from "./convex-proxy";
import { whereNarrow } from "./page-state";
import type { PageState, Stage } from "./page-state";

/** A run's row is looked at every two seconds, and the machine may be busy. */
const LOOK = { timeout: 30_000 };

/** Begins an export that is half way for a while, as a large one would be. */
async function beginSlowly({ page, signIn, database, convexProxy }: Stage): Promise<void> {
  await signIn();
  await page.goto(EXPORT_PAGE);
  const held = convexProxy.holdBack(isPageRead);
  await page.getByRole("link", { name: "Export Full Database" }).click();
  await held.arrived;
  const [latest] = await database.recentEntries();
  if (latest?.kind === "denial" || latest?.runKey === undefined) throw new Error("No run began");
  await database.advance(latest.runKey);
  await expect(page.getByRole("progressbar", { name: "Reading the database" })).toBeVisible(LOOK);
}

/** The states of exports that run, of those that have run, and of choosing a part. */
export const RUN_STATES: readonly PageState[] = [
  {
    name: "export-running",
    isMain: true,
    open: async (stage) => {
      const { page } = stage;
      await beginSlowly(stage);
      const panel = page.getByRole("region", { name: "Export in progress" });
      return whereNarrow(page, panel) ?? page.getByRole("region", { name: "Full export" });
    },
  },
  {
    name: "export-running-tables",
    open: async (stage) => {
      const { page } = stage;
      await beginSlowly(stage);
      await page.getByText(/of 18 tables read/).click();
      return page.getByRole("region", { name: "Export in progress" });
    },
  },
  {
    name: "export-cancelled",
    open: async (stage) => {
      const { page } = stage;
      await beginSlowly(stage);
      await page.getByRole("button", { name: "Cancel export" }).click();
      await expect(page.getByText("The export was cancelled")).toBeVisible(LOOK);
    },
  },
  {
    name: "export-failed",
    isMain: true,
    open: async ({ page, signIn, convexProxy }) => {
      await signIn();
      await page.goto(EXPORT_PAGE);
      convexProxy.answerInstead(isPageRead, 401, { code: "Unauthorized", message: "No" });
      await page.getByRole("link", { name: "Export Full Database" }).click();
      await expect(page.getByText("The export failed")).toBeVisible(LOOK);
    },
  },
  {
    name: "export-part",
    isMain: true,
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(EXPORT_PAGE);
      await page.getByText("Part of the database, format and privacy").click();
      await page.getByLabel("From").fill("2025-09-01");
      await expect(page.getByRole("table", { name: "Records of the part" })).toBeVisible();
      return page.getByText("Part of the database, format and privacy");
    },
  },
  {
    name: "part-page",
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(`${SEGMENT_PAGE}?from=2025-09-01`);
      await expect(page.getByRole("table", { name: "Records of the part" })).toBeVisible();
    },
  },
  {
    name: "part-refused",
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(`${SEGMENT_PAGE}?company=no-such-company`);
      await expect(page.getByText(/neither an id nor a slug/).first()).toBeVisible();
    },
  },
  {
    name: "history",
    isMain: true,
    open: async ({ page, http, signIn }) => {
      const session = await signIn();
      await http.send(`${DOWNLOAD}?tables=companies&reason=Quarterly+review`, { session });
      await page.goto(RUNS);
      await expect(page.getByText("Quarterly review").first()).toBeVisible();
      return whereNarrow(page, page.getByRole("region", { name: "Entries" }));
    },
  },
  {
    name: "history-empty",
    open: async ({ page, signIn, convexProxy }) => {
      await signIn();
      const value = { entries: [], next: null, people: [] };
      convexProxy.answerInstead(({ path }) => path === "exportRuns:history", 200, {
        status: "success",
        value,
        logLines: [],
      });
      await page.goto(RUNS);
      await expect(page.getByText("Nothing has been exported or refused yet.")).toBeVisible();
      await expect(page.getByRole("link", { name: "Go to the export" })).toBeVisible();
    },
  },
  {
    name: "run",
    isMain: true,
    open: async ({ page, http, signIn, database }) => {
      const session = await signIn();
      const run = crypto.randomUUID();
      await http.send(`${DOWNLOAD}?run=${run}`, { session });
      await expect.poll(async () => (await database.run(run))?.outcome).toBe("completed");
      await page.goto(`${RUNS}/${run}/details`);
      await expect(page.getByText("SHA-256").first()).toBeVisible();
    },
  },
];
