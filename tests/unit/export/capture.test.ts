import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import type { TableLines } from "~/export/source";
import { Spool } from "~/export/spool";
import { captured, failure, idsOf } from "../../support/capture";
import { MEBIBYTE } from "../../support/export-runs";
import {
  makeDocuments,
  MemorySource,
  type MemorySourceOptions,
  type StoredDocument,
} from "../../support/memory-source";

const SMALL_PAGES = { maximumBytes: MEBIBYTE, maximumDocuments: 3 };

/** Changes the documents of one table, as the engine sees them. */
function altering(
  changed: string,
  change: (documents: StoredDocument[]) => StoredDocument[],
): MemorySourceOptions {
  return {
    alterDocuments: (table, documents) => (table === changed ? change(documents) : documents),
  };
}

/** Changes the last table of each page, as the engine sees it. */
function alteringLast(change: (table: TableLines) => TableLines): MemorySourceOptions {
  return {
    alterPage: (page) => ({
      ...page,
      tables: page.tables.map((table, index) =>
        index === page.tables.length - 1 ? change(table) : table,
      ),
    }),
  };
}

describe("what is captured", () => {
  test("is everything, in one page where it fits", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 5), b: [], c: makeDocuments("c", 4) });
    const { capture, ids } = await captured(source);
    expect(ids).toEqual(idsOf(source));
    expect(Object.entries(capture.recordCounts)).toEqual([
      ["a", 5],
      ["b", 0],
      ["c", 4],
    ]);
    expect(source.requests).toHaveLength(1);
  });

  test("is everything where tables are split over pages that come in any order", async () => {
    let turn = 0;
    const source = new MemorySource(
      { a: makeDocuments("a", 10), b: makeDocuments("b", 1), c: makeDocuments("c", 8), d: [] },
      {
        beforePage: async () => {
          turn += 7;
          for (let i = 0; i < turn % 5; i++) await setImmediate();
        },
      },
    );
    const { ids } = await captured(source, { page: SMALL_PAGES });
    expect(ids).toEqual(idsOf(source));
    expect(source.requests.length).toBeGreaterThanOrEqual(7);
    for (const request of source.requests) expect(request).toMatchObject(SMALL_PAGES);
  });

  test("is everything where the plan was wrong about what fits a page", async () => {
    const tables = {
      a: makeDocuments("a", 20, (index) => ({ text: index < 1 ? "" : "x".repeat(5000) })),
      b: makeDocuments("b", 20, (index) => ({ text: index < 1 ? "" : "x".repeat(5000) })),
    };
    const source = new MemorySource(tables, { sampled: 1 });
    const page = { maximumBytes: 20_000, maximumDocuments: 1000 };
    const { ids } = await captured(source, { page });
    expect(ids).toEqual(idsOf(source));
    expect(source.requests[0]?.tables).toEqual(["a", "b"]);
    expect(source.requests.some(({ tables: [first] }) => first === "b")).toBe(true);
  });

  test("adds the redactions and withheld fields of all pages up", async () => {
    const source = new MemorySource(
      { a: makeDocuments("a", 6) },
      {
        alterPage: (page) => ({ ...page, redactions: { "a.token": 2 }, withheld: { "a.new": 3 } }),
      },
    );
    const { capture } = await captured(source, { page: SMALL_PAGES });
    expect(source.requests).toHaveLength(2);
    expect(capture).toMatchObject({ redactions: { "a.token": 4 }, withheld: { "a.new": 6 } });
  });

  test("may share creation times, as after an import", async () => {
    const documents = makeDocuments("a", 9).map((document) => ({ ...document, _creationTime: 1 }));
    const source = new MemorySource({ a: documents });
    const { ids } = await captured(source, { page: SMALL_PAGES });
    expect(ids).toEqual(idsOf(source));
  });

  test("is asked for with one fingerprint key", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 9), b: makeDocuments("b", 9) });
    await captured(source, {
      page: SMALL_PAGES,
      fingerprintKey: "only this one",
    });
    expect(new Set(source.requests.map((request) => request.fingerprintKey))).toEqual(
      new Set(["only this one"]),
    );
  });
});

