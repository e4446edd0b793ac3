import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { prepareExport } from "~/export/run";
import { makeCapacity, MEBIBYTE, MemoryRecorder, readContent } from "../../support/export-runs";
import { failureOf, FULL, makeJob, untilFree } from "../../support/jobs";
import { lineBytes, makeDocuments, type Tables } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const TABLES = { a: makeDocuments("a", 40), b: makeDocuments("b", 12) };
const PAGE = { maximumBytes: MEBIBYTE, maximumDocuments: 8 };

/** A source whose first timestamps are dropped after so many pages each; the next one lasts. */
function expiring(pages: readonly number[], tables: Tables = TABLES): MemorySource {
  const served = new Map<string, number>();
  const source: MemorySource = new MemorySource(tables, {
    beforePage: (_request, _signal, timestamp) => {
      const count = (served.get(timestamp) ?? 0) + 1;
      served.set(timestamp, count);
      if (count > (pages[source.pinned.indexOf(timestamp)] ?? Infinity)) {
        throw new ExportError("snapshot_expired", "page");
      }
    },
  });
  return source;
}

describe("a snapshot that expires during the capture", () => {
  test.each([0, 1, 4])("after %i pages starts over at a new timestamp", async (pages) => {
    const capacity = makeCapacity({ queries: 3 });
    const recorder = new MemoryRecorder();
    const source = expiring([pages]);
    const prepared = await prepareExport(makeJob(source, recorder, { capacity, page: PAGE }));
    const { data, metadata } = await readContent(prepared.file);
    expect(data).toEqual(TABLES);
    expect(metadata).toMatchObject({
      consistency: "snapshot",
      snapshotTimestamp: "2026-01-31T04:05:07.123Z",
    });
    expect(source.pinned).toHaveLength(2);
    expect(source.calls.filter((call) => call === "authorize")).toHaveLength(1);
    expect(recorder.started).toHaveLength(1);
    await prepared.settle("completed");
    expect(recorder.finished).toMatchObject([{ outcome: "completed" }]);
    await untilFree(capacity);
  });

  test("twice says that the database changes too fast, and nothing is kept", async () => {
    const capacity = makeCapacity({ queries: 3, memoryBytes: 0 });
    const recorder = new MemoryRecorder();
    const source = expiring([3, 3]);
    const error = await failureOf(
      prepareExport(makeJob(source, recorder, { capacity, page: PAGE })),
    );
    expect(error.code).toBe("snapshot_expired");
    expect(error.message).toContain("consistency=rolling");
    expect(source.pinned).toHaveLength(2);
    expect(recorder.finished).toMatchObject([{ outcome: "failed", errorCode: "snapshot_expired" }]);
    await untilFree(capacity);
  });

  test("may take all of the room on disk again", async () => {
    const text = "x".repeat(20_000);
    const tables = { a: makeDocuments("a", 40, () => ({ text })) };
    const bytes = tables.a.reduce((sum, document) => sum + lineBytes(document), 0);
    const capacity = makeCapacity({ memoryBytes: 0, diskBytes: 1.2 * bytes });
    const source = expiring([4], tables);
    const job = makeJob(source, new MemoryRecorder(), { capacity, page: PAGE });
    const prepared = await prepareExport(job);
    expect(source.pinned).toHaveLength(2);
    expect((await readContent(prepared.file)).data).toEqual(tables);
    await prepared.settle("completed");
    await untilFree(capacity);
  });

  test("is read again by the plan of its new timestamp, which may hold more", async () => {
    const tables: Tables = { a: makeDocuments("a", 30) };
    const source = expiring([2], tables);
    const begin = source.begin.bind(source);
    source.begin = (...args) => {
      if (source.pinned.length === 2) tables["a"] = makeDocuments("a", 33);
      return begin(...args);
    };
    const { file } = await prepareExport(makeJob(source, new MemoryRecorder(), { page: PAGE }));
    expect(file.metadata.recordCounts).toEqual({ a: 33 });
    expect((await readContent(file)).data).toEqual({ a: makeDocuments("a", 33) });
  });

  test("is read again in pages of the size that was found to fit", async () => {
    const firstSizes: number[] = [];
    const source: MemorySource = new MemorySource(TABLES, {
      beforePage: ({ maximumBytes }) => {
        if (source.pinned.length === 2) firstSizes.push(maximumBytes);
        if (maximumBytes > MEBIBYTE / 4) throw new ExportError("page_too_large", "page");
        if (source.pinned.length === 1) throw new ExportError("snapshot_expired", "page");
      },
    });
    const { file } = await prepareExport(makeJob(source, new MemoryRecorder(), { page: PAGE }));
    expect((await readContent(file)).data).toEqual(TABLES);
    expect(firstSizes[0]).toBe(MEBIBYTE / 4);
  });

  test("when its client has gone is cancelled and not started over", async () => {
    const controller = new AbortController();
    const source: MemorySource = new MemorySource(TABLES, {
      beforePage: () => {
        controller.abort();
        throw new ExportError("snapshot_expired", "page");
      },
    });
    const job = makeJob(source, new MemoryRecorder(), { signal: controller.signal });
    expect((await failureOf(prepareExport(job))).code).toBe("cancelled");
    expect(source.calls.filter((call) => call === "begin")).toHaveLength(1);
  });

  test("also while the plan is made", async () => {
    const source = new MemorySource(TABLES);
    const begin = source.begin.bind(source);
    source.begin = (...args) =>
      source.pinned.length === 1
        ? Promise.reject(new ExportError("snapshot_expired", "begin"))
        : begin(...args);
    const { file } = await prepareExport(makeJob(source, new MemoryRecorder()));
    expect((await readContent(file)).data).toEqual(TABLES);
    expect(source.pinned).toHaveLength(2);
  });
});

describe("a rolling export", () => {
  const request = { ...FULL, consistency: "rolling" } as const;

  test("is made where no snapshot lasts long enough, and says so", async () => {
    const source = expiring([2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    const recorder = new MemoryRecorder();
    const job = makeJob(source, recorder, { request, page: PAGE });
    const { file } = await prepareExport(job);
    const { data, metadata } = await readContent(file);
    expect(data).toEqual(TABLES);
    expect(metadata.consistency).toBe("rolling");
    expect(metadata.readUntil).not.toBe(metadata.snapshotTimestamp);
    expect(recorder.started).toMatchObject([{ request }]);
    expect(source.calls.filter((call) => call === "begin")).toHaveLength(1);
  });

  test("with a single query at hand pins again without waiting for another", async () => {
    const capacity = makeCapacity({ queries: 1 });
    const job = makeJob(expiring([1, 1, 1]), new MemoryRecorder(), { request, capacity });
    const { file } = await prepareExport(job);
    expect((await readContent(file)).data).toEqual(TABLES);
  });

  test("of which no timestamp lasts for even one page ends as expired", async () => {
    const source = new MemorySource(TABLES, {
      beforePage: () => {
        throw new ExportError("snapshot_expired", "page");
      },
    });
    const job = makeJob(source, new MemoryRecorder(), { request });
    expect((await failureOf(prepareExport(job))).code).toBe("snapshot_expired");
  });
});

test("an export never falls back to rolling by itself", async () => {
  const source = expiring([1, 1, 1]);
  const error = await failureOf(prepareExport(makeJob(source, new MemoryRecorder())));
  expect(error.code).toBe("snapshot_expired");
});
