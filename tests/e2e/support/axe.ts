import type { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** What axe finds, one line for each place. */
export async function violations(axe: AxeBuilder): Promise<string[]> {
  const { violations: found } = await axe.analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
}

/**
 * Colours change over a frame or two, in what is hidden never to the end: they are put there. What
 * inherits a colour may begin to change when that has arrived, so it goes on until nothing changes.
 */
export async function endChanges(page: Page): Promise<void> {
  const finishAll = () => {
    const changes = document
      .getAnimations()
      .filter(
        ({ effect, playState }) =>
          playState !== "finished" && effect?.getTiming().iterations !== Infinity,
      );
    for (const change of changes) change.finish();
    return changes.length;
  };
  while ((await page.evaluate(finishAll)) > 0);
}
