import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures";
import { STATES } from "./support/states";

/** WCAG 2.2 A and AA, and what axe holds to be good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
}

const VIEWPORTS = [
  { width: 1280, height: 900 },
  { width: 320, height: 700 },
];

for (const state of STATES) {
  test(`axe has nothing to say about ${state.name}, light and dark, wide and narrow`, async ({
    page,
    portal,
    database,
    convexProxy,
    http,
    signIn,
  }) => {
    // Fades would be looked at half way.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await state.open({ page, portal, database, convexProxy, http, signIn });
    for (const viewport of VIEWPORTS) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page), `${colorScheme} at ${viewport.width}`).toEqual([]);
      }
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `sideways at ${viewport.width}`).toBeLessThanOrEqual(0);
    }
  });
}
