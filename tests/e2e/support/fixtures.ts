import { test as base } from "@playwright/test";
import type { DemoRole } from "~/embedded/demo-accounts";
import type { ConvexProxy } from "./convex-proxy";
import type { Database } from "./database";
import { HttpClient } from "./http";
import { waitForHydration } from "./hydration";
import { SESSION_SECRET } from "./portal";
import type { Portal } from "./portal";
import { findSecrets, seededCredentials } from "./secrets";
import type { Secret } from "./secrets";
import { browserCookie, signInAt } from "./session";
import type { Session } from "./session";
import { startStack } from "./stack";
import type { Stack } from "./stack";

export { expect } from "@playwright/test";

/** Longer than any test takes (2 minutes). */
const LONGEST_HOLD_MS = 120_000;

interface WorkerFixtures {
  /** One portal with the sample data, shared by the tests of a worker. */
  stack: Stack;
  portal: Portal;
  database: Database;
  /** A session of a demo account. Shared: a test that ends one signs in by itself. */
  sessionOf: (role: DemoRole) => Promise<Session>;
  /** Adds a system administrator and signs them in: a session that a test may change or end. */
  newAdmin: () => Promise<{ email: string; session: Session }>;
  /** What no log line and no answer may hold. */
  secrets: Secret[];
}

interface TestFixtures {
  /** Convex as the portal sees it; back to normal after each test. */
  convexProxy: ConvexProxy;
  http: HttpClient;
  /** Signs the browser in without the form. */
  signIn: (role?: DemoRole) => Promise<Session>;
  /** Fails a test that left a secret in the log or in an answer to `http`, or a warning of Node. */
  cleanTraces: void;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from it
    async ({}, use) => {
      // On a busy machine a request that a test holds back may outlast the usual bounds.
      const stack = await startStack(
        { retentionMs: LONGEST_HOLD_MS },
        { CONVEX_TIMEOUT_MS: String(LONGEST_HOLD_MS) },
      );
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  portal: [({ stack }, use) => use(stack.portal), { scope: "worker" }],
  database: [({ stack }, use) => use(stack.database), { scope: "worker" }],
  secrets: [
    async ({ stack }, use) => {
      const { deployKey } = stack.target;
      await use([
        { name: "deploy key", value: deployKey.split("|").at(-1)! },
        { name: "SESSION_SECRET", value: SESSION_SECRET },
        ...seededCredentials(),
      ]);
    },
    { scope: "worker" },
  ],
  sessionOf: [
    async ({ portal, secrets }, use) => {
      const sessions = new Map<DemoRole, Promise<Session>>();
      await use((role) => {
        const session = sessions.get(role) ?? signInAt(portal.origin, `${role}@supportsignal.test`);
        sessions.set(role, session);
        return session.then((signedIn) => {
          secrets.push({ name: `session token of ${role}`, value: signedIn.token });
          return signedIn;
        });
      });
    },
    { scope: "worker" },
  ],
  newAdmin: [
    async ({ portal, database, secrets }, use) => {
      await use(async () => {
        const { email } = await database.addUser("system_admin");
        const session = await signInAt(portal.origin, email);
        secrets.push({ name: `session token of ${email}`, value: session.token });
        return { email, session };
      });
    },
    { scope: "worker" },
  ],

  baseURL: ({ portal }, use) => use(portal.origin),
  context: async ({ context }, use) => {
    waitForHydration(context);
    await use(context);
  },
  convexProxy: async ({ stack }, use) => {
    stack.proxy.reset();
    await use(stack.proxy);
    stack.proxy.reset();
  },
  http: ({ portal }, use) => use(new HttpClient(portal.origin)),
  signIn: async ({ context, portal, sessionOf }, use) => {
    await use(async (role = "system_admin") => {
      const session = await sessionOf(role);
      await context.addCookies([browserCookie(session, portal.origin)]);
      return session;
    });
  },
  cleanTraces: [
    async ({ portal, http, secrets }, use) => {
      const linesBefore = portal.logLines.length;
      await use();
      const lines = portal.logLines.slice(linesBefore);
      const found = findSecrets([...lines, ...http.bodies].join("\n"), secrets);
      base.expect(found, "secrets in the log or in answers").toEqual([]);
      const strayLines = lines.filter((line) => !line.startsWith("{"));
      base.expect(strayLines, "what the portal printed beside its log").toEqual([]);
    },
    { auto: true },
  ],
});
