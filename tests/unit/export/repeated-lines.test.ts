import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CapturedTable } from "~/export/captured-table";
import { LinesCheck } from "~/export/lines-check";
import { RepeatedLines } from "~/export/repeated-lines";
import type { SpoolSpaceOptions } from "~/export/spool";
import { toLine } from "../../support/memory-documents";
import { BLOCK, collect, errorOf, fill, free, makeSpace } from "./spool-support";

/** A page of a table: ids, of which one or another may have come before. */
interface TestPage {
  table: number;
  ids: string[];
}

const WHOLE = { from: null, before: null };

/** Takes pages as a capture does; returns the ids that are left, per table, and what is held then. */
async function idsLeft(
  pages: readonly TestPage[],
  { expected = 0, signal = new AbortController().signal, ...bounds }: TestOptions = {},
) {
  const space = makeSpace(bounds);
  const spool = space.open();
  const names = [...new Set(pages.map(({ table }) => table))];
  const tables = names.map((table) => new CapturedTable(`table${table}`, { mayRepeat: true }));
  try {
    const repeated = new RepeatedLines(spool, tables, expected);
    for (const [index, { table: number, ids }] of pages.entries()) {
      const documents = ids.map((_id, place) => ({ _id, _creationTime: index * 1000 + place }));
      const text = Buffer.from(documents.map(toLine).join(",\n"));
      const check = new LinesCheck({ keepLines: true });
      check.write(text);
      const lines = check.end();
      const table = tables[names.indexOf(number)];
      // Behind something else, as in the segment of a page with several tables.
      const segment = await fill(spool, Buffer.concat([Buffer.from("xyz"), text]));
      const page = table?.add(lines, WHOLE, segment, 3);
      if (table !== undefined && page !== undefined) repeated.add(table, page, lines);
    }
    const before = space.memoryHeld;
    await repeated.leaveOut(signal);
    const left = await Promise.all(tables.map(idsOf));
    return {
      left,
      records: tables.map(({ records }) => records),
      freed: before - space.memoryHeld,
    };
  } finally {
    await free(spool);
  }
}

interface TestOptions extends Partial<SpoolSpaceOptions> {
  expected?: number;
  signal?: AbortSignal;
}

async function idsOf(table: CapturedTable): Promise<string[]> {
  const slices: string[] = [];
  for (const { segment, start, end } of table.slices()) {
    slices.push((await collect(segment, start, end)).toString());
  }
  const documents = JSON.parse(`[${slices.join(",\n")}]`) as { _id: string }[];
  return documents.map(({ _id }) => _id);
}

/** What must be left: of each table every id once, as it came first. */
function firstOfEach(pages: readonly TestPage[]): string[][] {
  const tables = new Map<number, Set<string>>();
  for (const { table, ids } of pages) {
    const seen = tables.get(table) ?? new Set();
    for (const id of ids) seen.add(id);
    tables.set(table, seen);
  }
  return [...tables.values()].map((ids) => [...ids]);
}

/** Ids as Convex has them, so many from a number on. */
function makeIds(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `k${(from + i).toString(36).padStart(31, "0")}`);
}

describe("documents that come again are left out", () => {
  test("in each table for itself, whatever their ids and however many lists there are", async () => {
    const id = fc.oneof(
      fc.constantFrom("a", "b", "ab", "aa", "k1", "k2", "z".repeat(198)),
      fc.stringMatching(/^[0-9a-z]{1,33}$/),
    );
    const page = fc.record({
      table: fc.nat(2),
      ids: fc.uniqueArray(id, { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(page, { maxLength: 12 }),
        fc.constantFrom(0, 100_001, 1e6, 1e12),
        async (pages, expected) => {
          const { left, records } = await idsLeft(pages, { expected });
          expect(left).toEqual(firstOfEach(pages));
          expect(records).toEqual(left.map((ids) => ids.length));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ["in one list", 0],
    ["in all lists that there are", 1e7],
  ])("of 20,000 documents %s", async (_where, expected) => {
    const pages = [
      { table: 0, ids: makeIds(0, 8000) },
      { table: 1, ids: makeIds(0, 8000) },
      { table: 0, ids: [...makeIds(8000, 3999), ...makeIds(4711, 1)] },
    ];
    const { left } = await idsLeft(pages, { expected });
    expect(left).toEqual(firstOfEach(pages));
    expect(left.map((ids) => ids.length)).toEqual([11_999, 8000]);
  });

  test("where every other line of a page is one", async () => {
    const [read, added] = [makeIds(0, 2000), makeIds(9000, 2000)];
    const mixed = added.flatMap((id, index) => [read[(index * 7) % 2000] ?? "", id]);
    const pages = [
      { table: 0, ids: read },
      { table: 0, ids: mixed },
    ];
    const { left } = await idsLeft(pages, { expected: 1e6 });
    expect(left).toEqual([[...read, ...added]]);
  });

  test("of which what is compared at the end is freed then", async () => {
    const pages = [{ table: 0, ids: makeIds(0, 30_000) }];
    const { freed } = await idsLeft(pages, { memoryBytes: 100 * BLOCK });
    // 50 bytes for each id, and the rest of a block.
    expect(freed).toBeGreaterThan(30_000 * 50 - BLOCK);
  });
});

describe("what compares documents ends", () => {
  const pages = [{ table: 0, ids: makeIds(0, 20_000) }];

  test("where the spool has no room for their ids", async () => {
    const lines = pages.flatMap(({ ids }) => ids).length * 80;
    const error = await errorOf(() => idsLeft(pages, { diskBytes: lines }));
    expect(error.code).toBe("too_large");
  });

  test("where the export ends", async () => {
    const gone = new Error("gone");
    await expect(idsLeft(pages, { signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
  });
});
