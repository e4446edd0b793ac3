import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isPageRead } from "../e2e/support/convex-proxy";
import type { CallMatcher } from "../e2e/support/convex-proxy";
import { reprDigest } from "../e2e/support/export-file";
import { problemOf } from "../e2e/support/http";
import { download, startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";
import { until } from "./support/until";

/** One more than any other request gets. */
const MANY_ATTEMPTS = 5;

const isFinish: CallMatcher = ({ path }) => path === "exportRuns:finish";

let stack: FaultStack;

beforeAll(async () => {
  stack = await startFaultStack("small");
});
afterAll(() => stack.stop());

/** Convex answers some requests with that it is not there. */
function refuse(matches: CallMatcher): void {
  stack.proxy.reset();
  stack.proxy.answerInstead(matches, 502, {});
}

async function untilTriedOften(): Promise<void> {
  await until(
    "the end is tried again and again",
    () => stack.proxy.calls.filter(isFinish).length >= MANY_ATTEMPTS,
  );
}

test("a delivery that ends while Convex restarts is on record afterwards, also where the portal stops", async () => {
  const portal = await stack.portalWith({});
  const run = randomUUID();
  refuse(isFinish);
  const file = await download(portal, stack.session, { run });
  expect(file.status).toBe(200);
  await untilTriedOften();
  portal.terminate();
  await portal.logLine(/"msg":"stopping"/);
  expect(await stack.database.run(run)).toMatchObject({ outcome: "running" });

  stack.proxy.reset();
  expect(await portal.exited).toBe(0);
  const row = await stack.database.run(run);
  expect(row).toMatchObject({ outcome: "completed", bytes: file.bytes.byteLength });
  const digest = Buffer.from(row?.digest ?? "", "hex").toString("base64");
  expect(`sha-256=:${digest}:`).toBe(reprDigest(file.bytes));
});

test("an export that fails as Convex restarts is answered meanwhile, and on record afterwards", async () => {
  const run = randomUUID();
  refuse((call) => isPageRead(call) || isFinish(call));
  expect(problemOf(await download(stack.portal, stack.session, { run }))).toMatchObject({
    status: 502,
  });
  expect(await stack.database.run(run)).toMatchObject({ outcome: "running" });
  await untilTriedOften();
  stack.proxy.reset();
  const row = await until("the end is on record", async () => {
    const found = await stack.database.run(run);
    return found?.outcome !== "running" && found;
  });
  expect(row).toMatchObject({ outcome: "failed", errorCode: "convex_failed" });
});
