import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { planExport, type ExportPlan } from "~/export/plan";
import { ProgressReporter } from "~/export/progress";
import { prepareExport } from "~/export/run";
import { MemoryRecorder } from "../../support/export-runs";
import { Gate } from "../../support/gate";
import { makeJob } from "../../support/jobs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";
import { TestExport } from "../../support/prepared-export";

/** What is written of an export while its file is sent. */

const BEGIN = Date.UTC(2026, 0, 31);
const TABLES = { a: makeDocuments("a", 100) };
const FILE = new TestExport(Buffer.alloc(5000)).file;

let plan: ExportPlan;

beforeEach(async () => {
  plan = await planExport(new MemorySource(TABLES));
  // Promises and the event loop go on as they do.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: BEGIN });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A reporter that knows what was read, and what it wrote. */
function planned(recorder = new MemoryRecorder()) {
  const reporter = new ProgressReporter({
    recorder,
    captureMs: 300_000,
    consistency: "snapshot",
    now: () => new Date(),
  });
  reporter.pinning();
  reporter.planned(plan);
  return { recorder, reporter };
}

/** Lets the time go on, in ms. */
async function pass(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
  await settled();
}

/** What a report that is not held up needs to be written. */
async function settled() {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Fetches ranges one after the other, with a pause behind each, in ms. */
async function fetchRanges(reporter: ProgressReporter, ranges: number, pauseMs: number) {
  for (let range = 1; range <= ranges; range += 1) {
    reporter.paused();
    await pass(pauseMs);
    reporter.sent(range);
    await pass(80);
  }
}

test("a sign of life is written after a second and every 10 seconds, and lasts 30", async () => {
  const { recorder, reporter } = planned();
  reporter.captured({ recordCounts: { a: 100 }, capturedBytes: plan.totalBytes });
  reporter.sending(FILE);
  await pass(1_000);
  await pass(10_000);
  await pass(10_000);
  expect(recorder.reported.map(({ phase }) => phase)).toEqual(["sending", "sending", "sending"]);
  expect(recorder.reported.map(({ aliveUntil }) => aliveUntil.getTime() - BEGIN)).toEqual([
    31_000, 41_000, 51_000,
  ]);
  expect(recorder.reported[0]).toMatchObject({ recordCounts: { a: 100 }, totalRecords: 100 });
  reporter.stop();
});

test("each report names the file, so that it is on record should the process stop", async () => {
  const { recorder, reporter } = planned();
  reporter.captured({ recordCounts: { a: 50 }, capturedBytes: 1 });
  reporter.sending(FILE);
  await pass(1_000);
  await pass(10_000);
  expect(recorder.reported.map(({ file }) => file)).toEqual([FILE, FILE]);
  reporter.stop();
});

test("it says how far the network has got, and never goes back", async () => {
  const { recorder, reporter } = planned();
  reporter.sending(FILE);
  await pass(1_000);
  reporter.sent(3000);
  await pass(10_000);
  reporter.sent(1000); // another part of the file is fetched again
  await pass(10_000);
  reporter.sent(FILE.bytes);
  await pass(10_000);
  const sent = recorder.reported.map(({ sentBytes, fileBytes }) => [sentBytes, fileBytes]);
  expect(sent).toEqual([
    [0, FILE.bytes],
    [3000, FILE.bytes],
    [3000, FILE.bytes],
    [FILE.bytes, FILE.bytes],
  ]);
  reporter.stop();
});

test("that it broke off is written within a second, and that it goes on", async () => {
  const { recorder, reporter } = planned();
  reporter.sending(FILE);
  await pass(2_000);
  reporter.sent(1000);
  reporter.paused();
  await pass(1_000);
  reporter.sent(2000);
  await pass(1_000);
  expect(recorder.reported.map(({ phase, sentBytes }) => [phase, sentBytes])).toEqual([
    ["sending", 0],
    ["paused", 1000],
    ["sending", 2000],
  ]);
  reporter.stop();
});

test("the moments between one range and the next are no break, and cost nothing", async () => {
  const { recorder, reporter } = planned();
  reporter.sending(FILE);
  await fetchRanges(reporter, 110, 20);
  expect(recorder.reported.map(({ phase, sentBytes }) => [phase, sentBytes])).toEqual([
    ["sending", 10],
    ["sending", 110],
  ]);
  reporter.stop();
});

test("a sign of life that falls into such a moment does not say that it broke off", async () => {
  const { recorder, reporter } = planned();
  reporter.sending(FILE);
  await pass(995);
  reporter.paused();
  await pass(10);
  reporter.sent(1000);
  await pass(2_000);
  expect(recorder.reported).toMatchObject([{ phase: "sending" }]);
  reporter.stop();
});

test("however often it breaks off for longer, there is a second between two reports", async () => {
  const times: number[] = [];
  const recorder = new MemoryRecorder({ progress: () => void times.push(Date.now()) });
  const { reporter } = planned(recorder);
  reporter.sending(FILE);
  await fetchRanges(reporter, 20, 1_005);
  expect(recorder.reported.map(({ phase }) => phase)).toContain("paused");
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(gaps.filter((gap) => gap < 1_000)).toEqual([]);
  await pass(1_000);
  expect(recorder.reported.at(-1)).toMatchObject({ phase: "sending", sentBytes: 20 });
  reporter.stop();
});

test("that it broke off is written after a report that is on its way", async () => {
  const gate = new Gate();
  let reports = 0;
  const recorder = new MemoryRecorder({
    progress: () => ((reports += 1) === 1 ? gate.opened : undefined),
  });
  const { reporter } = planned(recorder);
  reporter.sending(FILE);
  await pass(1_000);
  reporter.paused();
  await pass(1_000);
  expect(reports).toBe(1);
  gate.open();
  await settled();
  expect(recorder.reported.map(({ phase }) => phase)).toEqual(["sending", "paused"]);
  reporter.stop();
});

test("nothing is written once it has ended, whatever waited to be", async () => {
  const gate = new Gate();
  const recorder = new MemoryRecorder({ progress: () => gate.opened });
  const { reporter } = planned(recorder);
  reporter.sending(FILE);
  await pass(1_000);
  reporter.paused();
  await pass(1_000);
  reporter.stop();
  gate.open();
  await settled();
  expect(recorder.reported).toHaveLength(1);
});

test("it ends when the delivery has ended", async () => {
  const { recorder, reporter } = planned();
  reporter.sending(FILE);
  await pass(1_000);
  reporter.stop();
  await pass(60_000);
  expect(recorder.reported).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a delivery that is over within a second costs none", async () => {
  const { recorder, reporter } = planned();
  reporter.sending(FILE);
  await pass(999);
  reporter.stop();
  await pass(60_000);
  expect(recorder.reported).toEqual([]);
});

test("it is written for an export from its preparation to its settlement", async () => {
  const recorder = new MemoryRecorder();
  const prepared = await prepareExport(makeJob(new MemorySource(TABLES), recorder));
  await pass(1_000);
  prepared.reportSent(17);
  await pass(10_000);
  expect(recorder.reported).toMatchObject([
    { phase: "sending", sentBytes: 0, fileBytes: prepared.file.bytes },
    { phase: "sending", sentBytes: 17, fileBytes: prepared.file.bytes },
  ]);
  await prepared.settle("completed");
  await pass(60_000);
  expect(recorder.reported).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});
