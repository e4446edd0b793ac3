import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RUNS } from "../e2e/support/addresses";
import { isPageRead, nth } from "../e2e/support/convex-proxy";
import { startDownload } from "../e2e/support/download";
import { HttpClient } from "../e2e/support/http";
import type { Portal } from "../e2e/support/portal";
import { CONTENT } from "./support/dataset";
import { openSpoolFiles, readSpoolFiles } from "./support/spool-files";
import { download, downloadUrl, startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";
import { until } from "./support/until";

/** Everything is on disk, none of it in memory. */
const ALL_ON_DISK = { EXPORT_MEMORY_BYTES: "0" };

/** Ten minutes: clocks do not differ by so much. */
const LONG_AGO_MS = 600_000;

let stack: FaultStack;

beforeAll(async () => {
  stack = await startFaultStack("large");
});
afterAll(() => stack.stop());

/** What a portal says of a run. */
async function runAt(portal: Portal, run: string): Promise<Record<string, unknown>> {
  const http = new HttpClient(portal.origin);
  const { text } = await http.send(`${RUNS}/${run}`, { session: stack.session });
  return JSON.parse(text) as Record<string, unknown>;
}

/** Kills a portal that has written to its spool, and looks at what it leaves behind. */
async function expectNothingReadableAfterKill(portal: Portal): Promise<void> {
  await until("lines are on disk", async () => (await openSpoolFiles(portal.pid)) === 1);
  const [file] = await until("the spool's file has grown", async () => {
    const files = await readSpoolFiles(portal.pid);
    return files.every(({ bytes }) => bytes.byteLength > 0) && files;
  });
  expect(file?.mode.toString(8)).toBe("600");
  expect(file?.bytes.includes(CONTENT)).toBe(false);
  portal.kill();
  expect(await portal.exited).toBeNull();
  expect(await readdir(stack.spoolDirectory)).toEqual([]);
}

/** Another portal tells of the run as interrupted once there was no sign of life for long enough. */
async function expectInterrupted(run: string): Promise<void> {
  expect(await runAt(stack.portal, run)).toMatchObject({ outcome: "running" });
  await stack.database.age(run, 1);
  const told = await runAt(stack.portal, run);
  expect(told).toMatchObject({ runKey: run, outcome: "interrupted" });
  expect(told["finishedAt"]).toBe(told["aliveUntil"]);
  // Once no difference between clocks can explain it, the next export of anybody puts it on record.
  await stack.database.age(run, LONG_AGO_MS);
  expect((await download(stack.portal, stack.session, { tables: "companies" })).status).toBe(200);
  expect(await stack.database.run(run)).toMatchObject({ outcome: "interrupted" });
}

test("a portal that is killed while it captures leaves nothing readable, and its run is interrupted", async () => {
  const portal = await stack.portalWith({ ...ALL_ON_DISK, EXPORT_CAPTURE_SECONDS: "100" });
  const run = randomUUID();
  stack.proxy.reset();
  const held = stack.proxy.holdBack(nth(4, isPageRead));
  const { answered } = startDownload(downloadUrl(portal, { run }), stack.session);
  await held.arrived;
  await expectNothingReadableAfterKill(portal);
  await expect(answered).rejects.toThrow("socket hang up");
  held.release();
  await expectInterrupted(run);
});

test("a portal that is killed while it sends leaves its digest on record and nothing readable, and no client takes its file for complete", async () => {
  const portal = await stack.portalWith(ALL_ON_DISK);
  const run = randomUUID();
  const slow = await startDownload(downloadUrl(portal, { run }), stack.session).answered;
  expect(slow.status).toBe(200);
  await slow.take(1);
  await until("its file is on record", async () => (await stack.database.run(run))?.digest);
  await expectNothingReadableAfterKill(portal);
  await expect(slow.finish()).rejects.toThrow();
  await expectInterrupted(run);
  const row = await stack.database.run(run);
  const digest = Buffer.from(row?.digest ?? "", "hex").toString("base64");
  expect(slow.headers["repr-digest"]).toBe(`sha-256=:${digest}:`);
  expect(slow.headers["content-length"]).toBe(String(row?.bytes));
});

test("the next portal starts and exports in the folder of one that was killed", async () => {
  const portal = await stack.portalWith(ALL_ON_DISK);
  expect((await download(portal, stack.session)).status).toBe(200);
});
