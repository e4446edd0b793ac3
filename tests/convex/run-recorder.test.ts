import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRunRecorder, findRun, findRunsByDigest, type RunOrigin } from "~/convex/runs";
import { exportErrorMessage } from "~/export/errors";
import type { RunProgress, RunStart } from "~/export/run";
import { COMMAND_LINE, HOUR_MS, TestConvex } from "../support/convex";
import { passOn, readAll, sendAnswer } from "../support/convex-exchange";
import { listen, type ListeningServer } from "../support/http-server";
import { TestExport } from "../support/prepared-export";
import { AuditRows } from "./audit-rows";

let rows: AuditRows;
/** The same database, behind a proxy that loses as many answers as `losses` says. */
let lossy: TestConvex;
let proxy: ListeningServer;
let losses = 0;

beforeAll(async () => {
  rows = await AuditRows.open();
  const target = new URL(rows.convex.url);
  const exchange = async (req: IncomingMessage, res: ServerResponse) => {
    const answer = await passOn(target, req, await readAll(req));
    if (losses === 0) return sendAnswer(res, answer);
    losses -= 1;
    res.destroy();
  };
  proxy = await listen((req, res) => void exchange(req, res).catch(() => res.destroy()));
  lossy = rows.convex.at(proxy.url);
});

afterAll(async () => {
  await proxy.close();
  await rows.convex.close();
});

const recorder = (origin: RunOrigin, convex = rows.convex) =>
  createRunRecorder(convex.client, COMMAND_LINE, origin);

const runStart = (run: Partial<RunStart> = {}): RunStart => ({
  startedAt: new Date(1000),
  aliveUntil: new Date(Date.now() + HOUR_MS),
  exportType: "full",
  request: { format: "json", privacy: "redacted", consistency: "snapshot" },
  ...run,
});

const progress: RunProgress = {
  phase: "capturing",
  aliveUntil: new Date(Date.now() + HOUR_MS),
  totalRecords: 10,
  tableRecords: { users: 10 },
  estimatedBytes: 5000,
  recordCounts: { users: 1 },
  capturedBytes: 2000,
};

const { file } = new TestExport(Buffer.from("{}"));
const FILE_FIELDS = {
  file_name: file.name,
  bytes: 2,
  digest: file.digest.toString("hex"),
  total_records: 0,
  record_counts: {},
  snapshot_at: Date.parse(file.metadata.snapshotTimestamp),
};

