import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { endChanges, violations } from "./support/axe";
import { expect, test } from "./support/fixtures";
import { expectNoSidewaysScroll } from "./support/sideways";
import { STATES } from "./support/states";

/** WCAG 2.2 A and AA, and what axe holds to be good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What moves, or would if it were in view: anything that takes longer than a frame. */
function movements(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document.getAnimations().flatMap(({ effect }) => {
      const { endTime } = effect?.getComputedTiming() ?? {};
      return Number(endTime) > 1 ? [(effect as KeyframeEffect).target?.outerHTML ?? ""] : [];
    }),
  );
}

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 700 };
/** What is left of the wide window at a zoom of 200 %. */
const ZOOMED = { width: WIDE.width / 2, height: WIDE.height / 2 };

for (const state of STATES) {
  test(`axe has nothing to say about ${state.name}, light and dark, wide and narrow, and it can keep still`, async ({
    page,
    portal,
    database,
    convexProxy,
    http,
    signIn,
  }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await state.open({ page, portal, database, convexProxy, http, signIn });
    expect(await movements(page), "what moves for who asked for less of it").toEqual([]);
    for (const viewport of [WIDE, NARROW]) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await endChanges(page);
        expect(
          await violations(new AxeBuilder({ page }).withTags(TAGS)),
          `${colorScheme} at ${viewport.width}`,
        ).toEqual([]);
      }
      await expectNoSidewaysScroll(page);
    }
    await page.setViewportSize(ZOOMED);
    await expectNoSidewaysScroll(page);
  });
}
