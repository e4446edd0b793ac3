import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ExportError } from "~/export/errors";
import { prepareExport } from "~/export/run";
import { makeCapacity, MemoryRecorder } from "../../support/export-runs";
import { Gate, until } from "../../support/gate";
import { failureOf, FULL, makeJob, NOW, untilFree } from "../../support/jobs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource, type MemorySourceOptions } from "../../support/memory-source";

const TABLES = { a: makeDocuments("a", 4), b: makeDocuments("b", 2) };

function throwing(error: Error): () => never {
  return () => {
    throw error;
  };
}

/** Waits for the signal and fails with its reason, as the Convex client does. */
function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

describe("an export that fails", () => {
  test("before its audit row is written, has read nothing", async () => {
    const refusal = new ExportError("run_exists", "start");
    const recorder = new MemoryRecorder({ start: throwing(refusal) });
    const source = new MemorySource(TABLES);
    expect(await failureOf(prepareExport(makeJob(source, recorder)))).toBe(refusal);
    expect(source.calls).toEqual([]);
    expect(recorder.finished).toEqual([]);
  });

  test("before its audit row is written, for a reason that nobody foresaw, is internal", async () => {
    const bug = new TypeError("bug");
    const recorder = new MemoryRecorder({ start: throwing(bug) });
    const error = await failureOf(prepareExport(makeJob(new MemorySource(TABLES), recorder)));
    expect(error).toMatchObject({ code: "internal", cause: bug });
  });

  test.each<[string, MemorySourceOptions, string]>([
    [
      "while it reads",
      { beforePage: throwing(new ExportError("convex_failed", "page")) },
      "convex_failed",
    ],
    ["incompletely", { alterDocuments: () => [] }, "incomplete"],
    [
      "at the last check of the actor",
      { authorize: () => Promise.reject(new ExportError("forbidden", "authorize")) },
      "forbidden",
    ],
    [
      "for a reason of the engine's own",
      { beforePage: throwing(new TypeError("bug")) },
      "internal",
    ],
  ])("%s is recorded with its code, and there is no file", async (_name, options, code) => {
    const recorder = new MemoryRecorder();
    const capacity = makeCapacity();
    const job = makeJob(new MemorySource(TABLES, options), recorder, { capacity });
    expect((await failureOf(prepareExport(job))).code).toBe(code);
    expect(recorder.finished).toEqual([{ outcome: "failed", errorCode: code, finishedAt: NOW }]);
    await untilFree(capacity);
  });

  test("for a table that the database lacks is recorded too", async () => {
    const recorder = new MemoryRecorder();
    const request = { ...FULL, tables: ["nope"] };
    const job = makeJob(new MemorySource(TABLES), recorder, { request });
    expect((await failureOf(prepareExport(job))).code).toBe("unknown_table");
    expect(recorder.finished).toMatchObject([{ outcome: "failed", errorCode: "unknown_table" }]);
  });

  test("past the bounds of the spool is recorded as too large", async () => {
    const recorder = new MemoryRecorder();
    const capacity = makeCapacity({ memoryBytes: 0, diskBytes: 300_000 });
    const text = "x".repeat(400_000);
    // Nothing was sampled, so that its plan does not tell.
    const tables = { a: makeDocuments("a", 1, () => ({ text })) };
    const source = new MemorySource(tables, { sampled: 0 });
    const job = makeJob(source, recorder, { capacity });
    expect((await failureOf(prepareExport(job))).code).toBe("too_large");
    expect(source.calls).toContain("readPage");
    expect(recorder.finished).toMatchObject([{ errorCode: "too_large" }]);
    await untilFree(capacity);
  });

  test("and cannot be audited, reports its own error and keeps the other beside it", async () => {
    const auditError = new Error("audit");
    const recorder = new MemoryRecorder({ finish: throwing(auditError) });
    const first = new Error("first");
    const overloaded = new ExportError("convex_overloaded", "page", { cause: first });
    const source = new MemorySource(TABLES, { beforePage: throwing(overloaded) });
    const error = await failureOf(prepareExport(makeJob(source, recorder)));
    expect(error.code).toBe("convex_overloaded");
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect((error.cause as AggregateError).errors).toEqual([first, auditError]);
  });
});

