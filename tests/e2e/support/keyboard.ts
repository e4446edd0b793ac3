import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures";

/** More stops than any page has. */
const MOST_STOPS = 120;

/** Something has the focus, and shows it: itself or what lies around it. */
export async function expectFocusSeen(page: Page): Promise<void> {
  const problem = await page.evaluate(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) return "nothing has the focus";
    // The start of a page's content is no control: it shows nothing.
    if (focused.id === "content") return null;
    for (let at: Element | null = focused; at !== null; at = at.parentElement) {
      const { outlineStyle, boxShadow, opacity } = getComputedStyle(at);
      const isShown = outlineStyle !== "none" || (at === focused && boxShadow !== "none");
      if (isShown && opacity !== "0") return null;
    }
    return `no sign of the focus at ${focused.outerHTML}`;
  });
  expect(problem).toBeNull();
}

/** Presses Tab, or what else goes from stop to stop, until a control has the focus. */
export async function tabTo(control: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  const page = control.page();
  await expect(control).toBeVisible();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    await expectFocusSeen(page);
  }
  throw new Error(`${String(control)} is not among ${MOST_STOPS} stops`);
}

/** Goes to a control and presses a key on it. */
export async function pressOn(control: Locator, key: "Enter" | "Space"): Promise<void> {
  await tabTo(control);
  await control.page().keyboard.press(key);
}
