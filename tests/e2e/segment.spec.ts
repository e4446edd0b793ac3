import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE, SEGMENT_PAGE } from "./support/addresses";
import { readExport } from "./support/export-file";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";
import type { HttpClient } from "./support/http";
import type { Session } from "./support/session";

const OPEN = "Part of the database, format and privacy";
/** The portal tries again for a while before it says that Convex cannot be reached. */
const SLOW = { timeout: 30_000 };
const EXPORT = { name: "Export with these options" };

async function openPanel(page: Page): Promise<void> {
  await page.goto(EXPORT_PAGE);
  await page.getByText(OPEN).click();
  await expect(page.getByText("Nothing is narrowed down")).toBeVisible();
}

/** The values of a field's list, with what they stand for. */
async function choicesOf(page: Page, name: string) {
  const list = await page.getByRole("combobox", { name }).getAttribute("list");
  const options = page.locator(`datalist[id="${list}"] option`);
  await expect(options).not.toHaveCount(0);
  return await options.evaluateAll((found) =>
    found.map((option) => ({
      value: option.getAttribute("value") ?? "",
      name: option.textContent ?? "",
    })),
  );
}

/** The first company with incidents, and what an independent export says of it. */
async function someCompany(http: HttpClient, session: Session) {
  const { data } = readExport((await http.send(DOWNLOAD, { session })).bytes);
  const company = data["incidents"]![0]!["company_id"] as string;
  const slug = data["companies"]!.find(({ _id }) => _id === company)!["slug"] as string;
  const incidents = data["incidents"]!.filter((incident) => incident["company_id"] === company);
  return { company, slug, incidents: incidents.length };
}

test("a part is chosen in the panel, counted, and downloaded as it was counted", async ({
  page,
  http,
  signIn,
}) => {
  const session = await signIn();
  const { company, slug, incidents } = await someCompany(http, session);
  await openPanel(page);
  await page.getByLabel("Company").fill(slug);
  const counts = page.getByRole("table", { name: "Records of the part" });
  const row = counts.getByRole("row").filter({ hasText: /^incidents/ });
  await expect(row.getByRole("cell").first()).toHaveText(String(incidents));
  await expect(page.getByRole("link", { name: `${DOWNLOAD}?company=${slug}&` })).toBeVisible();

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", EXPORT).click();
  const { metadata } = readExport(await readFile(await (await downloading).path()));
  expect(metadata.filtersApplied).toMatchObject({ company: [company] });
  expect(metadata.recordCounts["incidents"]).toBe(incidents);
});

test("the address of a choice has all of it, and downloads it by itself", async ({
  page,
  http,
  signIn,
}) => {
  const session = await signIn();
  await openPanel(page);
  await page.getByLabel("From").fill("2020-01-01");
  await page.getByLabel("incidents", { exact: true }).check();
  await page.getByLabel("incident_narratives").check();
  await page.getByLabel("People under pseudonyms").check();
  const address = `${DOWNLOAD}?from=2020-01-01&tables=incidents%2Cincident_narratives&format=json&privacy=pseudonymised`;
  await expect(page.getByRole("link", { name: address })).toBeVisible();
  const answer = await http.send(address, { session });
  expect(readExport(answer.bytes).metadata).toMatchObject({
    exportType: "segmented",
    filtersApplied: { from: "2020-01-01T00:00:00.000Z" },
    sanitization: { profile: "pseudonymised" },
  });
});

test("a time of day in an address stays in the form, and in what it leads to", async ({
  page,
  signIn,
}) => {
  await signIn();
  const from = "2025-09-01T10:30:00Z";
  await page.goto(`${SEGMENT_PAGE}?from=${from}`);
  await expect(page.getByLabel("From")).toHaveValue(from);
  await page.getByRole("combobox", { name: "Format" }).selectOption("zip");
  const address = `${DOWNLOAD}?from=${encodeURIComponent(from)}&format=zip`;
  await expect(page.getByRole("link", { name: address })).toBeVisible();
});

test("what is taken back before it is counted is not counted, and a choice that is cleared is", async ({
  page,
  signIn,
}) => {
  await signIn();
  await page.clock.install();
  const counted: string[] = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith("/segment.data")) counted.push(searchParams.get("from") ?? "none");
  });
  await page.goto(`${SEGMENT_PAGE}?from=2025-09-01`);
  await expect(page.getByRole("table", { name: "Records of the part" })).toBeVisible();
  await page.getByLabel("From").fill("2024-01-01");
  await page.getByLabel("From").fill("2025-09-01");
  await page.clock.runFor(5_000);
  expect(counted).toEqual([]);
  await page.getByLabel("From").fill("");
  await page.clock.runFor(5_000);
  await expect(page.getByText("Nothing is narrowed down")).toBeVisible();
  expect(counted).toEqual(["none"]);
});

