import { describe, expect, test } from "vitest";
import type { LiveProgress } from "~/export/live-runs";
import { describeRun, type RecordedRun } from "~/export/run-status";

const RUN: RecordedRun = {
  runKey: "run-1",
  kind: "session",
  outcome: "running",
  startedAt: 1000,
};

const PROGRESS: LiveProgress = {
  phase: "capturing",
  totalRecords: 10,
  tableRecords: { users: 6, sites: 4 },
  estimatedBytes: 1000,
  recordCounts: { users: 3 },
  capturedBytes: 300,
};

const statusOf = (run: Partial<RecordedRun>, live?: LiveProgress, isHere = false) =>
  describeRun({ ...RUN, ...run }, live, isHere, 3500).status;

describe("a run that goes on", () => {
  test("shows what its row says: records, bytes, tables and time", () => {
    expect(statusOf({ progress: PROGRESS })).toEqual({
      phase: "reading",
      elapsedMs: 2500,
      isCancelAsked: false,
      records: { done: 3, total: 10 },
      bytes: { done: 300, total: 1000 },
      tables: [
        { name: "users", done: 3, total: 6 },
        { name: "sites", done: 0, total: 4 },
      ],
    });
  });

  test("shows what its own process knows rather than the row", () => {
    const live = { ...PROGRESS, recordCounts: { users: 6, sites: 1 } };
    expect(statusOf({ progress: PROGRESS }, live)?.records).toEqual({ done: 7, total: 10 });
  });

  test.each<[string, Partial<RecordedRun>, boolean, string]>([
    ["waits where its process has read nothing", {}, true, "waiting"],
    ["reads where only another process knows how far it is", {}, false, "reading"],
    ["reads", { progress: PROGRESS }, true, "reading"],
    [
      "prepares its file when all is read",
      { progress: { ...PROGRESS, recordCounts: { users: 6, sites: 4 } } },
      true,
      "preparing",
    ],
    ["delivers it", { progress: { ...PROGRESS, phase: "sending" } }, true, "delivering"],
    ["is paused", { progress: { ...PROGRESS, phase: "paused" } }, true, "paused"],
  ])("%s", (_what, run, isHere, phase) => {
    expect(statusOf(run, undefined, isHere)?.phase).toBe(phase);
  });

  test("counts the bytes of its file while it is delivered", () => {
    const sending = { ...PROGRESS, phase: "sending", sentBytes: 40, fileBytes: 900 } as const;
    expect(statusOf({ progress: sending })?.bytes).toEqual({ done: 40, total: 900 });
  });

  test("is never further than its plan, and an estimate grows with what was read", () => {
    const more = { ...PROGRESS, recordCounts: { users: 20 }, capturedBytes: 2000 };
    expect(statusOf({ progress: more })).toMatchObject({
      records: { done: 10, total: 10 },
      bytes: { done: 2000, total: 2000 },
      tables: [{ done: 6 }, { done: 0 }],
    });
  });

  test("shows no tables where its row is of before they were written", () => {
    const { tableRecords: _, ...earlier } = PROGRESS;
    expect(statusOf({ progress: earlier })?.tables).toEqual([]);
  });

  test("says whether somebody asked to cancel it, and no clock makes its time negative", () => {
    expect(statusOf({ cancelAskedAt: 1 })?.isCancelAsked).toBe(true);
    expect(statusOf({ startedAt: 9999 })?.elapsedMs).toBe(0);
  });
});

describe("a run that has ended", () => {
  test("has no status, and says how long it took and what its file is", () => {
    const file = { fileName: "f.json", totalRecords: 10, bytes: 900, digest: "ab" };
    const run = { ...RUN, ...file, outcome: "completed", finishedAt: 1800 } as const;
    const shown = describeRun({ ...run, progress: PROGRESS }, undefined, false, 9999);
    expect(shown).toMatchObject({ outcome: "completed", durationMs: 800, ...file });
    expect(shown.status).toBeUndefined();
    expect(shown.message).toBeUndefined();
  });

  test("says why it failed, and who cancelled it", () => {
    const failed = { ...RUN, outcome: "failed", errorCode: "convex_overloaded" } as const;
    expect(describeRun(failed, undefined, false, 1).message).toMatch(/^The database is busy/);
    const cancelled = { ...RUN, outcome: "cancelled", cancelAskedBy: "Ada" } as const;
    expect(describeRun(cancelled, undefined, false, 1).cancelledBy).toBe("Ada");
    const completed = { ...cancelled, outcome: "completed" } as const;
    expect(describeRun(completed, undefined, false, 1).cancelledBy).toBeUndefined();
  });
});
