import type { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** What axe finds, one line for each place. */
export async function violations(axe: AxeBuilder): Promise<string[]> {
  const { violations: found } = await axe.analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Colours change over a frame or two, in what is hidden never to the end: they are put there. */
export async function endChanges(page: Page): Promise<void> {
  await page.evaluate(() => {
    const endless = (effect: AnimationEffect | null) => effect?.getTiming().iterations === Infinity;
    for (const change of document.getAnimations()) {
      if (!endless(change.effect)) {
        change.finish();
      }
    }
  });
}
