import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { prepareExport, type ExportJob } from "~/export/run";
import { MemoryRecorder, MEBIBYTE, readContent } from "../../support/export-runs";
import { makeDocuments, MemorySource, type MemorySourceOptions } from "../../support/memory-source";

const NOW = new Date("2026-01-31T04:05:06.789Z");
const TABLES = { a: makeDocuments("a", 4), b: makeDocuments("b", 2) };

function job(
  source: MemorySource,
  recorder: MemoryRecorder,
  changes: Partial<ExportJob> = {},
): ExportJob {
  return {
    source,
    recorder,
    request: { format: "json", privacy: "redacted" },
    bounds: {
      page: { maximumBytes: MEBIBYTE, maximumDocuments: 2 },
      concurrency: 4,
      memoryBytes: MEBIBYTE,
    },
    signal: new AbortController().signal,
    now: () => NOW,
    ...changes,
  };
}

async function failureOf(promise: Promise<unknown>): Promise<ExportError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ExportError) return error;
  throw new Error("expected an ExportError", { cause: error });
}

describe("an export that succeeds", () => {
  test("is audited before anything is read, and the actor is checked again at the end", async () => {
    const source = new MemorySource(TABLES);
    const recorder = new MemoryRecorder({}, source.calls);
    const { file, settle } = await prepareExport(job(source, recorder));
    expect(source.calls.slice(0, 3)).toEqual(["start", "pinTimestamp", "summarize"]);
    expect(source.calls.at(-1)).toBe("authorize");
    expect(recorder.started).toEqual([
      { startedAt: NOW, exportType: "full", request: { format: "json", privacy: "redacted" } },
    ]);
    expect(recorder.finished).toEqual([]);
    expect((await readContent(file)).data).toEqual(TABLES);
    await settle(true);
    expect(recorder.finished).toEqual([{ outcome: "completed", file, finishedAt: NOW }]);
  });

  test("is recorded as cancelled where the file did not arrive", async () => {
    const recorder = new MemoryRecorder();
    const { settle } = await prepareExport(job(new MemorySource(TABLES), recorder));
    await settle(false);
    expect(recorder.finished).toMatchObject([{ outcome: "cancelled" }]);
  });

  test("frees its file also where the audit trail cannot be written any more", async () => {
    const recorder = new MemoryRecorder({
      finish: () => {
        throw new ExportError("convex_unreachable", "finish");
      },
    });
    const { file, settle } = await prepareExport(job(new MemorySource(TABLES), recorder));
    await expect(settle(true)).rejects.toMatchObject({ code: "convex_unreachable" });
    await expect(file.content().next()).rejects.toMatchObject({ code: "internal" });
  });

  test("of a part of the tables is recorded as segmented", async () => {
    const recorder = new MemoryRecorder();
    const request = { format: "json", privacy: "redacted", tables: ["b"] } as const;
    const { file } = await prepareExport(
      job(new MemorySource(TABLES), recorder, { request: { ...request, tables: ["b"] } }),
    );
    expect(recorder.started).toMatchObject([{ exportType: "segmented", request }]);
    expect(file.metadata).toMatchObject({ exportType: "segmented", recordCounts: { b: 2 } });
  });

  test("uses one fingerprint key for all pages, and a new long one for each run", async () => {
    const keys = await Promise.all(
      [1, 2, 3].map(async () => {
        const source = new MemorySource(TABLES);
        await prepareExport(job(source, new MemoryRecorder()));
        expect(source.requests.length).toBeGreaterThan(1);
        return [...new Set(source.requests.map((request) => request.fingerprintKey))];
      }),
    );
    expect(keys.map((list) => list.length)).toEqual([1, 1, 1]);
    expect(new Set(keys.flat()).size).toBe(3);
    for (const key of keys.flat()) expect(Buffer.from(key, "base64url")).toHaveLength(32);
  });

  test("takes the fingerprint key that it is given", async () => {
    const source = new MemorySource(TABLES);
    await prepareExport(job(source, new MemoryRecorder(), { fingerprintKey: "given" }));
    expect(new Set(source.requests.map((r) => r.fingerprintKey))).toEqual(new Set(["given"]));
  });
});

describe("an export that fails", () => {
  test("before its audit row is written, has read nothing", async () => {
    const refusal = new ExportError("run_exists", "start");
    const recorder = new MemoryRecorder({
      start: () => {
        throw refusal;
      },
    });
    const source = new MemorySource(TABLES);
    expect(await failureOf(prepareExport(job(source, recorder)))).toBe(refusal);
    expect(source.calls).toEqual([]);
    expect(recorder.finished).toEqual([]);
  });

  test.each<[string, MemorySourceOptions, string]>([
    [
      "while it reads",
      {
        beforePage: () => {
          throw new ExportError("convex_failed", "page");
        },
      },
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
      {
        beforePage: () => {
          throw new TypeError("bug");
        },
      },
      "internal",
    ],
  ])("%s is recorded with its code, and there is no file", async (_name, options, code) => {
    const recorder = new MemoryRecorder();
    const error = await failureOf(prepareExport(job(new MemorySource(TABLES, options), recorder)));
    expect(error.code).toBe(code);
    expect(recorder.finished).toEqual([{ outcome: "failed", errorCode: code, finishedAt: NOW }]);
  });

  test("for a table that the database lacks is recorded too", async () => {
    const recorder = new MemoryRecorder();
    const request = { format: "json", privacy: "redacted", tables: ["nope"] } as const;
    const error = await failureOf(
      prepareExport(
        job(new MemorySource(TABLES), recorder, { request: { ...request, tables: ["nope"] } }),
      ),
    );
    expect(error.code).toBe("unknown_table");
    expect(recorder.finished).toMatchObject([{ outcome: "failed", errorCode: "unknown_table" }]);
  });

  test("past the memory bound is recorded as too large", async () => {
    const recorder = new MemoryRecorder();
    const bounds = { ...job(new MemorySource({}), recorder).bounds, memoryBytes: 10 };
    const failing = prepareExport(job(new MemorySource(TABLES), recorder, { bounds }));
    expect((await failureOf(failing)).code).toBe("too_large");
    expect(recorder.finished).toMatchObject([{ errorCode: "too_large" }]);
  });

  test("because the client went away is cancelled, whatever the source threw", async () => {
    const controller = new AbortController();
    const recorder = new MemoryRecorder();
    const source = new MemorySource(TABLES, {
      beforePage: () => {
        controller.abort();
        throw new ExportError("convex_failed", "page");
      },
    });
    const failing = prepareExport(job(source, recorder, { signal: controller.signal }));
    expect((await failureOf(failing)).code).toBe("cancelled");
    expect(recorder.finished).toMatchObject([{ outcome: "cancelled" }]);
  });

  test("and cannot be audited, reports its own error and keeps the other beside it", async () => {
    const auditError = new Error("audit");
    const recorder = new MemoryRecorder({
      finish: () => {
        throw auditError;
      },
    });
    const first = new Error("first");
    const source = new MemorySource(TABLES, {
      beforePage: () => {
        throw new ExportError("convex_overloaded", "page", { cause: first });
      },
    });
    const error = await failureOf(prepareExport(job(source, recorder)));
    expect(error.code).toBe("convex_overloaded");
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect((error.cause as AggregateError).errors).toEqual([first, auditError]);
  });
});
