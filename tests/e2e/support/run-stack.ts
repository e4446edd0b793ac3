import type { Browser, BrowserContext, BrowserContextOptions, Page } from "@playwright/test";
import { test as base } from "@playwright/test";
import { EXPORT_PAGE } from "./addresses";
import { waitForHydration } from "./hydration";
import { browserCookie, signInAt } from "./session";
import type { Session } from "./session";
import { startStack } from "./stack";
import type { Stack } from "./stack";

export { expect } from "@playwright/test";

/** Many pages, and a file that does not fit into the buffers of a connection: some 22 MB. */
const SCALE = 12;
const PAGE_BYTES = 2_000_000;

/** Longer than any test takes (2 minutes). */
const LONGEST_HOLD_MS = 120_000;

/** A system administrator of one test, in one browser. */
export interface Administrator {
  name: string;
  session: Session;
  page: Page;
  /** Another browser of the same administrator, by default at the same portal. */
  openElsewhere(options?: BrowserContextOptions & { origin?: string }): Promise<Page>;
}

/** Tests of exports that take long enough to be watched. */
export const test = base.extend<{ admin: Administrator }, { stack: Stack }>({
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from it
    async ({}, use) => {
      const stack = await startStack(
        { scale: SCALE, retentionMs: LONGEST_HOLD_MS },
        {
          CONVEX_TIMEOUT_MS: String(LONGEST_HOLD_MS),
          EXPORT_PAGE_BYTES: String(PAGE_BYTES),
          EXPORT_CONCURRENCY: "2",
        },
      );
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  context: async ({ context }, use) => {
    waitForHydration(context);
    await use(context);
  },
  admin: async ({ stack, browser, page, context, viewport }, use) => {
    const { origin } = stack.portal;
    const { email } = await stack.database.addUser("system_admin");
    const session = await signInAt(origin, email);
    await context.addCookies([browserCookie(session, origin)]);
    const others: BrowserContext[] = [];
    await use({
      name: email.split("@")[0] ?? "",
      session,
      page,
      openElsewhere: async ({ origin: at = origin, ...options } = {}) => {
        const other = await openContext(browser, session, at, { viewport, ...options });
        others.push(other);
        return await other.newPage();
      },
    });
    stack.proxy.reset();
    for (const other of others) await other.close();
  },
  baseURL: ({ stack }, use) => use(stack.portal.origin),
});

async function openContext(
  browser: Browser,
  session: Session,
  origin: string,
  options: BrowserContextOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  waitForHydration(context);
  await context.addCookies([browserCookie(session, origin)]);
  return context;
}

/** The panel of the export that goes on. */
export const panelOf = (page: Page) => page.getByRole("region", { name: "Export in progress" });

export const exportButtonOf = (page: Page) =>
  page.getByRole("link", { name: "Export Full Database" });

export const toastOf = (page: Page, title: string) =>
  page.getByRole("listitem").filter({ hasText: title });

/** The bar of the export that goes on, in percent. */
export async function percentOf(page: Page): Promise<number> {
  const bar = panelOf(page).getByRole("progressbar").first();
  return await bar.evaluate((element) => 100 * (element as HTMLProgressElement).position);
}

/** Begins an export by the button of the page. */
export async function beginExport(page: Page): Promise<void> {
  await page.goto(EXPORT_PAGE);
  await exportButtonOf(page).click();
}
