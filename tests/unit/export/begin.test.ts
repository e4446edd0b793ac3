import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import type { ExportRequest } from "~/export/filters";
import { prepareExport } from "~/export/run";
import type { FirstPageRequest, Page } from "~/export/source";
import { makeCapacity, MEBIBYTE, MemoryRecorder, readContent } from "../../support/export-runs";
import { failureOf, FULL, makeJob, untilFree } from "../../support/jobs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource, type MemorySourceOptions } from "../../support/memory-source";

const TABLES = {
  a: makeDocuments("a", 2),
  b: makeDocuments("b", 20, (index) => ({ text: "é".repeat(index) })),
  c: [],
};

const LARGE_PAGE = { maximumBytes: MEBIBYTE, maximumDocuments: 1000 };

/** A source that keeps which first pages it was asked for. */
function recordingSource(options: MemorySourceOptions) {
  const source = new MemorySource(TABLES, options);
  const begin = source.begin.bind(source);
  const asked: (FirstPageRequest | null)[] = [];
  source.begin = (timestamp, page, signal) => {
    asked.push(page);
    return begin(timestamp, page, signal);
  };
  return { source, asked };
}

describe("the page that comes with the plan", () => {
  test("is all that is read where it holds all tables", async () => {
    const { source, asked } = recordingSource({ firstTables: ["b", "a", "c"] });
    const job = makeJob(source, new MemoryRecorder(), { page: LARGE_PAGE, fingerprintKey: "key" });
    const { file } = await prepareExport(job);
    const { data, metadata } = await readContent(file);
    expect(data).toEqual(TABLES);
    expect(metadata.recordCounts).toEqual({ a: 2, b: 20, c: 0 });
    expect(source.calls).toEqual(["pinTimestamp", "begin", "authorize"]);
    expect(asked).toMatchObject([{ ...LARGE_PAGE, fingerprintKey: "key" }]);
  });

  test("leaves the other tables to one page more", async () => {
    const { source } = recordingSource({ firstTables: ["b"] });
    const job = makeJob(source, new MemoryRecorder(), { page: LARGE_PAGE });
    const { file } = await prepareExport(job);
    expect((await readContent(file)).data).toEqual(TABLES);
    expect(source.requests.map(({ tables }) => tables)).toEqual([["a", "c"]]);
  });

  test("is gone on from where it turned out too small", async () => {
    const { source } = recordingSource({ firstTables: ["b", "a"] });
    const page = { maximumBytes: MEBIBYTE, maximumDocuments: 7 };
    const { file } = await prepareExport(makeJob(source, new MemoryRecorder(), { page }));
    expect((await readContent(file)).data).toEqual(TABLES);
    const froms = source.requests.filter(({ tables }) => tables.includes("b"));
    expect(froms.every(({ range }) => range.from !== null)).toBe(true);
  });

  test("tells the progress that it is, with the plan", async () => {
    const { source } = recordingSource({ firstTables: ["b"] });
    const told: number[] = [];
    const onProgress = ({ records }: { records: number }) => told.push(records);
    const job = makeJob(source, new MemoryRecorder(), { page: LARGE_PAGE, onProgress });
    await prepareExport(job);
    expect(told).toEqual([20, 22]);
  });

  test.each<[string, Partial<ExportRequest>]>([
    ["pseudonymised", { privacy: "pseudonymised" }],
    ["rolling", { consistency: "rolling" }],
    ["segmented", { tables: ["a"] }],
  ])("is not asked for by a %s export", async (_kind, changes) => {
    const { source, asked } = recordingSource({ firstTables: ["b", "a", "c"] });
    const request = { ...FULL, ...changes };
    const { file } = await prepareExport(makeJob(source, new MemoryRecorder(), { request }));
    expect((await readContent(file)).data).toMatchObject({ a: TABLES.a });
    expect(asked).toEqual([null]);
  });

  test("is left out where it takes more than a function may, and nothing of it is kept", async () => {
    const plain = makeJob(new MemorySource(TABLES), new MemoryRecorder(), { page: LARGE_PAGE });
    await prepareExport(plain);
    let isFirst = true;
    const { source, asked } = recordingSource({
      firstTables: ["b", "a", "c"],
      // Told when its lines have come.
      alterPage: (page) => {
        if (!isFirst) return page;
        isFirst = false;
        throw new ExportError("page_too_large", "begin");
      },
    });
    const job = makeJob(source, new MemoryRecorder(), { page: LARGE_PAGE });
    const prepared = await prepareExport(job);
    expect(job.capacity.spools.memoryHeld).toBe(plain.capacity.spools.memoryHeld);
    expect((await readContent(prepared.file)).data).toEqual(TABLES);
    expect(asked).toMatchObject([LARGE_PAGE, null]);
    expect(source.pinned).toHaveLength(1);
    await prepared.settle("completed");
    await untilFree(job.capacity);
  });

  test("is read again with a new plan where its timestamp has expired", async () => {
    const { source, asked } = recordingSource({
      firstTables: ["b", "a", "c"],
      beforePage: () => {
        if (source.pinned.length === 1) throw new ExportError("snapshot_expired", "begin");
      },
    });
    const job = makeJob(source, new MemoryRecorder(), { page: LARGE_PAGE });
    const prepared = await prepareExport(job);
    expect((await readContent(prepared.file)).data).toEqual(TABLES);
    expect(asked).toHaveLength(2);
    await prepared.settle("completed");
    await untilFree(job.capacity);
  });

  test("may break off and come in a second attempt", async () => {
    const { source } = recordingSource({ firstTables: ["b"], failingAttempts: () => 1 });
    const job = makeJob(source, new MemoryRecorder(), { page: LARGE_PAGE });
    const prepared = await prepareExport(job);
    expect((await readContent(prepared.file)).data).toEqual(TABLES);
    await prepared.settle("completed");
    await untilFree(job.capacity);
  });
});

