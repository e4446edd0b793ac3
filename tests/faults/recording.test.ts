import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isPageRead, since } from "../e2e/support/convex-proxy";
import type { CallMatcher } from "../e2e/support/convex-proxy";
import { reprDigest } from "../e2e/support/export-file";
import { problemOf } from "../e2e/support/http";
import { FAILING_REPORTS } from "./support/failing-reports";
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

describe("what is told while pages are read, and", () => {
  const isProgress: CallMatcher = ({ path }) => path === "exportRuns:progress";

  /** Pages tell of the progress once a second has gone since the timestamp was pinned. */
  const UNTIL_TOLD_MS = 1_100;

  /** Exports, and has some pages wait for so long that the first of them tells. */
  async function exportSlowly(run: string) {
    const pages = stack.proxy.holdBack(since(5, isPageRead));
    const answer = download(stack.portal, stack.session, { run });
    await pages.arrived;
    await sleep(UNTIL_TOLD_MS);
    pages.release();
    const file = await answer;
    expect(stack.proxy.calls.some(isProgress)).toBe(true);
    return file;
  }

  test.each(FAILING_REPORTS)("%s, costs the export nothing", async (_how, status, body) => {
    const run = randomUUID();
    stack.proxy.reset();
    stack.proxy.answerInstead(isProgress, status, body);
    const file = await exportSlowly(run);
    expect(file.status).toBe(200);
    expect(file.headers.get("repr-digest")).toBe(reprDigest(file.bytes));
    await until("the end is on record", async () => {
      const row = await stack.database.run(run);
      return row?.outcome === "completed" && row.bytes === file.bytes.byteLength;
    });
  });
});
