import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findRun } from "~/convex/runs";
import { internal } from "../../convex/_generated/api";
import { COMMAND_LINE, HOUR_MS } from "../support/convex";
import {
  AuditRows,
  COMPLETED,
  PROGRESS,
  startOf,
  type Finish,
  type Progress,
  type Start,
} from "./audit-rows";

let rows: AuditRows;

beforeAll(async () => {
  rows = await AuditRows.open();
});

afterAll(() => rows.convex.close());

const shown = (runKey: string) => findRun(rows.convex.client, COMMAND_LINE, runKey);

describe("a run", () => {
  test("is running from its start, and shows neither address nor user agent", async () => {
    const start = startOf({
      requestId: "request-1",
      address: "192.0.2.7",
      userAgent: "test/1.0",
      consistency: "rolling",
    });
    await rows.start(start);
    expect(await shown(start.runKey)).toEqual({
      runKey: start.runKey,
      kind: "command_line",
      outcome: "running",
      consistency: "rolling",
      startedAt: 1000,
      aliveUntil: start.aliveUntil,
      requestId: "request-1",
    });
    expect(await rows.of(start.runKey)).toMatchObject([
      {
        actor_kind: "command_line",
        actor_name: "test",
        address: "192.0.2.7",
        user_agent: "test/1.0",
        attempt_key: start.attemptKey,
      },
    ]);
  });

  test("is started once: another attempt with its key is refused, also by another actor", async () => {
    const admin = await rows.convex.signIn("system_admin");
    const runKey = await rows.startRun({ actor: admin });
    for (const actor of [admin, COMMAND_LINE]) {
      const again = rows.start({ actor, runKey, startedAt: 3000 });
      await expect(again).rejects.toMatchObject({ code: "run_exists" });
    }
    expect(await rows.of(runKey)).toMatchObject([{ started_at: 1000, actor_kind: "session" }]);
  });

  test("of two attempts at once under one key is one", async () => {
    const runKey = randomUUID();
    const attempts = await Promise.allSettled([1, 2].map(() => rows.start({ runKey })));
    expect(attempts.map((attempt) => attempt.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await rows.of(runKey)).toHaveLength(1);
  });

  test("that one attempt starts again, not knowing that it did, is the same row", async () => {
    const start = startOf();
    await Promise.all([rows.start(start), rows.start(start)]);
    const before = await rows.of(start.runKey);
    await rows.start({ ...start, startedAt: 3000, aliveUntil: 4000 });
    expect(await rows.of(start.runKey)).toEqual(before);
    expect(before).toMatchObject([{ started_at: 1000, outcome: "running" }]);
  });

  test("shows how far it has come, and is alive until it says", async () => {
    const runKey = await rows.startRun();
    await rows.progress({ runKey, ...PROGRESS });
    const { aliveUntil, ...progress } = PROGRESS;
    expect(await shown(runKey)).toMatchObject({ outcome: "running", aliveUntil, progress });

    const sending: Progress = {
      runKey,
      ...PROGRESS,
      phase: "sending",
      aliveUntil: aliveUntil + 1,
      recordCounts: { users: 2, sites: 8 },
      sentBytes: 0,
      fileBytes: 4900,
    };
    await rows.progress(sending);
    await rows.progress(sending);
    expect(await shown(runKey)).toMatchObject({
      aliveUntil: aliveUntil + 1,
      progress: { phase: "sending", recordCounts: { users: 2, sites: 8 }, sentBytes: 0 },
    });
  });

  test("shows how it ended, and how far it had come", async () => {
    const start = startOf({ requestId: "request-2" });
    const { runKey } = start;
    await rows.start(start);
    await rows.progress({ runKey, ...PROGRESS });
    await rows.finish({ runKey, ...COMPLETED });
    const { aliveUntil, ...progress } = PROGRESS;
    expect(await shown(runKey)).toEqual({
      runKey,
      kind: "command_line",
      outcome: "completed",
      consistency: "snapshot",
      startedAt: 1000,
      finishedAt: 2000,
      aliveUntil,
      progress,
      requestId: "request-2",
      fileName: "file.json",
      totalRecords: 2,
      bytes: 345,
      digest: "ab".repeat(32),
    });
  });

  test("can end after the session of its actor has", async () => {
    const actor = await rows.convex.signIn("system_admin");
    const runKey = await rows.startRun({ actor });
    if (actor.kind === "session") {
      const { tokenHash } = actor;
      await rows.convex.client.mutation(internal.sessions.remove, { tokenHash });
    }
    await rows.progress({ runKey, ...PROGRESS });
    await rows.finish({
      runKey,
      outcome: "failed",
      finishedAt: 2000,
      errorCode: "unauthenticated",
    });
    expect(await rows.of(runKey)).toMatchObject([{ error_code: "unauthenticated" }]);
  });

  test("that was never started can neither go on nor end, and is shown as none", async () => {
    const runKey = randomUUID();
    const calls = [
      rows.progress({ runKey, ...PROGRESS }),
      rows.finish({ runKey, outcome: "cancelled", finishedAt: 1 }),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "convex_failed" });
    expect(await rows.of(runKey)).toEqual([]);
    expect(await shown(runKey)).toBeNull();
  });

  test.each(["running", "interrupted", "", "done"])("cannot say that it is %j", async (outcome) => {
    const runKey = await rows.startRun();
    const end = { runKey, finishedAt: 1, outcome } as unknown as Finish;
    await expect(rows.finish(end)).rejects.toMatchObject({ code: "convex_failed" });
    expect(await rows.of(runKey)).toMatchObject([{ outcome: "running" }]);
  });
});

