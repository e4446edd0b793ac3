import { AxeBuilder } from "@axe-core/playwright";
import { endChanges, violations } from "./support/axe";
import { expect, test } from "./support/fixtures";
import { controlsWithoutEdge, faintLines, focusWithoutRing, unseenBars } from "./support/looks";
import { STATES } from "./support/states";

/** What each of the other states is made of, too. */
const MAIN_STATES = STATES.filter(({ isMain }) => isMain);

const SCHEMES = ["light", "dark"] as const;

for (const state of MAIN_STATES) {
  test(`${state.name} can be told apart with more contrast and in the system's colours`, async ({
    page,
    portal,
    database,
    convexProxy,
    http,
    signIn,
  }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await state.open({ page, portal, database, convexProxy, http, signIn });

    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, contrast: "more" });
      await endChanges(page);
      // 7:1, WCAG's AAA. What else axe looks at depends on no colour.
      const axe = new AxeBuilder({ page }).withRules("color-contrast-enhanced");
      expect(await violations(axe), `${colorScheme}, more contrast`).toEqual([]);
      expect(await faintLines(page), `lines of ${colorScheme}, more contrast`).toEqual([]);
    }

    await page.emulateMedia({ contrast: "no-preference", forcedColors: "active" });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await endChanges(page);
      // Not by axe: it reads the style sheet's colours, and the system shows others.
      expect(await controlsWithoutEdge(page), `controls, ${colorScheme}`).toEqual([]);
      expect(await unseenBars(page), `bars, ${colorScheme}`).toEqual([]);
    }
    expect(await focusWithoutRing(page), "focus in forced colours").toEqual([]);
  });
}
