import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isPageRead, isRead, since } from "../e2e/support/convex-proxy";
import type { CallMatcher } from "../e2e/support/convex-proxy";
import { startDownload } from "../e2e/support/download";
import { readExport, reprDigest } from "../e2e/support/export-file";
import { LARGE_DOCUMENTS, SMALL_PAGES } from "./support/dataset";
import { FAILING_REPORTS } from "./support/failing-reports";
import { openSpoolFiles } from "./support/spool-files";
import { download, downloadUrl, startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";
import { until } from "./support/until";

/** A client that leaves is not waited for, and all is on disk. */
const ENVIRONMENT = { EXPORT_RESUME_SECONDS: "0", EXPORT_MEMORY_BYTES: "0" };

const isCall =
  (path: string): CallMatcher =>
  (call) =>
    call.path === path;

const contains = (part: string) => (line: string) => line.includes(part);

let stack: FaultStack;

function outcomeOf(run: string) {
  return until("the run has ended", async () => {
    const row = await stack.database.run(run);
    return row?.outcome !== "running" && row;
  });
}

async function expectNothingHeld(): Promise<void> {
  await until("the spool is freed", async () => (await openSpoolFiles(stack.portal.pid)) === 0);
}

describe("a client that leaves while its export is prepared", () => {
  beforeAll(async () => {
    stack = await startFaultStack("small", ENVIRONMENT);
  });
  afterAll(() => stack.stop());

  const READS: [what: string, matches: CallMatcher][] = [
    ["the timestamp", ({ route }) => route === "query_ts"],
    ["the plan", isCall("exports:begin")],
    ...Array.from({ length: SMALL_PAGES }, (_, index): [string, CallMatcher] => [
      `page ${index + 1} of ${SMALL_PAGES}`,
      since(index + 1, isPageRead),
    ]),
    ["the last check of the session, with all of it captured", isCall("sessions:authorize")],
  ];

  test.each(READS)(
    "while it asks for %s: the request is closed and the run is cancelled",
    async (_what, matches) => {
      const run = randomUUID();
      stack.proxy.reset();
      const held = stack.proxy.holdBack(matches);
      const { abandon } = startDownload(downloadUrl(stack.portal, { run }), stack.session);
      await held.arrived;
      abandon();
      await held.abandoned;
      expect(await outcomeOf(run)).toMatchObject({ outcome: "cancelled" });
      const end = stack.proxy.calls.findIndex(isCall("exportRuns:finish"));
      // A request that was sent before may arrive behind it, on a connection that is closed.
      await until("nothing is waited for that came behind the end", () =>
        stack.proxy.calls.slice(end + 1).every((call) => stack.proxy.givenUp.has(call)),
      );
      await expectNothingHeld();
    },
  );

  /** Leaves while a request waits in the proxy that is not given up, and lets it through. */
  async function leaveDuring(path: string) {
    const run = randomUUID();
    stack.proxy.reset();
    const held = stack.proxy.holdBack(isCall(path));
    const firstLine = stack.portal.logLines.length;
    const log = (part: string) => stack.portal.logLines.slice(firstLine).some(contains(part));
    const { abandon } = startDownload(downloadUrl(stack.portal, { run }), stack.session);
    await held.arrived;
    abandon();
    await until("the portal sees that its client is gone", () => log('"isComplete":false'));
    held.release();
    await until("the export ends", () => log('"code":"cancelled"'));
    expect(stack.proxy.calls.filter(isRead)).toEqual([]);
    await expectNothingHeld();
    return await stack.database.run(run);
  }

  test("while the run is put on record: nothing is read, and the run is cancelled", async () => {
    expect(await leaveDuring("exportRuns:start")).toMatchObject({ outcome: "cancelled" });
  });

  test("while its session is checked: nothing is read, and no run stays open", async () => {
    const row = await leaveDuring("sessions:resolve");
    expect(row?.outcome ?? "cancelled").toBe("cancelled");
  });
});

describe("a client that is slow with a file of 26 MB", () => {
  beforeAll(async () => {
    stack = await startFaultStack("large", ENVIRONMENT);
  });
  afterAll(() => stack.stop());

  /** More than this the portal does not read ahead of its client (16 MB), whatever the file's size. */
  const AHEAD_BYTES = 16 * 1024 * 1024;

  test("is not read ahead for, and has the complete file in the end", async () => {
    const run = randomUUID();
    const { pid } = stack.portal;
    const start = await bytesRead(pid);
    const whole = await download(stack.portal, stack.session);
    const forAll = (await bytesRead(pid)) - start;

    const again = await bytesRead(pid);
    const slow = await startDownload(downloadUrl(stack.portal, { run }), stack.session).answered;
    const first = await slow.take(1);
    for (let others = 0; others < 3; others += 1) {
      const other = await download(stack.portal, stack.session, { tables: "companies" });
      expect(other.status).toBe(200);
    }
    // What has not been read from the disk yet is in no memory either.
    const notRead = forAll - ((await bytesRead(pid)) - again);
    expect(notRead).toBeGreaterThan(whole.bytes.byteLength - AHEAD_BYTES);
    expect((await stack.database.run(run))?.outcome).toBe("running");

    const file = Buffer.concat([first, await slow.finish()]);
    expect(slow.headers["repr-digest"]).toBe(reprDigest(file));
    expect(slow.headers["content-length"]).toBe(String(file.byteLength));
    expect(readExport(file).data["incident_narratives"]).toHaveLength(LARGE_DOCUMENTS);
    expect(await outcomeOf(run)).toMatchObject({ outcome: "completed", bytes: file.byteLength });
    await expectNothingHeld();
  });

  const TELLS_PROGRESS = isCall("exportRuns:progress");

  test.each(FAILING_REPORTS)(
    "has the complete file where a report of the progress %s",
    async (_how, status, body) => {
      const run = randomUUID();
      stack.proxy.reset();
      stack.proxy.answerInstead(TELLS_PROGRESS, status, body);
      const slow = await startDownload(downloadUrl(stack.portal, { run }), stack.session).answered;
      const first = await slow.take(1);
      await until("progress is told", () => stack.proxy.calls.some(TELLS_PROGRESS));
      const file = Buffer.concat([first, await slow.finish()]);
      expect(slow.headers["repr-digest"]).toBe(reprDigest(file));
      expect(await outcomeOf(run)).toMatchObject({ outcome: "completed", bytes: file.byteLength });
      stack.proxy.reset();
      await expectNothingHeld();
    },
  );

  test("has the complete file where a report of the progress is never answered", async () => {
    const run = randomUUID();
    stack.proxy.reset();
    const held = stack.proxy.holdBack(TELLS_PROGRESS);
    const slow = await startDownload(downloadUrl(stack.portal, { run }), stack.session).answered;
    const first = await slow.take(1);
    await held.arrived;
    const file = Buffer.concat([first, await slow.finish()]);
    expect(slow.headers["repr-digest"]).toBe(reprDigest(file));
    expect(await outcomeOf(run)).toMatchObject({ outcome: "completed", bytes: file.byteLength });
    held.release();
    await expectNothingHeld();
  });

  test("and leaves in the middle: the spool is freed and the run is cancelled", async () => {
    const run = randomUUID();
    const slow = await startDownload(downloadUrl(stack.portal, { run }), stack.session).answered;
    await slow.take(1);
    expect(await openSpoolFiles(stack.portal.pid)).toBe(1);
    slow.abandon();
    expect(await outcomeOf(run)).toMatchObject({ outcome: "cancelled" });
    await expectNothingHeld();
  });
});

/** All that a process has read so far, from sockets and files (proc(5), /proc/pid/io, rchar). */
async function bytesRead(pid: number): Promise<number> {
  const [, bytes] = /^rchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, "utf8")) ?? [];
  if (bytes === undefined) throw new Error("The system does not tell what a process has read");
  return Number(bytes);
}
