import type { Locator, Page } from "@playwright/test";
import type { DemoRole } from "~/embedded/demo-accounts";
import type { ConvexProxy } from "./convex-proxy";
import type { Database } from "./database";
import type { HttpClient } from "./http";
import type { Portal } from "./portal";
import type { Session } from "./session";

/** What it takes to bring a page into a state: fixtures of the tests. */
export interface Stage {
  page: Page;
  portal: Portal;
  database: Database;
  convexProxy: ConvexProxy;
  http: HttpClient;
  signIn: (role?: DemoRole) => Promise<Session>;
}

/** A page in a state, as the accessibility tests check it and the pictures show it. */
export interface PageState {
  /** Of the pictures' files. */
  name: string;
  /** Whether there is a picture for 320 pixels, too. */
  isMain?: boolean;
  /** Brings the page there. What it answers is scrolled into the picture. */
  open: (stage: Stage) => Promise<Locator | void>;
}

/** On a small screen what comes first fills the picture. */
export function whereNarrow(page: Page, place: Locator): Locator | undefined {
  return (page.viewportSize()?.width ?? 0) < 640 ? place : undefined;
}
