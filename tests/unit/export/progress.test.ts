import { beforeEach, describe, expect, test } from "vitest";
import { planExport, type ExportPlan } from "~/export/plan";
import { ProgressReporter } from "~/export/progress";
import type { Consistency } from "~/export/source";
import { MemoryRecorder } from "../../support/export-runs";
import { Gate, until } from "../../support/gate";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const BEGIN = Date.UTC(2026, 0, 31);
const CAPTURE_MS = 300_000;
const TABLES = { a: makeDocuments("a", 100) };

let plan: ExportPlan;
let now = BEGIN;

beforeEach(async () => {
  now = BEGIN;
  plan = await planExport(new MemorySource(TABLES));
});

function makeReporter(recorder: MemoryRecorder, consistency: Consistency = "snapshot") {
  return new ProgressReporter({
    recorder,
    captureMs: CAPTURE_MS,
    consistency,
    now: () => new Date(now),
  });
}

/** A reporter that knows what will be read, and what it wrote. */
function planned() {
  const recorder = new MemoryRecorder();
  const reporter = makeReporter(recorder);
  reporter.pinning();
  reporter.planned(plan);
  return { recorder, reporter };
}

/** Tells of a share of the capture at a time, in ms since the timestamp was pinned. */
async function captureUpTo(reporter: ProgressReporter, share: number, elapsed: number) {
  now = BEGIN + elapsed;
  const records = Math.round(share * plan.totalRecords);
  reporter.captured({
    recordCounts: { a: records },
    capturedBytes: Math.round(share * plan.totalBytes),
  });
  await settled();
}

/** What a report that is not held up needs to be written. */
async function settled() {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("while pages are read", () => {
  test("progress is written once a second, however often pages come", async () => {
    const { recorder, reporter } = planned();
    for (let elapsed = 10; elapsed <= 5000; elapsed += 10) {
      await captureUpTo(reporter, elapsed / 5000, elapsed);
    }
    expect(recorder.reported.map(({ recordCounts }) => recordCounts)).toEqual([
      { a: 20 },
      { a: 40 },
      { a: 60 },
      { a: 80 },
      { a: 100 },
    ]);
  });

  test("progress says how much of what is captured, and until when the run is alive", async () => {
    const { recorder, reporter } = planned();
    await captureUpTo(reporter, 0.5, 2000);
    expect(recorder.reported).toEqual([
      {
        phase: "capturing",
        aliveUntil: new Date(BEGIN + 2000 + CAPTURE_MS + 60_000),
        totalRecords: 100,
        tableRecords: { a: 100 },
        estimatedBytes: plan.totalBytes,
        recordCounts: { a: 50 },
        capturedBytes: Math.round(plan.totalBytes / 2),
      },
    ]);
  });

  test("nothing is written in the first second", async () => {
    const { recorder, reporter } = planned();
    await captureUpTo(reporter, 0.9, 999);
    expect(recorder.reported).toEqual([]);
    await captureUpTo(reporter, 0.9, 1000);
    expect(recorder.reported).toHaveLength(1);
  });

  test("nothing is written when the capture is going to take 8 seconds or longer", async () => {
    const { recorder, reporter } = planned();
    for (let elapsed = 500; elapsed <= 20_000; elapsed += 500) {
      await captureUpTo(reporter, elapsed / 20_000, elapsed);
    }
    expect(recorder.reported).toEqual([]);
    await captureUpTo(reporter, 1, 8000);
    expect(recorder.reported).toEqual([]);
    await captureUpTo(reporter, 1, 7999);
    expect(recorder.reported).toHaveLength(1);
  });

  test("nothing is written before it is known how much there is", async () => {
    const recorder = new MemoryRecorder();
    const reporter = makeReporter(recorder, "rolling");
    await captureUpTo(reporter, 0.5, 5000);
    expect(recorder.reported).toEqual([]);
  });

  test("nothing is written while nothing has come", async () => {
    const { recorder, reporter } = planned();
    await captureUpTo(reporter, 0, 3000);
    expect(recorder.reported).toEqual([]);
  });

  test("a capture of which more is known does not begin to count again", async () => {
    const { recorder, reporter } = planned();
    await captureUpTo(reporter, 0.5, 999);
    reporter.planned({ ...plan, totalRecords: plan.totalRecords + 1 });
    await captureUpTo(reporter, 0.5, 1000);
    expect(recorder.reported).toMatchObject([{ totalRecords: plan.totalRecords + 1 }]);
  });

  test("the time counts from before the plan, whose answer may hold a page", async () => {
    const recorder = new MemoryRecorder();
    const reporter = makeReporter(recorder);
    reporter.pinning();
    now = BEGIN + 7_000;
    reporter.planned(plan);
    await captureUpTo(reporter, 1, 7_999);
    expect(recorder.reported).toHaveLength(1);
    await captureUpTo(reporter, 1, 9_000);
    expect(recorder.reported).toHaveLength(1);
  });

  test("a capture that starts over begins to count again", async () => {
    const { recorder, reporter } = planned();
    await captureUpTo(reporter, 0.5, 60_000);
    reporter.pinning();
    reporter.planned({ ...plan, timestamp: "later" });
    await captureUpTo(reporter, 0.5, 60_999);
    expect(recorder.reported).toEqual([]);
    await captureUpTo(reporter, 0.5, 61_000);
    expect(recorder.reported).toHaveLength(1);
  });

  test("a rolling export, which has no timestamp to lose, is told of however long it takes", async () => {
    const recorder = new MemoryRecorder();
    const reporter = makeReporter(recorder, "rolling");
    reporter.pinning();
    reporter.planned(plan);
    for (let elapsed = 500; elapsed <= 20_000; elapsed += 500) {
      await captureUpTo(reporter, elapsed / 20_000, elapsed);
    }
    expect(recorder.reported).toHaveLength(20);
  });

  test("one report is written at a time", async () => {
    const gate = new Gate();
    let atOnce = 0;
    let most = 0;
    const recorder = new MemoryRecorder({
      progress: async () => {
        most = Math.max(most, (atOnce += 1));
        await gate.opened;
        atOnce -= 1;
      },
    });
    const reporter = makeReporter(recorder);
    reporter.pinning();
    reporter.planned(plan);
    for (const seconds of [1, 2, 3]) await captureUpTo(reporter, 0.9, seconds * 1000);
    expect(atOnce).toBe(1);
    gate.open();
    await until(() => atOnce === 0, "the end of the first report");
    await settled();
    await captureUpTo(reporter, 0.95, 4000);
    expect(most).toBe(1);
    expect(recorder.reported).toHaveLength(2);
  });

  test.each<[string, () => Promise<void>]>([
    ["is refused", () => Promise.reject(new Error("progress"))],
    [
      "cannot even be tried",
      () => {
        throw new Error("progress");
      },
    ],
  ])("a report that %s costs nothing but itself", async (_how, progress) => {
    let reports = 0;
    const recorder = new MemoryRecorder({
      progress: () => {
        reports += 1;
        return reports < 3 ? progress() : undefined;
      },
    });
    const reporter = makeReporter(recorder);
    reporter.pinning();
    reporter.planned(plan);
    for (const seconds of [1, 2, 3]) await captureUpTo(reporter, 0.9, seconds * 1000);
    expect(reports).toBe(3);
    expect(recorder.reported).toHaveLength(1);
  });
});