describe("a run that has ended never changes", () => {
  type Later = [string, (start: Start) => Promise<null>];

  const laters: Later[] = [
    ["completed", ({ runKey }) => rows.finish({ runKey, ...COMPLETED, finishedAt: 9999 })],
    [
      "failed",
      ({ runKey }) =>
        rows.finish({ runKey, outcome: "failed", finishedAt: 9999, errorCode: "busy" }),
    ],
    ["cancelled", ({ runKey }) => rows.finish({ runKey, outcome: "cancelled", finishedAt: 9999 })],
    ["getting further", ({ runKey }) => rows.progress({ runKey, ...PROGRESS, aliveUntil: 1 })],
    ["started again by its own attempt", (start) => rows.start({ ...start, startedAt: 9999 })],
    ["silent while others start", () => rows.start()],
  ];

  const ends: [string, (start: Start) => Promise<unknown>][] = [
    ["completed", ({ runKey }) => rows.finish({ runKey, ...COMPLETED })],
    [
      "failed",
      ({ runKey }) =>
        rows.finish({ runKey, outcome: "failed", finishedAt: 2000, errorCode: "incomplete" }),
    ],
    ["cancelled", ({ runKey }) => rows.finish({ runKey, outcome: "cancelled", finishedAt: 2000 })],
    // Another run's start finds it silent, because it is alive until 1 only.
    ["interrupted", () => rows.start()],
  ];

  describe.each(ends)("when it is %s", (outcome, end) => {
    test.each(laters)("and is then %s", async (_name, later) => {
      const start = startOf({ aliveUntil: 1 });
      await rows.start(start);
      await rows.progress({ runKey: start.runKey, ...PROGRESS, aliveUntil: 1 });
      await end(start);
      const before = await rows.of(start.runKey);
      expect(before).toMatchObject([{ outcome }]);
      await later(start);
      expect(await rows.of(start.runKey)).toEqual(before);
    });
  });
});

