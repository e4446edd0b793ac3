import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDocumentId } from "~/embedded/ids";
import type { CreationRange } from "~/export/source";
import { MEBIBYTE, TestConvex } from "../support/convex";
import { makeDocument } from "../support/documents";
import { readAllLines, readLines, requestAfter, WHOLE, type LinesRequest } from "./read-lines";

/**
 * Documents that were imported keep their creation time, so many can share one. These groups of
 * equal ones are smaller and larger than the pages below.
 */
const GROUP_SIZES = [1, 1, 4, 1, 12, 1, 1, 1, 2, 30, 3, 1, 1, 9, 1, 2, 17, 1, 1, 5, 1, 1];
const FIRST_MS = 1_700_000_000_000;

interface Company {
  _id: string;
  _creationTime: number;
}

/** In the order of the index. */
const companies: Company[] = GROUP_SIZES.flatMap((size, group) =>
  Array.from({ length: size }, (_, index) => ({
    ...makeDocument("companies", { name: "x".repeat((group * 37 + index * 113) % 400) }),
    _id: newDocumentId(),
    _creationTime: FIRST_MS + group * 2.25,
  })).toSorted((a, b) => (a._id < b._id ? -1 : 1)),
);
const IDS = companies.map((company) => company._id);
const TIMES = [...new Set(companies.map((company) => company._creationTime))];
/** The group of 30, and the times around it. */
const LARGE = { time: FIRST_MS + 9 * 2.25, before: FIRST_MS + 10 * 2.25, size: 30 };

let folder: string;
let convex: TestConvex;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "supportsignal-export-test-"));
  const lines = companies.map((company) => `${JSON.stringify(company)}\n`);
  // The order of the file must not matter.
  await writeFile(path.join(folder, "companies.jsonl"), lines.toReversed().join(""));
  convex = await TestConvex.start({ data: folder });
});

afterAll(async () => {
  await convex.close();
  await rm(folder, { recursive: true });
});

function documentsOf(lines: readonly string[] | undefined): Company[] {
  return (lines ?? []).map((line) => JSON.parse(line) as Company);
}

/** The ids of a range of the table, in the order in which its pages have them. */
async function idsIn(range: CreationRange, request: LinesRequest = {}): Promise<string[]> {
  const { lines } = await readAllLines(convex, { tables: ["companies"], range, ...request });
  return documentsOf(lines["companies"]).map((company) => company._id);
}

const expectedIn = ({ from, before }: CreationRange): string[] =>
  companies
    .filter(({ _creationTime: time }) => time >= (from ?? 0) && time < (before ?? Infinity))
    .map((company) => company._id);

const time = fc.oneof(
  fc.constantFrom(...TIMES),
  fc.double({ min: FIRST_MS - 1, max: FIRST_MS + GROUP_SIZES.length * 2.25, noNaN: true }),
);
const bounds = fc.record({
  maximumDocuments: fc.integer({ min: 1, max: 20 }),
  maximumBytes: fc.oneof(fc.constant(MEBIBYTE), fc.integer({ min: 1, max: 4000 })),
});

