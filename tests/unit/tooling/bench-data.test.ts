import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EXPORT_TABLES } from "../../../convex/model/exportTables";
import { findDifferences, type StoredDocument } from "../../../scripts/bench/check-file.mjs";
import {
  documentsFor,
  encodePage,
  ReplayDatabase,
  type Page,
  type PageRequest,
} from "../../../scripts/bench/replay/database.mjs";
import {
  creationTime,
  FILE_LINE_BYTES,
  prepareLines,
} from "../../../scripts/bench/replay/lines.mjs";

const MAXIMUM = { maximumBytes: 1_000_000, maximumDocuments: 10_000 };
const WHOLE = { from: null, before: null };

/** All documents that a reader gets who follows the pages of one read. */
function follow(
  database: ReplayDatabase,
  first: Omit<PageRequest, "cursor">,
): { name: string; index: number }[] {
  const found: { name: string; index: number }[] = [];
  let request: PageRequest = { ...first, cursor: null };
  for (;;) {
    const page: Page = database.page(request);
    for (const { name, start, end } of page.parts) {
      for (let index = start; index < end; index++) found.push({ name, index });
    }
    const { next } = page;
    if (next === null) return found;
    const tables = request.tables.slice(request.tables.indexOf(next.table));
    const isSameTable = next.table === request.tables[0];
    const range = isSameTable ? { ...request.range, from: next.from } : WHOLE;
    request = { ...request, tables, range, cursor: next.cursor };
  }
}

describe("the replay server's pages", () => {
  const documents = 500;
  const database = new ReplayDatabase(EXPORT_TABLES, documents);

  test("a database of a size has tables of that size in total", () => {
    const bytes = 10_000_000;
    const summary = new ReplayDatabase(EXPORT_TABLES, documentsFor(bytes)).summarize();
    const records = summary.map((table) => table.records);
    const total = records.reduce((sum, count) => sum + count, 0);
    expect(Math.abs(total * FILE_LINE_BYTES - bytes)).toBeLessThan(FILE_LINE_BYTES);
    expect(summary.map(({ name }) => name)).toEqual(EXPORT_TABLES);
    expect(Math.max(...records) / total).toBeCloseTo(0.9, 2);
    expect(records.filter((count) => count === 0).length).toBeGreaterThan(0);
  });

  test("every document comes exactly once, whatever the ranges and the size of pages", () => {
    const { oldest, newest, records } = database
      .summarize()
      .find(({ name }) => name === "incident_narratives")!;
    const cut = fc.double({ min: oldest! - 10, max: newest! + 10, noNaN: true });
    const pages = { maximumBytes: fc.integer({ min: 1, max: 60_000 }) };
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 6 }), fc.record(pages), (cuts, { maximumBytes }) => {
        const bounds = [null, ...[...new Set(cuts)].sort((a, b) => a - b), null];
        const found = bounds.slice(1).flatMap((before, index) =>
          follow(database, {
            tables: ["incident_narratives"],
            range: { from: bounds[index] ?? null, before },
            maximumBytes,
            maximumDocuments: 70,
          }),
        );
        const indexes = found.map(({ index }) => index);
        expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
        expect(new Set(indexes).size).toBe(records);
        expect(indexes.length).toBe(records);
      }),
    );
  });

  test("a range holds the documents from its beginning on, up to but without its end", () => {
    const table = database.summarize().find(({ name }) => name === "incident_narratives")!;
    const first = Math.round(table.oldest! - creationTime(0));
    const timesIn = (from: number | null, before: number | null) =>
      follow(database, { ...MAXIMUM, tables: [table.name], range: { from, before } }).map(
        ({ index }) => index - first,
      );
    const third = creationTime(first + 3);
    const sixth = creationTime(first + 6);
    expect(timesIn(third, sixth)).toEqual([3, 4, 5]);
    expect(timesIn(third + 0.1, sixth + 0.1)).toEqual([4, 5, 6]);
    expect(timesIn(third - 0.1, sixth - 0.1)).toEqual([3, 4, 5]);
    expect(timesIn(null, third)).toEqual([0, 1, 2]);
    expect(timesIn(table.newest, null)).toEqual([table.records - 1]);
    expect(timesIn(sixth, third)).toEqual([]);
  });

  test("every document of every table comes once where one reader reads them all", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400_000 }), (maximumBytes) => {
        const read = {
          tables: EXPORT_TABLES,
          range: WHOLE,
          maximumBytes,
          maximumDocuments: 10_000,
        };
        const found = follow(database, read).map(({ index }) => index);
        expect(found).toEqual(Array.from({ length: documents }, (_, index) => index));
      }),
    );
  });

  test("a full page is not the last, as Convex cannot know it", () => {
    const { records } = database.summarize().find(({ name }) => name === "incidents")!;
    const exact = records * FILE_LINE_BYTES;
    const asked = { tables: ["incidents"], range: WHOLE, cursor: null };
    const full = database.page({ ...asked, ...MAXIMUM, maximumBytes: exact });
    expect(full.next).not.toBeNull();
    const roomy = database.page({ ...asked, ...MAXIMUM, maximumBytes: exact + FILE_LINE_BYTES });
    expect(roomy.next).toBeNull();
  });

  test("a table that there is not and a cursor of another range are refused", () => {
    const asked = { tables: ["incidents"], range: WHOLE, cursor: null, ...MAXIMUM };
    expect(() => database.page({ ...asked, tables: ["nothing"] })).toThrow(RangeError);
    const first = database.page({ ...asked, maximumDocuments: 1 });
    expect(() => database.page({ ...asked, cursor: first.next?.cursor ?? null })).not.toThrow();
    expect(() => database.page({ ...asked, cursor: "0" })).toThrow(RangeError);
    expect(() => database.page({ ...asked, cursor: "499999" })).toThrow(RangeError);
    expect(() => database.page({ ...asked, cursor: "x" })).toThrow(RangeError);
  });

  test("a page is an answer of Convex with documents of the right size, ids and creation times", () => {
    const lines = prepareLines(documents);
    const tables = ["companies", "user_invitations", "incidents"];
    const page = database.page({ tables, range: WHOLE, cursor: null, ...MAXIMUM });
    const answer = JSON.parse(Buffer.concat(encodePage(page, lines)).toString()) as {
      status: string;
      value: { tables: { name: string; records: number; lines: string }[]; next: unknown };
    };
    expect(answer.status).toBe("success");
    expect(answer.value.next).toBeNull();
    expect(answer.value.tables.map(({ name }) => name)).toEqual(tables);
    expect(answer.value.tables[1]).toEqual({ name: "user_invitations", records: 0, lines: "" });

    const ids = new Set<string>();
    for (const [index, { name, records, lines: text }] of answer.value.tables.entries()) {
      const { start } = page.parts[index]!;
      const found = text === "" ? [] : text.split(",\n");
      expect(found).toHaveLength(records);
      found.forEach((line, offset) => {
        expect(Buffer.byteLength(`${line},\n`)).toBe(FILE_LINE_BYTES);
        const document = JSON.parse(line) as { _id: string; _creationTime: number };
        expect(Object.keys(document).slice(0, 2)).toEqual(["_id", "_creationTime"]);
        expect(document._creationTime).toBe(creationTime(start + offset));
        expect(document._id).toMatch(/^[0-9a-z]{32}$/);
        ids.add(document._id);
      });
      expect(name).toBe(tables[index]);
    }
    expect(ids.size).toBe(answer.value.tables.reduce((sum, { records }) => sum + records, 0));
  });

  test("the escaped text is a tenth longer than the file, as that of real documents", () => {
    const lines = prepareLines(100);
    const share = lines.byteLength / (100 * FILE_LINE_BYTES);
    expect(share).toBeGreaterThan(1.1);
    expect(share).toBeLessThan(1.15);
  });
});