test("a day that is being typed is kept while counts arrive", async ({ page, http, signIn }) => {
  const { slug } = await someCompany(http, await signIn());
  await openPanel(page);
  let answer = () => {};
  const released = new Promise<void>((resolve) => (answer = resolve));
  await page.route(/segment\.data/, async (route) => {
    await released;
    await route.continue();
  });
  const asked = page.waitForRequest(/segment\.data/);
  await page.getByLabel("Company").fill(slug);
  await asked;
  await page.getByLabel("From").focus();
  await page.keyboard.type("0102");
  answer();
  await expect(page.getByRole("table", { name: "Records of the part" })).toBeVisible();
  await page.keyboard.type("2020");
  await expect(page.getByLabel("From")).toHaveValue("2020-01-02");
});

test("the address is copied, and is to be copied again once it is another one", async ({
  page,
  context,
  signIn,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn();
  await openPanel(page);
  await page.getByLabel("From").fill("2025-09-01");
  const link = page.getByRole("link", { name: `${DOWNLOAD}?from=2025-09-01` });
  await expect(link).toBeVisible();
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(new URL((await link.getAttribute("href"))!, page.url()).href);
  await page.getByLabel("From").fill("2025-09-02");
  await expect(page.getByRole("button", { name: "Copy", exact: true })).toBeVisible();
});

test("a part is downloaded in the format that is chosen", async ({ page, signIn }) => {
  await signIn();
  await openPanel(page);
  await page.getByLabel("sites", { exact: true }).check();
  await page.getByRole("combobox", { name: "Format" }).selectOption("zip");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", EXPORT).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^supportsignal-db-export-[\d-]+\.zip$/);
  const bytes = await readFile(await download.path());
  expect(bytes.subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004");
});

test("what the database does not have is said beside its field", async ({ page, signIn }) => {
  await signIn();
  await openPanel(page);
  await page.getByLabel("Company").fill("no-such-company");
  const field = page.getByLabel("Company");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/neither an id nor a slug/).first()).toBeVisible();
  // Its address would be refused.
  await expect(page.getByText("Address, to bookmark")).toHaveCount(0);
});

test("a count that fails is said in the panel, and the page stays as it is", async ({
  page,
  signIn,
  convexProxy,
}) => {
  await signIn();
  await openPanel(page);
  convexProxy.goDown();
  await page.getByLabel("From").fill("2025-09-01");
  await expect(page.getByText("The database could not be reached.")).toBeVisible(SLOW);
  await expect(page.getByRole("link", { name: "Export Full Database" })).toBeVisible();
  convexProxy.reset();
  await page.getByLabel("From").fill("2025-09-02");
  await expect(page.getByRole("table", { name: "Records of the part" })).toBeVisible(SLOW);
});

test("company and site are chosen from lists, and told by name, as ids say nothing", async ({
  page,
  http,
  signIn,
}) => {
  const session = await signIn();
  const { slug } = await someCompany(http, session);
  await openPanel(page);
  const company = (await choicesOf(page, "Company")).find(({ value }) => value === slug);
  await page.getByLabel("Company").fill(slug);
  await expect(page.getByLabel("Company")).toHaveAccessibleDescription(company?.name ?? "no name");
  const [site] = await choicesOf(page, "Site");
  const field = page.getByRole("combobox", { name: "Site" });
  await field.fill(site?.value ?? "no site");
  await expect(field).toHaveAccessibleDescription(site?.name ?? "no name");
});

test("the address of all of it has no empty query", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  const { text } = await http.send(SEGMENT_PAGE, { session, accept: "text/html" });
  expect(text).toContain(`href="${DOWNLOAD}"`);
  expect(text).not.toContain(`${DOWNLOAD}?"`);
});

test("a panel without enough room keeps within the page", async ({ page, signIn }) => {
  await page.setViewportSize({ width: 320, height: 900 });
  await signIn();
  await openPanel(page);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});

test("the form needs the rights of the download", async ({ http, sessionOf }) => {
  for (const role of ["company_admin", "demo_admin"] as const) {
    const session = await sessionOf(role);
    expect((await http.send(SEGMENT_PAGE, { session })).status).toBe(403);
  }
  expect((await http.send(SEGMENT_PAGE, {})).status).toBe(401);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a part is chosen, counted on a page of its own, and downloaded", async ({
    page,
    http,
    sessionOf,
  }) => {
    const { slug, incidents } = await someCompany(http, await sessionOf("system_admin"));
    await page.goto(EXPORT_PAGE);
    await signInByForm(page);
    await page.getByText(OPEN).click();
    await page.getByRole("link", { name: "Choose what to export" }).click();
    await page.getByLabel("Company").fill(slug);
    await page.getByRole("button", { name: "Count", exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`${SEGMENT_PAGE}\\?`));
    const row = page.getByRole("row").filter({ hasText: /^incidents/ });
    await expect(row.getByRole("cell").first()).toHaveText(String(incidents));
    await expect(page.getByLabel("Company")).toHaveValue(slug);
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", EXPORT).click();
    const { metadata } = readExport(await readFile(await (await downloading).path()));
    expect(metadata.recordCounts["incidents"]).toBe(incidents);
  });

  test("what cannot be exported is said instead of starting a download", async ({ page }) => {
    await page.goto(`${SEGMENT_PAGE}?company=&from=2026-02-01&to=2026-01-01&go=export`);
    await signInByForm(page);
    await expect(
      page.getByRole("listitem").filter({ hasText: "from is not before to" }),
    ).toBeVisible();
  });
});
