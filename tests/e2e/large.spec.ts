import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { isPageRead, isRead } from "./support/convex-proxy";
import { startDownload } from "./support/download";
import { readExport, reprDigest } from "./support/export-file";
import { HttpClient } from "./support/http";
import { startPortal } from "./support/portal";
import { signInAt } from "./support/session";
import type { Session } from "./support/session";
import { startStack } from "./support/stack";
import type { Stack } from "./support/stack";

/** Twelve times the reference data set: 960 incidents, 108 participants, some 32 MB. */
const SCALE = 12;

/** A portal that waits for nothing is gone long before this time has passed (1 s). */
const EXIT_MS = 1_000;

/** What is asked and told every few seconds depends on the machine's speed. */
const BY_THE_CLOCK = ["exportRuns:progress", "exportRuns:isCancelAsked"];

let stack: Stack;
let session: Session;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  // Nobody is waited for: a download that breaks off is over.
  stack = await startStack({ scale: SCALE }, { EXPORT_RESUME_SECONDS: "0" });
  session = await signInAt(stack.portal.origin, "system_admin@supportsignal.test");
});
test.afterAll(() => stack.stop());
test.afterEach(() => stack.proxy.reset());

test("the load of the story is exported complete, with few requests to Convex", async () => {
  const counts = await stack.database.recordCounts();
  expect(counts["incidents"]).toBeGreaterThan(500);
  expect(counts["participants"]).toBeGreaterThan(100);
  stack.proxy.reset();
  const answer = await new HttpClient(stack.portal.origin).send(DOWNLOAD, { session });
  expect(answer.status).toBe(200);
  const file = readExport(answer.bytes);
  expect(file.metadata.recordCounts).toEqual(counts);
  for (const [table, count] of Object.entries(counts)) {
    expect(new Set(file.data[table]!.map(({ _id }) => _id)).size, table).toBe(count);
  }
  const made = () => stack.proxy.calls.map(({ path }) => path);
  await expect.poll(made).toContain("exportRuns:finish");
  const reads = stack.proxy.calls.filter(isRead);
  expect(reads.length, JSON.stringify(reads)).toBeLessThanOrEqual(6);
  const others = stack.proxy.calls.filter((call) => !isRead(call));
  // The session twice, and the run's start and end.
  const once = others.filter(({ path }) => !BY_THE_CLOCK.includes(path ?? ""));
  expect(once, JSON.stringify(others)).toHaveLength(4);
});

test("a download that its client abandons is on record as cancelled", async () => {
  const run = crypto.randomUUID();
  const download = await startDownload(`${stack.portal.origin}${DOWNLOAD}?run=${run}`, session)
    .answered;
  expect(download.status).toBe(200);
  download.abandon();
  await expect.poll(() => stack.database.run(run)).toMatchObject({ outcome: "cancelled" });
  await expectHealthy();
});

test("an export whose client leaves before the file is made is on record as cancelled", async () => {
  const run = crypto.randomUUID();
  const held = stack.proxy.holdBack(isPageRead);
  const download = startDownload(`${stack.portal.origin}${DOWNLOAD}?run=${run}`, session);
  await held.arrived;
  download.abandon();
  await expect.poll(() => stack.database.run(run)).toMatchObject({ outcome: "cancelled" });
  held.release();
  await expectHealthy();
});

test("an order to stop lets a slow download finish, and its record too", async () => {
  const portal = await startPortal(stack.target);
  const run = crypto.randomUUID();
  const held = stack.proxy.holdBack(({ path }) => path === "exportRuns:finish");
  const download = await startDownload(`${portal.origin}${DOWNLOAD}?run=${run}`, session).answered;
  portal.terminate();
  await portal.logLine(/"msg":"stopping"/);
  const bytes = await download.finish();
  expect(download.headers["repr-digest"]).toBe(reprDigest(bytes));

  await held.arrived;
  const isGone = portal.exited.then(() => true);
  expect(await Promise.race([isGone, sleep(EXIT_MS, false)]), "left its record behind").toBe(false);
  held.release();
  expect(await portal.exited).toBe(0);
  expect(await stack.database.run(run)).toMatchObject({
    outcome: "completed",
    bytes: bytes.length,
  });
});

test("an order to stop lets an export finish that is still being read", async () => {
  const portal = await startPortal(stack.target);
  const held = stack.proxy.holdBack(isPageRead);
  const download = startDownload(portal.origin + DOWNLOAD, session);
  await held.arrived;
  portal.terminate();
  await portal.logLine(/"msg":"stopping"/);
  await expect(fetch(`${portal.origin}/healthz`)).rejects.toThrow();
  held.release();
  const { status, finish } = await download.answered;
  expect(status).toBe(200);
  readExport(await finish());
  expect(await portal.exited).toBe(0);
});

async function expectHealthy(): Promise<void> {
  const http = new HttpClient(stack.portal.origin);
  expect((await http.send("/readyz")).status).toBe(200);
  expect((await http.send(EXPORT_PAGE, { session })).status).toBe(200);
  const next = await http.send(`${DOWNLOAD}?tables=companies`, { session });
  expect(readExport(next.bytes).metadata.recordCounts).toHaveProperty("companies");
}