describe("the check of a large export", () => {
  const stored: Record<string, StoredDocument[]> = {
    users: [
      { _id: "a", name: "A", password: "secret", token: "t" },
      { _id: "b", name: "B", count: 7n },
    ],
    sites: [{ _id: "c", tags: ["x"] }],
    debug_logs: [{ _id: "d" }],
  };
  const [a, b] = [
    { _id: "a", name: "A", token: "fingerprint" },
    { _id: "b", name: "B", count: { $integer: "BwAAAAAAAAA=" } },
  ];
  const sites = [{ _id: "c", tags: ["x"] }];
  const metadata = {
    recordCounts: { users: 2, sites: 1 },
    totalRecords: 3,
    sanitization: {
      excludedTables: ["debug_logs"],
      excludedFields: ["users.password"],
      redactedFields: ["users.token"],
    },
  };

  test("a file with every stored document, and further ones, is complete", () => {
    expect(findDifferences({ metadata, data: { users: [a, b], sites } }, stored)).toEqual([]);
    const one = { users: stored["users"]?.slice(0, 1) ?? [] };
    expect(findDifferences({ metadata, data: { users: [a, b], sites } }, one)).toEqual([]);
  });

  test.each([
    ["a missing document", { users: [a], sites }, "users: 1 missing"],
    ["a missing table", { users: [a, b] }, "sites: 1 missing"],
    [
      "a document that is there twice",
      { users: [a, a], sites },
      "users: a document is there twice",
    ],
    ["another number than announced", { users: [a], sites }, "users: 2 announced, 1 there"],
    ["another total", { users: [a], sites }, "3 announced in total, 2 there"],
    ["a changed value", { users: [{ ...a, name: "Z" }, b], sites }, "users: 1 different"],
    ["a value of another type", { users: [a, { ...b, count: 7 }], sites }, "users: 1 different"],
    ["a missing field", { users: [a, b], sites: [{ _id: "c" }] }, "sites: 1 different"],
    ["a further field", { users: [{ ...a, more: 1 }, b], sites }, "users: 1 different"],
    [
      "an excluded field",
      { users: [{ ...a, password: "secret" }, b], sites },
      "users: 1 different",
    ],
  ])("%s is found", (_what, data, problem) => {
    expect(findDifferences({ metadata, data }, stored)).toContain(problem);
  });
});
