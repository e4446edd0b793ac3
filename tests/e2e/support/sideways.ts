import type { Page } from "@playwright/test";
import { expect } from "./fixtures";

/** Nothing on the page is wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content, `${page.url()} at ${page.viewportSize()?.width}`).toBeLessThanOrEqual(window);
}