describe("a table with many documents of equal creation times", () => {
  test("has each document once and in order, in whatever ranges and pages it is read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(time, { maxLength: 6 }), bounds, async (cuts, page) => {
        const edges = [null, ...cuts.toSorted((a, b) => a - b), null];
        const read: string[] = [];
        for (const [index, before] of edges.slice(1).entries()) {
          read.push(...(await idsIn({ from: edges[index] ?? null, before }, page)));
        }
        expect(read).toEqual(IDS);
      }),
      { numRuns: 60 },
    );
  });

  test("has each document once and in order, where what a page leaves is split anywhere", async () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(shares, bounds, async (splits, page) => {
        const left = [...splits];
        /** Reads a range page by page, halving what is left of it as long as there are splits. */
        const read = async (request: LinesRequest): Promise<string[]> => {
          const answer = await readLines(convex, request);
          const table = answer.tables[0];
          const ids = table?.records ? documentsOf(table.lines.split(",\n")).map((c) => c._id) : [];
          const rest = requestAfter(request, answer);
          if (rest === null) return ids;
          const { from, before } = rest.range ?? WHOLE;
          const share = left.pop();
          if (share === undefined || from === null || rest.cursor !== null) {
            return [...ids, ...(await read(rest))];
          }
          const middle = from + share * ((before ?? FIRST_MS + 60) - from);
          const earlier = await read({ ...rest, range: { from, before: middle } });
          const later = await read({ ...rest, range: { from: middle, before } });
          return [...ids, ...earlier, ...later];
        };
        expect(await read({ tables: ["companies"], ...page })).toEqual(IDS);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a range", () => {
  test("begins with documents of its first time, and ends before those of its last", async () => {
    const [from = 0, , , before = 0] = TIMES;
    expect(await idsIn({ from, before })).toEqual(IDS.slice(0, 6));
    expect(await idsIn({ from: null, before: from })).toEqual([]);
    expect(await idsIn({ from: TIMES.at(-1) ?? 0, before: null })).toEqual(IDS.slice(-1));
  });

  test.each<[string, CreationRange]>([
    ["is empty", { from: LARGE.time, before: LARGE.time }],
    ["ends before it begins", { from: LARGE.before, before: LARGE.time }],
    ["is after all documents", { from: FIRST_MS * 2, before: null }],
    ["is before all documents", { from: null, before: 0 }],
    ["lies between two documents", { from: LARGE.time + 1, before: LARGE.before - 1 }],
  ])("that %s is complete at once, without a document", async (_name, range) => {
    const page = await readLines(convex, { tables: ["companies"], range });
    expect(page).toMatchObject({ tables: [{ name: "companies", records: 0, lines: "" }] });
    expect(page.next).toBeNull();
  });

  test("is of the first table only: those behind it are whole", async () => {
    const users = (await readAllLines(convex, { tables: ["users"] })).lines["users"];
    expect(users).toHaveLength(5);
    const range = { from: LARGE.time, before: LARGE.before };
    const { lines } = await readAllLines(convex, { tables: ["companies", "users"], range });
    expect(lines["companies"]).toHaveLength(LARGE.size);
    expect(lines["users"]).toEqual(users);
  });

  test("that is not read to its end does not go on with another table", async () => {
    const range = { from: LARGE.time, before: null };
    const tables = ["companies", "users"];
    const page = await readLines(convex, { tables, range, maximumDocuments: 33 });
    expect(page.tables.map((table) => [table.name, table.records])).toEqual([["companies", 30]]);
    expect(page.next).toEqual({ table: "companies", from: LARGE.before, cursor: null });
  });
});

describe("a page", () => {
  test("leaves documents of its last creation time to the next one", async () => {
    const page = await readLines(convex, { tables: ["companies"], maximumDocuments: 4 });
    expect(page.tables[0]?.records).toBe(2);
    expect(page.next).toEqual({ table: "companies", from: TIMES[2], cursor: null });
  });

  test("of one creation time ends on a cursor of its range, and has made progress", async () => {
    const range = { from: LARGE.time, before: LARGE.before };
    let request: LinesRequest = { tables: ["companies"], range, maximumDocuments: 7 };
    const ids: string[] = [];
    for (const records of [7, 7, 7, 7]) {
      const page = await readLines(convex, request);
      expect(page.tables[0]?.records).toBe(records);
      expect(page.next).toMatchObject({ table: "companies", from: range.from });
      expect(page.next?.cursor).toEqual(expect.any(String));
      ids.push(...documentsOf(page.tables[0]?.lines.split(",\n")).map((company) => company._id));
      request = { ...request, cursor: page.next?.cursor ?? null };
    }
    const last = await readLines(convex, request);
    ids.push(...documentsOf(last.tables[0]?.lines.split(",\n")).map((company) => company._id));
    expect(ids).toEqual(expectedIn(range));
    expect(last.next).toBeNull();
  });

  test("that goes on from a cursor ends between creation times again", async () => {
    const first = { tables: ["companies"], range: { from: LARGE.time, before: null } };
    const page = await readLines(convex, { ...first, maximumDocuments: 29 });
    expect(page.next?.cursor).not.toBeNull();
    const rest = requestAfter(first, page) ?? {};
    const onward = await readLines(convex, { ...rest, maximumDocuments: 2 });
    expect(onward.tables[0]?.records).toBe(1);
    expect(onward.next).toEqual({ table: "companies", from: LARGE.before, cursor: null });
  });

  test("gives a cursor that no other range accepts", async () => {
    const range = { from: LARGE.time, before: LARGE.before };
    const first = { tables: ["companies"], range, maximumDocuments: 7 };
    const cursor = (await readLines(convex, first)).next?.cursor;
    expect(cursor).toEqual(expect.any(String));
    for (const other of [WHOLE, { ...range, before: null }, { ...range, from: null }]) {
      const misled = readLines(convex, { ...first, range: other, cursor });
      await expect(misled).rejects.toMatchObject({ code: "convex_failed" });
    }
  });

  test.each([1, 2])("of %i documents makes progress, whatever comes", async (maximumDocuments) => {
    const { pages } = await readAllLines(convex, { tables: ["companies"], maximumDocuments });
    const records = pages.map((page) => page.tables[0]?.records ?? 0);
    // Only the last one may be empty, where the one before ended exactly at the table's end.
    expect(Math.min(...records.slice(0, -1))).toBeGreaterThan(0);
    expect(Math.max(...records)).toBeLessThanOrEqual(maximumDocuments);
    expect(records.reduce((sum, count) => sum + count, 0)).toBe(companies.length);
  });
});
