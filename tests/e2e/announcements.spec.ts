import type { Page } from "@playwright/test";
import { EXPORT_PAGE } from "./support/addresses";
import { isPageRead, nth, since } from "./support/convex-proxy";
import { expect, exportButtonOf, panelOf, percentOf, test, toastOf } from "./support/run-stack";

test.use({ actionTimeout: 30_000 });
test.setTimeout(120_000);

/** A run's row is looked at every two seconds, and the machine may be busy. */
const LOOK = { timeout: 30_000 };

/**
 * What comes into the live regions that are in the page by now, one text for each change of one:
 * screen readers may not tell of a region that comes with its text.
 */
async function listen(page: Page): Promise<string[]> {
  const heard: string[] = [];
  await page.exposeFunction("tellTest", (text: string) => heard.push(text));
  await page.evaluate(() => {
    const { tellTest } = window as unknown as { tellTest(text: string): void };
    for (const region of document.querySelectorAll("[role=status], [aria-live=polite]")) {
      let last = region.textContent ?? "";
      new MutationObserver(() => {
        const text = region.textContent ?? "";
        if (text !== last && text !== "") tellTest(text);
        last = text;
      }).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
  return heard;
}

/** Opens the export page once its scripts have come. */
async function openListening(page: Page): Promise<string[]> {
  await page.goto(EXPORT_PAGE, { waitUntil: "networkidle" });
  return await listen(page);
}

test("a screen reader hears that an export begins, how far it is by quarters, and that it is ready", async ({
  admin,
  stack,
}) => {
  const { page } = admin;
  const heard = await openListening(page);
  const first = stack.proxy.holdBack(since(3, isPageRead));
  await exportButtonOf(page).click();
  await first.arrived;
  await expect.poll(() => heard).toContain("Preparing your export…");
  await expect.poll(() => heard, LOOK).toContainEqual(expect.stringMatching(/^Reading the dat/));
  first.release();
  await expect(toastOf(page, "Export ready")).toBeVisible(LOOK);
  await expect.poll(() => heard).toContainEqual(expect.stringMatching(/^Export ready.* records,/));

  const quarters = /^(Reading the database|Delivering the file)(: (25|50|75|100) %)?$/;
  const others = /^(Counting the records|Preparing |Export ready)/;
  for (const text of heard) expect(text).toMatch(new RegExp(`${quarters.source}|${others.source}`));
  const progress = heard.filter((text) => quarters.test(text));
  expect(progress, "nothing is said twice").toEqual([...new Set(progress)]);
});

test("a screen reader hears that an export failed, and why", async ({ admin, stack }) => {
  const { page } = admin;
  const heard = await openListening(page);
  stack.proxy.answerInstead(isPageRead, 401, { code: "Unauthorized", message: "No" });
  await exportButtonOf(page).click();
  await expect(toastOf(page, "The export failed")).toBeVisible(LOOK);
  await expect
    .poll(() => heard)
    .toContainEqual(expect.stringMatching(/^The export failed.*refused the portal.s key/));
});

test("a run tells how long it has taken, and how long its step still takes once there is a pace", async ({
  admin,
  stack,
}) => {
  const { page } = admin;
  await page.goto(EXPORT_PAGE);
  const first = stack.proxy.holdBack(since(3, isPageRead));
  await exportButtonOf(page).click();
  await first.arrived;
  const figure = (label: string) =>
    panelOf(page).getByRole("term").filter({ hasText: label }).locator("+ dd");
  await expect(figure("Elapsed")).toHaveText(/^(\d+ min )?\d+ s$/, LOOK);
  await expect(panelOf(page).getByRole("progressbar")).toHaveAccessibleName("Reading the database");
  const before = await percentOf(page);
  // The pace is that since the first look at the step: there is none before anything has moved.
  await expect(figure("Left of this step")).toHaveCount(0);

  const second = stack.proxy.holdBack(nth(3, isPageRead));
  first.release();
  await second.arrived;
  await expect.poll(() => percentOf(page), LOOK).toBeGreaterThan(before);
  await expect(figure("Left of this step")).toHaveText(/^about (\d+ min )?\d+ s$/, LOOK);
  second.release();
  await expect(toastOf(page, "Export ready")).toBeVisible(LOOK);
});
