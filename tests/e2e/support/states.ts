import { expect } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE, VERIFY } from "./addresses";
import { chooseFile, jsonFile, withChangedByte } from "./files";
import { signInByForm } from "./form";
import { whereNarrow } from "./page-state";
import type { PageState, Stage } from "./page-state";
import { RUN_STATES } from "./run-states";
import { browserCookie, signInAt } from "./session";

const MINUTE_MS = 60_000;
const SUMMARY = ({ path }: { path: string | undefined }) => path === "exports:summarize";

async function exportBytes({ http, signIn }: Stage): Promise<Buffer> {
  const session = await signIn();
  return (await http.send(DOWNLOAD, { session })).bytes;
}

/** Checks a file and waits for what the page says of it. */
async function verify({ page }: Stage, bytes: Buffer, title: string, name?: string) {
  await page.goto(VERIFY);
  await chooseFile(page, jsonFile(bytes, name));
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
}

/** A page of an administrator whose session was used so long ago, as the page learns. */
async function afterIdling({ page, portal, database }: Stage, minutes: number) {
  // A session of its own: others use that of `signIn`.
  const session = await signInAt(portal.origin, "system_admin@supportsignal.test");
  await page.context().addCookies([browserCookie(session, portal.origin)]);
  await page.clock.install();
  await page.goto("/admin");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await database.ageSession(session.tokenHash, minutes * MINUTE_MS);
  await page.clock.fastForward((minutes + 1) * MINUTE_MS);
}

/** Every state of the pages. Another one is another entry. */
export const STATES: readonly PageState[] = [
  ...RUN_STATES,
  { name: "login", isMain: true, open: async ({ page }) => void (await page.goto("/login")) },
  {
    name: "login-error",
    open: async ({ page }) => {
      await page.goto("/login");
      await signInByForm(page, "nobody-pictured@supportsignal.test", "wrong");
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  {
    name: "home",
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto("/admin");
    },
  },
  {
    name: "user-menu",
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto("/admin");
      await page.getByRole("button", { name: /^Account/ }).click();
      await expect(page.getByRole("button", { name: "Sign out", exact: true })).toBeVisible();
    },
  },
  {
    name: "tools",
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto("/admin/tools");
    },
  },
  {
    name: "export-page",
    isMain: true,
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(EXPORT_PAGE);
      const downloading = page.waitForEvent("download");
      await page.getByRole("link", { name: "Export Full Database" }).click();
      await (await downloading).path();
      await expect(page.getByText("Export ready")).toBeVisible();
    },
  },
  {
    name: "export-tables",
    isMain: true,
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(`${EXPORT_PAGE}?sort=size&order=desc`);
      const logs = page.getByRole("row", { name: /^ai_request_logs/ });
      await logs.locator("summary").click();
      return page.getByRole("heading", { name: "Tables", exact: true });
    },
  },
  {
    name: "export-left-out",
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(EXPORT_PAGE);
      return page.getByRole("heading", { name: "What is left out" });
    },
  },
  {
    name: "export-unused",
    open: async ({ page, signIn, database, convexProxy }) => {
      const summary = await database.summary();
      const tables = summary.tables.map((table) =>
        ["users", "sessions"].includes(table.name)
          ? table
          : {
              ...table,
              records: 0,
              sampledRecords: 0,
              sampledBytes: 0,
              oldest: null,
              newest: null,
            },
      );
      const value = { ...summary, tables };
      convexProxy.answerInstead(SUMMARY, 200, { status: "success", value, logLines: [] });
      await signIn();
      await page.goto(EXPORT_PAGE);
      await expect(page.getByText("There is nothing to analyse yet.")).toBeVisible();
    },
  },
  {
    name: "export-counting",
    open: async ({ page, signIn, convexProxy }) => {
      await signIn();
      await page.goto("/admin/tools");
      const held = convexProxy.holdBack(SUMMARY);
      await page.getByRole("link", { name: "Database Export" }).click();
      await held.arrived;
      await expect(page.getByText("Counting the tables…")).toBeVisible();
    },
  },
  {
    name: "verify",
    isMain: true,
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(VERIFY);
      await expect(page.getByLabel("Choose an export file")).toBeEnabled();
    },
  },
  {
    name: "verify-right",
    isMain: true,
    open: async (stage) => {
      const title = "This is the file that was exported";
      await verify(stage, await exportBytes(stage), title);
      return whereNarrow(stage.page, stage.page.getByRole("heading", { name: title }));
    },
  },
  {
    name: "verify-changed",
    open: async (stage) => {
      const bytes = withChangedByte(await exportBytes(stage));
      await verify(stage, bytes, "A complete export, but not one on record");
    },
  },
  {
    name: "verify-cut-off",
    open: async (stage) => {
      const bytes = await exportBytes(stage);
      await verify(stage, bytes.subarray(0, bytes.length / 2), "The file is cut off");
    },
  },
  {
    name: "verify-other",
    open: async (stage) => {
      await stage.signIn();
      const bytes = Buffer.from('{"name":"something else"}\n');
      await verify(stage, bytes, "This is not an export file", "package.json");
    },
  },
  {
    name: "verify-empty",
    open: async (stage) => {
      await stage.signIn();
      await verify(stage, Buffer.alloc(0), "The file is empty");
    },
  },
  {
    name: "verify-not-asked",
    open: async (stage) => {
      const bytes = await exportBytes(stage);
      stage.convexProxy.answerInstead(({ path }) => path === "exportRuns:findByDigest", 401, {
        code: "Unauthorized",
        message: "The key was refused.",
      });
      await verify(stage, bytes, "The file was read, but not looked up");
    },
  },
  {
    name: "session-ending",
    open: async (stage) => {
      await afterIdling(stage, 56);
      await expect(stage.page.getByText("Your session is about to end")).toBeVisible();
    },
  },
  {
    name: "session-ended",
    open: async (stage) => {
      await afterIdling(stage, 61);
      await expect(stage.page.getByText("Your session has ended")).toBeVisible();
    },
  },
  {
    name: "error-bad-address",
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(`${EXPORT_PAGE}?sort=colour`);
      await expect(page.getByText("Error 400")).toBeVisible();
    },
  },
  {
    name: "error-not-allowed",
    isMain: true,
    open: async ({ page, signIn }) => {
      await signIn("team_lead");
      await page.goto(EXPORT_PAGE);
      await expect(page.getByRole("heading", { name: "Not allowed" })).toBeVisible();
    },
  },
  {
    name: "error-not-found",
    open: async ({ page }) => {
      await page.goto("/nowhere");
      await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
    },
  },
  {
    name: "error-unreachable",
    isMain: true,
    open: async ({ page, signIn, convexProxy }) => {
      await signIn();
      convexProxy.goDown();
      await page.goto(EXPORT_PAGE);
      await expect(page.getByRole("heading", { name: "Database unreachable" })).toBeVisible();
    },
  },
  {
    name: "error-download",
    open: async ({ page, signIn }) => {
      await signIn();
      await page.goto(`${DOWNLOAD}?tables=colours`);
      await expect(page.getByText("Error 400")).toBeVisible();
    },
  },
];