describe("a run whose process stopped", () => {
  test("is written as interrupted when another starts, as of its last sign of life", async () => {
    const silent = await rows.startRun({ aliveUntil: 5000 });
    const alive = await rows.startRun({ aliveUntil: Date.now() + HOUR_MS });
    await rows.start();
    expect(await rows.of(silent)).toMatchObject([{ outcome: "interrupted", finished_at: 5000 }]);
    expect(await rows.of(alive)).toMatchObject([{ outcome: "running" }]);
  });

  test("is not written so while clocks that differ may be the reason, and can still end", async () => {
    const runKey = await rows.startRun({ aliveUntil: Date.now() - 60_000 });
    await rows.start();
    expect(await shown(runKey)).toMatchObject({ outcome: "interrupted" });
    expect(await rows.of(runKey)).toMatchObject([{ outcome: "running" }]);
    await rows.finish({ runKey, ...COMPLETED });
    expect(await shown(runKey)).toMatchObject({ outcome: "completed" });
  });

  test("lives on as long as it gives signs of life", async () => {
    const runKey = await rows.startRun({ aliveUntil: 5000 });
    await rows.progress({ runKey, ...PROGRESS, aliveUntil: Date.now() + HOUR_MS });
    await rows.start();
    expect(await rows.of(runKey)).toMatchObject([{ outcome: "running" }]);
  });

  test("is written at the start of one of the next exports, at most twenty at a time", async () => {
    await rows.start();
    const rowsOf = async (outcome: string) =>
      (await rows.all()).filter((row) => row.outcome === outcome).length;
    const running = await rowsOf("running");
    const interrupted = await rowsOf("interrupted");
    // Alive while they start, so that none closes another.
    const keys = await Promise.all(Array.from({ length: 25 }, () => rows.startRun()));
    for (const runKey of keys) await rows.progress({ runKey, ...PROGRESS, aliveUntil: 5000 });

    await rows.start();
    expect(await rowsOf("interrupted")).toBe(interrupted + 20);
    await rows.start();
    expect(await rowsOf("interrupted")).toBe(interrupted + 25);
    expect(await rowsOf("running")).toBe(running + 2);
  });

  test("is not made up: a refused or repeated start closes nothing", async () => {
    const start = startOf();
    await rows.start(start);
    const silent = await rows.startRun();
    await rows.progress({ runKey: silent, ...PROGRESS, aliveUntil: 5000 });
    await rows.start(start);
    await expect(rows.start({ runKey: start.runKey })).rejects.toThrow();
    expect(await rows.of(silent)).toMatchObject([{ outcome: "running" }]);
  });

  test("is left alone where its row is older than signs of life are", async () => {
    const runKey = randomUUID();
    await rows.convex.insert("export_runs", [
      {
        run_key: runKey,
        actor_kind: "command_line",
        actor_name: "test",
        export_type: "full",
        filters: {},
        format: "json",
        privacy: "redacted",
        outcome: "running",
        started_at: 1000,
      },
    ]);
    await rows.start();
    expect(await shown(runKey)).toEqual({
      runKey,
      kind: "command_line",
      outcome: "running",
      startedAt: 1000,
    });
    await rows.finish({ runKey, ...COMPLETED });
    expect(await shown(runKey)).toMatchObject({ outcome: "completed", bytes: 345 });
  });

  test("is shown as interrupted before that is written, by the clock of whoever asks", async () => {
    const runKey = await rows.startRun({ aliveUntil: 5000 });
    const asOf = (now: number) => findRun(rows.convex.client, COMMAND_LINE, runKey, now);
    expect(await asOf(5000)).toMatchObject({ outcome: "running" });
    expect(await asOf(5001)).toMatchObject({ outcome: "interrupted", finishedAt: 5000 });
    expect(await rows.of(runKey)).toMatchObject([{ outcome: "running" }]);
    expect(await shown(runKey)).toMatchObject({ outcome: "interrupted" });

    await rows.finish({ runKey, outcome: "cancelled", finishedAt: 7000 });
    expect(await asOf(8000)).toMatchObject({ outcome: "cancelled", finishedAt: 7000 });
  });
});