describe("a capture that does not add up is refused", () => {
  const tables = () => ({ a: makeDocuments("a", 8), b: makeDocuments("b", 2) });

  test.each<[string, MemorySourceOptions, RegExp]>([
    [
      "a missing document",
      altering("b", (documents) => documents.slice(1)),
      /b: planned 2, captured 1/,
    ],
    ["a missing last document", altering("b", (d) => d.slice(0, 1)), /b: planned 2, captured 1/],
    [
      "a missing table",
      { alterPage: (page) => ({ ...page, tables: page.tables.slice(1) }) },
      /a: planned 8, captured 0/,
    ],
    [
      "a document too many",
      altering("b", (documents) => [...documents, { _creationTime: 1.8e12, _id: "b9" }]),
      /b: planned 2, captured 3/,
    ],
    [
      "the same document twice in a row",
      altering("b", (documents) => [...documents.slice(0, 1), ...documents.slice(0, 1)]),
      /b: a document came twice/,
    ],
    [
      "a document that comes again among others of its creation time",
      altering("a", (documents) => {
        const tied = documents.map((document) => ({ ...document, _creationTime: 5 }));
        return [...tied.slice(0, 7), ...tied.slice(0, 1)];
      }),
      /a: a document came twice/,
    ],
    [
      "documents out of order",
      altering("b", (documents) => documents.toReversed()),
      /b: documents out of order/,
    ],
    [
      "a table that was not asked for",
      alteringLast((table) => ({ ...table, name: "secrets" })),
      /secrets, not asked for/,
    ],
    [
      "a continuation in a table that was not asked for",
      { alterPage: (page) => ({ ...page, next: { table: "secrets", cursor: null } }) },
      /secrets, not asked for/,
    ],
    [
      "a table named as objects inherit it",
      { alterPage: (page) => ({ ...page, next: { table: "constructor", cursor: null } }) },
      /constructor, not asked for/,
    ],
    [
      "fewer lines than the page says",
      alteringLast((table) => ({ ...table, records: table.records + 1 })),
      /b: a page said 3, and held 2/,
    ],
    [
      "lines that the page does not mention",
      alteringLast((table) => ({ ...table, records: 0 })),
      /b: a page said 0, and held 2/,
    ],
    [
      "a line that is no document",
      alteringLast((table) => ({ ...table, lines: "null,\nnull" })),
      /b: a line does not begin as a document/,
    ],
    [
      "a document without an id",
      alteringLast((table) => ({ ...table, lines: table.lines.replaceAll("_id", "id") })),
      /b: a line does not begin as a document/,
    ],
  ])("%s", async (_name, options, detail) => {
    const error = await failure(new MemorySource(tables(), options));
    expect(error).toBeInstanceOf(ExportError);
    expect(error).toMatchObject({ code: "incomplete" });
    expect((error as ExportError).detail).toMatch(detail);
  });

  test("a page that repeats the page before it", async () => {
    const source = new MemorySource(
      { a: makeDocuments("a", 8) },
      {
        alterDocuments: () => makeDocuments("a", 3),
      },
    );
    const error = await failure(source, { page: SMALL_PAGES });
    expect(error).toMatchObject({ code: "incomplete", detail: "a: documents out of order" });
    expect(source.requests).toHaveLength(2);
  });

  test.each([null, "3"])("a page at %j that points at itself", async (cursor) => {
    const source = new MemorySource(
      { a: makeDocuments("a", 8) },
      {
        alterPage: (page, request) =>
          request.cursor === cursor ? { ...page, next: { table: "a", cursor } } : page,
      },
    );
    const error = await failure(source, { page: SMALL_PAGES });
    expect(error).toMatchObject({ code: "incomplete", detail: "a: the page did not get further" });
  });
});

describe("a capture that fails", () => {
  test("throws what the source threw, stops the other reads and starts no more", async () => {
    const broken = new ExportError("convex_failed", "broken");
    const aborted: unknown[] = [];
    const tables = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`t${index}`, makeDocuments(`t${index}_`, 3)]),
    );
    const source = new MemorySource(tables, {
      beforePage: async (request, signal) => {
        if (request.tables[0] === "t1") throw broken;
        await new Promise<void>((resolve) => {
          signal?.addEventListener("abort", () => {
            aborted.push(signal.reason);
            resolve();
          });
        });
      },
    });
    const error = await failure(source, { page: SMALL_PAGES, concurrency: 3 });
    expect(error).toBe(broken);
    await setImmediate();
    expect(aborted).toEqual([broken, broken]);
    expect(source.requests.map(({ tables: [first] }) => first)).toEqual(["t0", "t1", "t2"]);
  });

  test("for a signal that is aborted before, reads nothing", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 3) });
    const reason = new Error("gone");
    expect(await failure(source, { signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(source.requests).toEqual([]);
  });

  test("for a signal that is aborted between pages, reads no further page", async () => {
    const controller = new AbortController();
    const reason = new Error("gone");
    const source = new MemorySource(
      { a: makeDocuments("a", 30) },
      {
        beforePage: (request) => {
          if (request.cursor === "3") controller.abort(reason);
        },
      },
    );
    const error = await failure(source, { page: SMALL_PAGES, signal: controller.signal });
    expect(error).toBe(reason);
    expect(source.requests).toHaveLength(2);
  });

  test("past the spool's bound says that the export is too large", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 100) });
    const error = await captured(source, {}, new Spool(1000)).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "too_large" });
  });
});
