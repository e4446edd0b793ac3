import { DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { DOWNLOAD, EXPORT_PAGE, RUNS, VERIFY } from "./support/addresses";
import { isPageRead } from "./support/convex-proxy";
import { readExport } from "./support/export-file";
import { jsonFile } from "./support/files";
import { expect, test } from "./support/fixtures";
import { expectFocusSeen, pressOn, tabTo } from "./support/keyboard";
import { browserCookie } from "./support/session";

// No test of this file has a pointer: only keys are pressed, from the start of a page.

/** A run's row is looked at every two seconds, and the machine may be busy. */
const LOOK = { timeout: 30_000 };

test("an administrator signs in, and skips what each page begins with", async ({ page }) => {
  await page.goto("/login");
  await tabTo(page.getByLabel("Email"));
  await page.keyboard.type("system_admin@supportsignal.test");
  await tabTo(page.getByLabel("Password"));
  await page.keyboard.type(DEMO_PASSWORD);
  await pressOn(page.getByRole("button", { name: "Sign in" }), "Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Administration" })).toBeVisible();

  await pressOn(page.getByRole("link", { name: "Tools", exact: true }), "Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Tools" })).toBeVisible();
  await expect(page.locator("#content")).toBeFocused();
  const skip = page.getByRole("link", { name: "Skip to content" });
  await tabTo(skip, "Shift+Tab");
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("main").getByRole("link", { name: "Home" })).toBeFocused();
});

test("the table is sorted both ways, and tells what is redacted", async ({ page, signIn }) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  const column = page.getByRole("columnheader", { name: "Records" }).first();
  await pressOn(column.getByRole("link"), "Enter");
  await expect(column).toHaveAttribute("aria-sort", /./);
  const first = await column.getAttribute("aria-sort");
  await expect(column.getByRole("link")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(column).not.toHaveAttribute("aria-sort", first!);
  await expect(column.getByRole("link")).toBeFocused();

  const users = page.getByRole("row", { name: /^users/ });
  await pressOn(users.locator("summary"), "Space");
  await expect(users.getByText("Left out")).toBeVisible();
});

test("a part is chosen, counted, and its address copied", async ({
  page,
  context,
  signIn,
  http,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const session = await signIn();
  const { data } = readExport((await http.send(DOWNLOAD, { session })).bytes);
  const withIncident = new Set(data["incidents"]!.map((incident) => incident["participant_id"]));
  const person = data["participants"]!.find(
    (participant) => withIncident.has(participant["_id"]) && participant["site_id"] !== undefined,
  )!;
  const site = person["site_id"] as string;
  const company = data["companies"]!.find(({ _id }) => _id === person["company_id"])!;
  const slug = company["slug"] as string;

  await page.goto(EXPORT_PAGE);
  await pressOn(page.locator("summary", { hasText: "Part of the database" }), "Enter");
  await tabTo(page.getByRole("combobox", { name: "Company" }));
  await page.keyboard.type(slug);
  await tabTo(page.getByRole("combobox", { name: "Site" }));
  await page.keyboard.type(site);
  await tabTo(page.getByLabel("From"));
  await page.keyboard.type("01022020");
  await expect(page.getByLabel("From")).toHaveValue("2020-01-02");
  await pressOn(page.getByLabel("incidents", { exact: true }), "Space");
  await expect(page.getByLabel("incidents", { exact: true })).toBeChecked();
  await tabTo(page.getByRole("combobox", { name: "Format" }));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("combobox", { name: "Format" })).toHaveValue("zip");
  await tabTo(page.getByLabel("People by name"));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByLabel("People under pseudonyms")).toBeChecked();
  await expect(page.getByRole("table", { name: "Records of the part" })).toBeVisible();

  await pressOn(page.getByRole("button", { name: "Copy", exact: true }), "Enter");
  await expect(page.getByRole("button", { name: "Copied" })).toBeFocused();
  const copied = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied.pathname).toBe(DOWNLOAD);
  expect(Object.fromEntries(copied.searchParams)).toEqual({
    company: slug,
    site,
    from: "2020-01-02",
    tables: "incidents",
    format: "zip",
    privacy: "pseudonymised",
  });
});

