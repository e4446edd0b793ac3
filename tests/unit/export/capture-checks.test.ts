import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import type { Page, PageTable } from "~/export/source";
import { failure } from "../../support/capture";
import { MEBIBYTE } from "../../support/export-runs";
import { makeDocuments, type StoredDocument } from "../../support/memory-documents";
import { MemorySource, type MemorySourceOptions } from "../../support/memory-source";

/** Changes the documents of one table, as the engine sees them. */
function altering(
  changed: string,
  change: (documents: StoredDocument[]) => StoredDocument[],
): MemorySourceOptions {
  return {
    alterDocuments: (table, documents) => (table === changed ? change(documents) : documents),
  };
}

/** Changes what each page says of its last table. */
function alteringLast(change: (table: PageTable) => PageTable): MemorySourceOptions {
  return {
    alterPage: (page) => ({
      ...page,
      tables: page.tables.map((table, index) =>
        index === page.tables.length - 1 ? change(table) : table,
      ),
    }),
  };
}

function goingOnAt(next: Page["next"]): MemorySourceOptions {
  return { alterPage: (page) => ({ ...page, next }) };
}

/** Changes the first text of a kind in the lines of one table. */
function alteringLines(changed: string, from: RegExp, to: string): MemorySourceOptions {
  return { alterLines: (table, lines) => (table === changed ? lines.replace(from, to) : lines) };
}

/** Whole tables in one page each time, so that each case meets the check that it names. */
const tables = () => ({ a: makeDocuments("a", 8), b: makeDocuments("b", 2) });

const CASES: [what: string, options: MemorySourceOptions, detail: RegExp][] = [
  ["a missing document", altering("b", (d) => d.slice(1)), /b: planned 2, captured 1/],
  ["a missing last document", altering("b", (d) => d.slice(0, 1)), /b: planned 2, captured 1/],
  ["no document at all", altering("b", () => []), /b: planned 2, captured 0/],
  [
    "a document too many",
    altering("b", (d) => [...d, { _creationTime: 1.8e12, _id: "b9" }]),
    /b: planned 2, captured 3/,
  ],
  [
    "the same document twice in a row",
    altering("b", (d) => [...d.slice(0, 1), ...d.slice(0, 1)]),
    /a document came twice/,
  ],
  [
    "a document that comes again among others of its creation time",
    altering("a", (documents) => {
      const tied = documents.map((document) => ({ ...document, _creationTime: 5 }));
      return [...tied.slice(0, 7), ...tied.slice(0, 1)];
    }),
    /a document came twice/,
  ],
  ["documents out of order", altering("b", (d) => d.toReversed()), /documents out of order/],
  [
    "a page that says less than it holds",
    { alterPage: (page) => ({ ...page, tables: page.tables.slice(1) }) },
    /other tables than it was to hold/,
  ],
  [
    "a page that says more than it holds",
    { alterPage: (page) => ({ ...page, tables: [...page.tables, ...page.tables.slice(0, 1)] }) },
    /other tables than it was to hold/,
  ],
  [
    "tables in another order",
    { alterPage: (page) => ({ ...page, tables: page.tables.toReversed() }) },
    /a: a page held another table in its place/,
  ],
  [
    "a table that was not asked for",
    alteringLast((table) => ({ ...table, name: "secrets" })),
    /b: a page held another table in its place/,
  ],
  [
    "a page that goes on before a table that it held",
    goingOnAt({ table: "b", from: null, cursor: null }),
    /other tables than it was to hold/,
  ],
  [
    "a page that goes on in a table that was not asked for",
    goingOnAt({ table: "secrets", from: null, cursor: null }),
    /goes on in a table not asked for/,
  ],
  [
    "a page that goes on in a table named as objects inherit it",
    goingOnAt({ table: "constructor", from: null, cursor: null }),
    /goes on in a table not asked for/,
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
    "fewer bytes than the page says",
    alteringLast((table) => ({ ...table, bytes: table.bytes + 1 })),
    /b: a page said/,
  ],
  [
    "a line that is no document",
    { alterLines: () => "null,\nnull" },
    /a line does not begin as a document/,
  ],
  [
    "a document without an id",
    alteringLines("b", /_id/, "id"),
    /a line does not begin as a document/,
  ],
  ["a line that is cut", alteringLines("b", /\},\n/, ",\n"), /a line does not end as one/],
];

