import type { BrowserContext, Page } from "@playwright/test";

/**
 * Waits until a page answers with its script what is done to it. Modules come after the first paint
 * (docs/decisions/035), so that a page may be loaded before it. A page without modules does not wait.
 */
async function hydrated(page: Page): Promise<void> {
  const isHydrated = () => {
    // React's own mark on what it has taken over; there is no public one.
    const isTaken = Object.keys(document.body).some((key) => key.startsWith("__reactFiber$"));
    return isTaken || !("__remixContext" in window);
  };
  // By a timer, as a test may hold back what is painted.
  await page.waitForFunction(isHydrated, undefined, { polling: 20 });
}

/** Lets the navigations of a context's pages wait until these answer with their script. */
export function waitForHydration(context: BrowserContext): void {
  context.on("page", (page) => {
    const goto = page.goto.bind(page);
    const reload = page.reload.bind(page);
    page.goto = async (...given) => {
      const response = await goto(...given);
      await hydrated(page);
      return response;
    };
    page.reload = async (...given) => {
      const response = await reload(...given);
      await hydrated(page);
      return response;
    };
  });
}
