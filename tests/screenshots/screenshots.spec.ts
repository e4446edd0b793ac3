import { stat } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../e2e/support/fixtures";
import { ROOT } from "../e2e/support/process";
import type { PageState, Stage } from "../e2e/support/page-state";
import { STATES } from "../e2e/support/states";

/** A picture that is larger has no place in the repository (150 kB). */
const MAXIMUM_BYTES = 150_000;

const SCHEMES = ["light", "dark"] as const;

/** `docs/images/<state>-<scheme>.png`, and `…-320.png` for the narrow one. */
async function takePictures(page: Page, name: string, suffix: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    const file = path.join(ROOT, "docs/images", `${name}-${colorScheme}${suffix}.png`);
    await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
    expect((await stat(file)).size, file).toBeLessThan(MAXIMUM_BYTES);
  }
}

async function open(state: PageState, stage: Stage): Promise<void> {
  const place = await state.open(stage);
  // Clicks may have scrolled the page.
  await stage.page.evaluate(() => scrollTo(0, 0));
  await place?.evaluate((element) => {
    element.scrollIntoView({ block: "start" });
    scrollBy(0, -24); // px above it
  });
}

for (const state of STATES) {
  for (const [width, height, suffix] of [
    [1280, 800, ""],
    [320, 640, "-320"],
  ] as const) {
    if (suffix !== "" && state.isMain !== true) continue;
    test(`${state.name} at ${width}`, async ({
      page,
      portal,
      database,
      convexProxy,
      http,
      signIn,
    }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ reducedMotion: "reduce" });
      await open(state, { page, portal, database, convexProxy, http, signIn });
      await takePictures(page, state.name, suffix);
    });
  }
}