test("the history is filtered and turned over, down to the page of a run", async ({
  page,
  database,
  signIn,
}) => {
  const { email, userId } = await database.addUser("system_admin");
  const name = email.split("@")[0] ?? "";
  await database.insertRuns(
    Array.from({ length: 30 }, (_, index) => ({
      run_key: crypto.randomUUID(),
      actor_kind: "session",
      actor_name: name,
      actor_role: "system_admin",
      user_id: userId,
      export_type: "full",
      format: "json",
      privacy: "redacted",
      outcome: "failed",
      error_code: "convex_overloaded",
      started_at: Date.UTC(2024, 0, 1) + index,
      finished_at: Date.UTC(2024, 0, 1) + index + 1,
    })),
  );
  await signIn();
  await page.goto(RUNS);
  await tabTo(page.getByLabel("Who"));
  await page.keyboard.type(name);
  await expect(page.getByLabel("Who")).toHaveValue(userId);
  await tabTo(page.getByLabel("First day (UTC)"));
  await page.keyboard.type("01012024");
  // Enter sends a form from its fields, too.
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/since=2024-01-01/);
  await expect(page.getByLabel("First day (UTC)")).toBeFocused();

  await pressOn(page.getByRole("link", { name: "Older" }), "Enter");
  await expect(page.getByRole("link", { name: "Newest" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Older" })).toHaveCount(0);
  await expect(page.locator("#content")).toBeFocused();
  await pressOn(page.getByRole("link", { name: "Show all" }), "Enter");
  await expect(page.getByRole("link", { name: "Show all" })).toHaveCount(0);
  await expect(page.locator("#content")).toBeFocused();
  await expect(page.getByLabel("Who")).toHaveValue("");

  const latest = page.getByRole("table", { name: "Entries" }).getByRole("row").nth(1);
  await pressOn(latest.getByRole("link").first(), "Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Export run" })).toBeVisible();
  await expect(page.locator("#content")).toBeFocused();
});

test("an export that runs is cancelled, and can be begun again from where the focus is", async ({
  page,
  convexProxy,
  signIn,
}) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  const held = convexProxy.holdBack(isPageRead);
  await pressOn(page.getByRole("link", { name: "Export Full Database" }), "Enter");
  await held.arrived;
  await pressOn(page.getByRole("button", { name: "Cancel export" }), "Space");
  await expectFocusSeen(page);
  await expect(page.getByText("The export was cancelled")).toBeVisible(LOOK);
  await expect(page.getByRole("link", { name: "Export Full Database" })).toBeFocused();
  await expectFocusSeen(page);
});

test("a message is reached, and closed with the focus back where it was", async ({
  page,
  convexProxy,
  signIn,
}) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  convexProxy.answerInstead(isPageRead, 401, { code: "Unauthorized", message: "No" });
  const begin = page.getByRole("link", { name: "Export Full Database" });
  await pressOn(begin, "Enter");
  const message = page.getByRole("listitem").filter({ hasText: "The export failed" });
  await expect(message).toBeVisible(LOOK);
  await tabTo(begin);
  await page.keyboard.press("Alt+KeyT");
  await pressOn(message.getByRole("button", { name: "Close toast" }), "Enter");
  await expect(message).toHaveCount(0);
  await expect(begin).toBeFocused();
  await expectFocusSeen(page);
});

for (const key of ["Enter", "Space"] as const) {
  test(`the field of a file opens the choice of one by ${key}`, async ({ page, signIn }) => {
    await signIn();
    await page.goto(VERIFY);
    await expect(page.getByLabel("Choose an export file")).toBeEnabled();
    const choosing = page.waitForEvent("filechooser");
    await pressOn(page.getByLabel("Choose an export file"), key);
    await (await choosing).setFiles(jsonFile(Buffer.from("{}")));
    await expect(page.getByRole("heading", { name: "This is not an export file" })).toBeVisible();
    await expectFocusSeen(page);
  });
}

test("the menu opens, closes on Escape with the focus back, and signs out", async ({
  page,
  context,
  portal,
  newAdmin,
}) => {
  const { session } = await newAdmin();
  await context.addCookies([browserCookie(session, portal.origin)]);
  await page.goto(EXPORT_PAGE);
  const menu = page.getByRole("button", { name: /^Account/ });
  const signOut = page.getByRole("button", { name: "Sign out", exact: true });
  await pressOn(menu, "Enter");
  await tabTo(signOut);
  await page.keyboard.press("Escape");
  await expect(signOut).toBeHidden();
  await expect(menu).toBeFocused();
  await page.keyboard.press("Space");
  await pressOn(signOut, "Enter");
  await expect(page).toHaveURL(/\/login/);
  await tabTo(page.getByLabel("Email"));
});