describe("the recorder", () => {
  test("writes what was asked for, by whom and from where", async () => {
    const origin = {
      runKey: randomUUID(),
      requestId: "request-1",
      address: "192.0.2.7",
      userAgent: "x".repeat(10_000),
    };
    await recorder(origin).start({
      startedAt: new Date(1000),
      aliveUntil: new Date(9e12),
      exportType: "segmented",
      request: {
        format: "json",
        privacy: "redacted",
        consistency: "rolling",
        tables: ["users"],
        reason: "Audit 2026",
      },
    });
    const [row] = await rows.of(origin.runKey);
    expect(row).toMatchObject({
      request_id: "request-1",
      address: "192.0.2.7",
      user_agent: "x".repeat(256),
      export_type: "segmented",
      filters: { tables: ["users"] },
      reason: "Audit 2026",
      format: "json",
      privacy: "redacted",
      consistency: "rolling",
      started_at: 1000,
      alive_until: 9e12,
      outcome: "running",
    });
  });

  test("writes each report over the one before", async () => {
    const runKey = randomUUID();
    const { start, progress: report } = recorder({ runKey });
    await start(runStart());
    await report(progress);
    await report({ ...progress, phase: "sending", sentBytes: 1, fileBytes: 2 });
    const run = await findRun(rows.convex.client, COMMAND_LINE, runKey);
    expect(run).toMatchObject({
      aliveUntil: progress.aliveUntil.getTime(),
      progress: { phase: "sending", capturedBytes: 2000, sentBytes: 1, fileBytes: 2 },
    });
  });

  test("writes the file with how far its delivery is, and keeps it where that is all there is", async () => {
    const runKey = randomUUID();
    const { start, progress: report } = recorder({ runKey });
    const silentUntil = new Date(5000);
    await start(runStart({ aliveUntil: silentUntil }));
    await report({ ...progress, phase: "sending", aliveUntil: silentUntil, file });
    expect(await rows.of(runKey)).toMatchObject([{ outcome: "running", ...FILE_FIELDS }]);
    await rows.start();
    expect(await rows.of(runKey)).toMatchObject([{ outcome: "interrupted", ...FILE_FIELDS }]);
    const { client } = rows.convex;
    const found = await findRunsByDigest(client, COMMAND_LINE, FILE_FIELDS.digest);
    expect(found).toMatchObject([{ runKey, outcome: "interrupted", fileName: file.name }]);
  });

  test.each([
    ["completed", { outcome: "completed", file }, FILE_FIELDS],
    ["cancelled during delivery", { outcome: "cancelled", file }, FILE_FIELDS],
    [
      "failed during delivery",
      { outcome: "failed", errorCode: "internal", file },
      { ...FILE_FIELDS, error_code: "internal" },
    ],
    [
      "failed before there was a file",
      { outcome: "failed", errorCode: "too_large" },
      { error_code: "too_large" },
    ],
    ["cancelled before there was a file", { outcome: "cancelled" }, {}],
  ] as const)("writes of a run that it was %s", async (_name, end, fields) => {
    const runKey = randomUUID();
    const { start, finish } = recorder({ runKey });
    await start(runStart());
    const [running] = await rows.of(runKey);
    await finish({ ...end, finishedAt: new Date(2000) });
    expect(await rows.of(runKey)).toEqual([
      { ...running, outcome: end.outcome, finished_at: 2000, ...fields },
    ]);
  });

  test("starts, reports and ends once, though the answer to each gets lost", async () => {
    const runKey = randomUUID();
    const run = recorder({ runKey }, lossy);
    const steps: [() => Promise<void>, object][] = [
      [() => run.start(runStart()), { outcome: "running" }],
      [() => run.progress(progress), { progress: { captured_bytes: 2000 } }],
      [
        () => run.finish({ outcome: "completed", file, finishedAt: new Date(2000) }),
        { outcome: "completed", finished_at: 2000 },
      ],
    ];
    for (const [step, row] of steps) {
      losses = 1;
      await step();
      expect(losses).toBe(0);
      expect(await rows.of(runKey)).toMatchObject([row]);
    }
  });

  test("does not take another export's run key for its own start", async () => {
    const runKey = randomUUID();
    await recorder({ runKey }).start(runStart());
    losses = 1;
    const other = recorder({ runKey }, lossy).start(runStart({ startedAt: new Date(3000) }));
    await expect(other).rejects.toMatchObject({
      code: "run_exists",
      message: exportErrorMessage("run_exists"),
    });
    expect(await rows.of(runKey)).toMatchObject([{ started_at: 1000 }]);
  });

  test("rejects a report that cannot be written", async () => {
    const unknown = recorder({ runKey: randomUUID() });
    await expect(unknown.progress(progress)).rejects.toMatchObject({ code: "convex_failed" });
  });
});

describe("an export", () => {
  test("keeps its run from start to end", async () => {
    const convex = await TestConvex.start({ empty: true });
    const runKey = randomUUID();
    const admin = await convex.signIn("system_admin");
    const prepared = await convex.export(admin, {
      recorder: createRunRecorder(convex.client, admin, { runKey }),
    });
    const look = () => findRun(convex.client, admin, runKey);
    expect(await look()).toMatchObject({ outcome: "running" });
    await prepared.settle("completed");
    expect(await look()).toMatchObject({
      outcome: "completed",
      fileName: prepared.file.name,
      bytes: prepared.file.bytes,
      digest: prepared.file.digest.toString("hex"),
      totalRecords: prepared.file.metadata.totalRecords,
    });
    await convex.close();
  });

  test("whose row cannot be written does not run", async () => {
    const convex = await TestConvex.start({ empty: true });
    const actor = await convex.signIn("team_lead");
    const source = convex.source(actor);
    let pins = 0;
    const watched = {
      ...source,
      pinTimestamp: (signal?: AbortSignal) => {
        pins += 1;
        return source.pinTimestamp(signal);
      },
    };
    const refused = convex.export(actor, { source: watched });
    await expect(refused).rejects.toMatchObject({ code: "forbidden" });
    expect(pins).toBe(0);
    await convex.close();
  });
});
