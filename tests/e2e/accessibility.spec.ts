import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures";
import { expectNoSidewaysScroll } from "./support/sideways";
import { STATES } from "./support/states";

/** WCAG 2.2 A and AA, and what axe holds to be good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Colours change over a frame or two, in what is hidden never to the end: they are put there. */
async function endChanges(page: Page): Promise<void> {
  await page.evaluate(() => {
    const endless = (effect: AnimationEffect | null) => effect?.getTiming().iterations === Infinity;
    for (const change of document.getAnimations()) {
      if (!endless(change.effect)) {
        change.finish();
      }
    }
  });
}

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 700 };
/** What is left of the wide window at a zoom of 200 %. */
const ZOOMED = { width: WIDE.width / 2, height: WIDE.height / 2 };

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
    for (const viewport of [WIDE, NARROW]) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await endChanges(page);
        expect(await violations(page), `${colorScheme} at ${viewport.width}`).toEqual([]);
      }
      await expectNoSidewaysScroll(page);
    }
    await page.setViewportSize(ZOOMED);
    await expectNoSidewaysScroll(page);
  });
}
