import { randomUUID } from "node:crypto";
import type { FunctionArgs } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "~/convex/accounts";
import { createRunRecorder, findRun } from "~/convex/runs";
import { internal } from "../../convex/_generated/api";
import { COMMAND_LINE, TestConvex } from "../support/convex";

let convex: TestConvex;
let admin: Actor;

beforeAll(async () => {
  convex = await TestConvex.start({ empty: true });
  admin = await convex.signIn("system_admin");
});

afterAll(() => convex.close());

type Finish = FunctionArgs<typeof internal.exportRuns.finish>;

async function start(actor: Actor = admin): Promise<string> {
  const runKey = randomUUID();
  await convex.client.mutation(internal.exportRuns.start, {
    actor,
    runKey,
    startedAt: 1000,
    exportType: "full",
    filters: {},
    format: "json",
    privacy: "redacted",
    requestId: "request-1",
    address: "192.0.2.7",
    userAgent: "test/1.0",
  });
  return runKey;
}

const finish = (end: Finish) => convex.client.mutation(internal.exportRuns.finish, end);

const COMPLETED = {
  outcome: "completed",
  finishedAt: 2000,
  snapshotAt: 1500,
  fileName: "file.json",
  recordCounts: { users: 2, sites: 0 },
  totalRecords: 2,
  bytes: 345,
  digest: "ab".repeat(32),
} as const;

describe("a run", () => {
  test("is running from its start, and shows neither address nor user agent", async () => {
    const runKey = await start();
    expect(await findRun(convex.client, admin, runKey)).toEqual({
      runKey,
      outcome: "running",
      startedAt: 1000,
      requestId: "request-1",
    });
  });

  test("is started once: the same key again is refused, also by another actor", async () => {
    const runKey = await start();
    for (const actor of [admin, COMMAND_LINE]) {
      const again = convex.client.mutation(internal.exportRuns.start, {
        actor,
        runKey,
        startedAt: 3000,
        exportType: "full",
        filters: {},
        format: "json",
        privacy: "redacted",
      });
      await expect(again).rejects.toMatchObject({ code: "run_exists" });
    }
    expect(await findRun(convex.client, admin, runKey)).toMatchObject({ startedAt: 1000 });
  });

  test("of two that start at once under one key is one", async () => {
    const runKey = randomUUID();
    const results = await Promise.allSettled(
      [1, 2].map((startedAt) =>
        convex.client.mutation(internal.exportRuns.start, {
          actor: admin,
          runKey,
          startedAt,
          exportType: "full",
          filters: {},
          format: "json",
          privacy: "redacted",
        }),
      ),
    );
    expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("shows how it ended", async () => {
    const runKey = await start();
    await finish({ runKey, ...COMPLETED });
    expect(await findRun(convex.client, admin, runKey)).toEqual({
      runKey,
      outcome: "completed",
      startedAt: 1000,
      finishedAt: 2000,
      requestId: "request-1",
      fileName: "file.json",
      totalRecords: 2,
      bytes: 345,
      digest: "ab".repeat(32),
    });
  });

  test.each<Omit<Finish, "runKey">>([
    { ...COMPLETED, finishedAt: 9999 },
    { outcome: "failed", finishedAt: 9999, errorCode: "convex_failed" },
    { outcome: "cancelled", finishedAt: 9999 },
  ])("that has ended never changes: %j", async (later) => {
    const runKey = await start();
    await finish({ runKey, outcome: "failed", finishedAt: 2000, errorCode: "incomplete" });
    const before = await findRun(convex.client, admin, runKey);
    await finish({ runKey, ...later });
    expect(await findRun(convex.client, admin, runKey)).toEqual(before);
    expect(before).toMatchObject({ outcome: "failed", errorCode: "incomplete", finishedAt: 2000 });
  });

  test("can end after the session of its actor has", async () => {
    const actor = await convex.signIn("system_admin");
    const runKey = await start(actor);
    if (actor.kind === "session") {
      await convex.client.mutation(internal.sessions.remove, { tokenHash: actor.tokenHash });
    }
    await finish({ runKey, outcome: "failed", finishedAt: 2000, errorCode: "unauthenticated" });
    expect(await findRun(convex.client, admin, runKey)).toMatchObject({
      errorCode: "unauthenticated",
    });
  });

  test("that was never started cannot end, and is shown as none", async () => {
    const runKey = randomUUID();
    await expect(finish({ runKey, outcome: "cancelled", finishedAt: 1 })).rejects.toMatchObject({
      code: "convex_failed",
    });
    expect(await findRun(convex.client, admin, runKey)).toBeNull();
  });

  test("cannot end as running, or in no way", async () => {
    const runKey = await start();
    for (const outcome of ["running", "", "done"]) {
      const end = { runKey, finishedAt: 1, outcome } as unknown as Finish;
      await expect(finish(end)).rejects.toMatchObject({ code: "convex_failed" });
    }
  });
});

describe("the recorder", () => {
  test("keeps the run of an export from start to end", async () => {
    const runKey = randomUUID();
    const recorder = createRunRecorder(convex.client, admin, {
      runKey,
      userAgent: "x".repeat(10_000),
    });
    const { file, settle } = await convex.export(admin, { recorder });
    expect(await findRun(convex.client, admin, runKey)).toMatchObject({ outcome: "running" });
    await settle(true);
    expect(await findRun(convex.client, admin, runKey)).toMatchObject({
      outcome: "completed",
      fileName: file.name,
      bytes: file.bytes,
      digest: file.digest.toString("hex"),
      totalRecords: file.metadata.totalRecords,
    });
  });

  test("says that the file did not arrive", async () => {
    const runKey = randomUUID();
    const recorder = createRunRecorder(convex.client, admin, { runKey });
    const { settle } = await convex.export(admin, { recorder });
    await settle(false);
    expect(await findRun(convex.client, admin, runKey)).toMatchObject({ outcome: "cancelled" });
  });

  test("says with which code an export failed", async () => {
    const runKey = randomUUID();
    const recorder = createRunRecorder(convex.client, admin, { runKey });
    const bounds = {
      page: { maximumBytes: 1_000_000, maximumDocuments: 1000 },
      concurrency: 1,
      memoryBytes: 1,
    };
    const failing = convex.export(admin, { recorder, bounds });
    await expect(failing).rejects.toMatchObject({ code: "too_large" });
    expect(await findRun(convex.client, admin, runKey)).toMatchObject({
      outcome: "failed",
      errorCode: "too_large",
    });
  });

  test("lets nobody export whose row cannot be written", async () => {
    const actor = await convex.signIn("team_lead");
    const calls: string[] = [];
    const source = convex.source(actor);
    const watched = {
      ...source,
      pinTimestamp: (signal?: AbortSignal) => {
        calls.push("pinTimestamp");
        return source.pinTimestamp(signal);
      },
    };
    await expect(convex.export(actor, { source: watched })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(calls).toEqual([]);
  });
});
