import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isPageRead, nth } from "../e2e/support/convex-proxy";
import { problemOf } from "../e2e/support/http";
import { signInAt } from "../e2e/support/session";
import { download, startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";

let stack: FaultStack;

beforeAll(async () => {
  stack = await startFaultStack("small");
});
afterAll(() => stack.stop());

/** Exports, and does something to the administrator's rights while the fifth page is read. */
async function exportWhile(change: (admin: { email: string; tokenHash: string }) => Promise<void>) {
  const { email } = await stack.database.addUser("system_admin");
  const session = await signInAt(stack.portal.origin, email);
  const run = randomUUID();
  stack.proxy.reset();
  const held = stack.proxy.holdBack(nth(5, isPageRead));
  const downloading = download(stack.portal, session, { run });
  await held.arrived;
  await change({ email, tokenHash: session.tokenHash });
  held.release();
  return { answer: await downloading, row: await stack.database.run(run) };
}

test("a session that is removed while its export is read gets no file, but 401", async () => {
  const { answer, row } = await exportWhile(async ({ tokenHash }) => {
    await stack.database.removeSession(tokenHash);
  });
  expect(problemOf(answer)).toMatchObject({ status: 401 });
  expect(answer.headers.get("Content-Disposition")).toBeNull();
  expect(row).toMatchObject({ outcome: "failed", errorCode: "unauthenticated" });
});

test("an administrator whose role is taken away meanwhile gets no file, but 403", async () => {
  const { answer, row } = await exportWhile(({ email }) =>
    stack.database.setRole(email, "company_admin"),
  );
  expect(problemOf(answer)).toMatchObject({ status: 403 });
  expect(answer.headers.get("Content-Disposition")).toBeNull();
  expect(row).toMatchObject({ outcome: "failed", errorCode: "forbidden" });
});