describe("an export that fails while its end cannot be recorded", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  /** Fails, and is told so after a while, with its record still to be written. */
  async function failUnrecorded(finish: Promise<void>) {
    const recorder = new MemoryRecorder({ finish: () => finish });
    const unrecorded: unknown[] = [];
    const failing = prepareExport(
      makeJob(new MemorySource(TABLES, { alterDocuments: () => [] }), recorder, {
        onUnrecorded: (error) => void unrecorded.push(error),
      }),
    );
    const failure = failureOf(failing);
    await until(() => recorder.isFinishing, "the attempt to record the end");
    await vi.advanceTimersByTimeAsync(3_000);
    return { failure: await failure, recorder, unrecorded };
  }

  test("tells its failure after 3 seconds, and is recorded later", async () => {
    const gate = new Gate();
    const { failure, recorder, unrecorded } = await failUnrecorded(gate.opened);
    expect(failure).toMatchObject({ code: "incomplete" });
    expect(recorder.finished).toEqual([]);
    gate.open();
    await until(() => recorder.finished.length === 1, "the record");
    expect(recorder.finished).toMatchObject([{ outcome: "failed", errorCode: "incomplete" }]);
    expect(unrecorded).toEqual([]);
  });

  test("tells its failure after 3 seconds, and later that it could not be recorded", async () => {
    const auditError = new Error("audit");
    const gate = new Gate();
    const { failure, unrecorded } = await failUnrecorded(
      gate.opened.then(() => Promise.reject(auditError)),
    );
    gate.open();
    await until(() => unrecorded.length === 1, "that it could not be recorded");
    expect(unrecorded).toEqual([auditError]);
    expect(failure.cause).toBeUndefined();
  });
});

describe("an export whose client goes away", () => {
  test("is cancelled, whatever the source threw", async () => {
    const controller = new AbortController();
    const recorder = new MemoryRecorder();
    const source = new MemorySource(TABLES, {
      beforePage: () => {
        controller.abort();
        throw new ExportError("convex_failed", "page");
      },
    });
    const failing = prepareExport(makeJob(source, recorder, { signal: controller.signal }));
    expect((await failureOf(failing)).code).toBe("cancelled");
    expect(recorder.finished).toEqual([{ outcome: "cancelled", finishedAt: NOW }]);
  });

  test.each<[string, (leave: () => void) => MemorySourceOptions]>([
    [
      "while pages are under way",
      (leave) => ({
        beforePage: async (_request, signal) => {
          setImmediate(leave);
          await untilAborted(signal);
        },
      }),
    ],
    [
      "at the last check of the actor",
      (leave) => ({
        authorize: async (signal) => {
          setImmediate(leave);
          await untilAborted(signal);
        },
      }),
    ],
  ])("%s is cancelled, and nothing is kept", async (_when, options) => {
    const controller = new AbortController();
    const recorder = new MemoryRecorder();
    const capacity = makeCapacity();
    const source = new MemorySource(
      TABLES,
      options(() => controller.abort()),
    );
    const job = makeJob(source, recorder, { signal: controller.signal, capacity });
    expect((await failureOf(prepareExport(job))).code).toBe("cancelled");
    expect(recorder.finished).toMatchObject([{ outcome: "cancelled" }]);
    await untilFree(capacity);
  });

  test("before it reads anything is cancelled after its row was written", async () => {
    const controller = new AbortController();
    const recorder = new MemoryRecorder({ start: () => controller.abort() });
    const source = new MemorySource(TABLES);
    const job = makeJob(source, recorder, { signal: controller.signal });
    expect((await failureOf(prepareExport(job))).code).toBe("cancelled");
    expect(source.calls).toEqual([]);
    expect(recorder.finished).toMatchObject([{ outcome: "cancelled" }]);
  });

  test("while it waits for others to read is cancelled at once", async () => {
    const capacity = makeCapacity({ queries: 1 });
    const first = new AbortController();
    const second = new AbortController();
    const busy = new MemorySource(TABLES, {
      beforePage: async (_request, signal) => {
        second.abort();
        await untilAborted(signal);
      },
    });
    const jobs = [
      makeJob(busy, new MemoryRecorder(), { capacity, signal: first.signal }),
      makeJob(new MemorySource(TABLES), new MemoryRecorder(), { capacity, signal: second.signal }),
    ];
    const [reading, waiting] = jobs.map((job) => failureOf(prepareExport(job)));
    expect((await waiting)?.code).toBe("cancelled");
    expect(capacity.idleQueries).toBe(0);
    first.abort();
    expect((await reading)?.code).toBe("cancelled");
    await untilFree(capacity);
  });
});

test("an export that takes longer than it may has timed out, and nothing is kept", async () => {
  const recorder = new MemoryRecorder();
  const capacity = makeCapacity();
  const source = new MemorySource(TABLES, {
    beforePage: (_request, signal) => untilAborted(signal),
  });
  const job = makeJob(source, recorder, { capacity, captureMs: 1 });
  expect((await failureOf(prepareExport(job))).code).toBe("timed_out");
  expect(recorder.finished).toEqual([
    { outcome: "failed", errorCode: "timed_out", finishedAt: NOW },
  ]);
  await untilFree(capacity);
});
