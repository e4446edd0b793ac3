import { expect } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE, RUNS, SEGMENT_PAGE } from "./addresses";
import { isPageRead } from "./convex-proxy";
import type { PageState } from "./page-state";

/** The states of exports that run, of those that have run, and of choosing a part. */
export const RUN_STATES: readonly PageState[] = [
  {
    name: "export-running",
    isMain: true,
    open: async ({ page, signIn, convexProxy }) => {
      await signIn();
      await page.goto(EXPORT_PAGE);
      const held = convexProxy.holdBack(isPageRead);
      await page.getByRole("link", { name: "Export Full Database" }).click();
      await held.arrived;
      await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
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