describe("a capture that does not add up is refused for", () => {
  test.each(CASES)("%s", async (_what, options, detail) => {
    const error = await failure(new MemorySource(tables(), options));
    expect(error).toBeInstanceOf(ExportError);
    expect(error).toMatchObject({ code: "incomplete" });
    expect((error as ExportError).detail).toMatch(detail);
  });

  test.each(CASES.slice(4))("%s, in a rolling export as well", async (_what, options, detail) => {
    const error = await failure(new MemorySource(tables(), options), { consistency: "rolling" });
    expect(error).toMatchObject({ code: "incomplete" });
    expect((error as ExportError).detail).toMatch(detail);
  });
});

describe.each(["snapshot", "rolling"] as const)("in a %s, a page is refused", (consistency) => {
  const page = { maximumBytes: MEBIBYTE, maximumDocuments: 3 };

  async function refusal(
    options: MemorySourceOptions,
    documents = makeDocuments("a", 8),
    queries = 1,
  ) {
    const source = new MemorySource({ a: documents }, options);
    const error = await failure(source, { page, queries, consistency });
    expect(error).toMatchObject({ code: "incomplete" });
    return (error as ExportError).detail;
  }

  test("that repeats the page before it", async () => {
    const first = makeDocuments("a", 2);
    const options = { alterDocuments: () => first };
    expect(await refusal(options)).toBe("a: a page held documents that it was not asked for");
  });

  test("that holds what is behind its range", async () => {
    const late = { _id: "late", _creationTime: 1_800_000_000_000 };
    const options = altering("a", (documents) => [...documents, late]);
    const detail = await refusal(options, makeDocuments("a", 60), 4);
    expect(detail).toBe("a: a page held documents that it was not asked for");
  });

  test("that goes on within what it held", async () => {
    const options: MemorySourceOptions = {
      alterPage: (described, { range }) => ({
        ...described,
        next: described.next && { ...described.next, from: (range.from ?? 1.7e12) + 0.25 },
      }),
    };
    expect(await refusal(options)).toBe("a: the page did not get further");
  });

  test.each<[string, Page["next"]]>([
    ["nowhere", { table: "a", from: null, cursor: null }],
    ["at its own beginning", { table: "a", from: 1_700_000_000_000, cursor: null }],
    ["on a cursor of another range", { table: "a", from: 5, cursor: "c" }],
  ])("that goes on %s", async (_where, next) => {
    expect(await refusal(goingOnAt(next))).toBe("a: the page did not get further");
  });

  test("that goes on at its own cursor", async () => {
    const tied = makeDocuments("a", 8).map((document) => ({ ...document, _creationTime: 7 }));
    const options: MemorySourceOptions = {
      alterPage: (described, { cursor }) =>
        cursor === null || described.next === null
          ? described
          : { ...described, next: { ...described.next, cursor } },
    };
    expect(await refusal(options, tied)).toBe("a: the page did not get further");
  });

  test("that holds nothing and goes on", async () => {
    const options: MemorySourceOptions = {
      alterDocuments: () => [],
      ...goingOnAt({ table: "a", from: 1_900_000_000_000, cursor: null }),
    };
    expect(await refusal(options)).toBe("a: the page did not get further");
  });

  test.each([
    { table: "b", from: 1_700_000_000_000, cursor: null },
    { table: "b", from: null, cursor: "c" },
  ])("that goes on in a later table, but not at its start: %j", async (next) => {
    // The plan thinks both tables small, so one read has them; b does not fit behind a.
    const text = "x".repeat(5000);
    const documents = (prefix: string) =>
      makeDocuments(prefix, 20, (index) => (index === 0 ? {} : { text }));
    const source = new MemorySource(
      { a: documents("a"), b: documents("b") },
      {
        sampled: 1,
        alterPage: (described) =>
          described.next?.table === "b" ? { ...described, next } : described,
      },
    );
    const bounds = { maximumBytes: 120_000, maximumDocuments: 1000 };
    expect(await failure(source, { page: bounds, consistency })).toMatchObject({
      code: "incomplete",
      detail: "b: the page did not get further",
    });
  });
});