test.each([
  ["is not planned", ["b", "a", "c", "x"]],
  ["is named twice", ["b", "a", "b"]],
])("an export fails where a table of the page that comes with the plan %s", async (_how, asked) => {
  const source = new MemorySource(TABLES, { firstTables: ["b", "a"] });
  const begin = source.begin.bind(source);
  source.begin = async (...args) => {
    const { summary, first } = await begin(...args);
    return { summary, first: first && { ...first, asked } };
  };
  const job = makeJob(source, new MemoryRecorder(), { page: LARGE_PAGE });
  const failure = await failureOf(prepareExport(job));
  expect(failure.code).toBe("incomplete");
  expect(failure.detail).toContain("not planned");
  await untilFree(job.capacity);
});

describe("an export fails, and keeps nothing, where the page that comes with the plan", () => {
  test.each<[string, MemorySourceOptions]>([
    [
      "lacks a document",
      { alterDocuments: (table, documents) => (table === "b" ? documents.slice(1) : documents) },
    ],
    [
      "has a document twice",
      {
        alterDocuments: (table, documents) =>
          table === "b" ? [...documents.slice(0, 1), ...documents] : documents,
      },
    ],
    ["says otherwise than what it holds", { alterPage: withoutLastTable }],
    [
      "goes on in a table that it was not to hold",
      { alterPage: (page) => ({ ...page, next: { table: "x", from: null, cursor: null } }) },
    ],
    [
      "does not get further",
      { alterPage: (page) => ({ ...page, next: { table: "b", from: 0, cursor: null } }) },
    ],
  ])("%s", async (_how, options) => {
    const source = new MemorySource(TABLES, { firstTables: ["b", "a", "c"], ...options });
    const capacity = makeCapacity({ queries: 4 });
    const recorder = new MemoryRecorder();
    const job = makeJob(source, recorder, { page: LARGE_PAGE, capacity });
    expect((await failureOf(prepareExport(job))).code).toBe("incomplete");
    expect(recorder.finished).toMatchObject([{ outcome: "failed", errorCode: "incomplete" }]);
    await untilFree(capacity);
  });
});

function withoutLastTable(page: Page): Page {
  return { ...page, tables: page.tables.slice(0, -1) };
}
