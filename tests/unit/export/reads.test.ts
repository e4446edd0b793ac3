import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PageBounds } from "~/export/page-size";
import { sum, type TablePlan } from "~/export/plan";
import { planReads, splitRest, type RangeProgress } from "~/export/reads";
import type { CreationRange } from "~/export/source";

const WHOLE: CreationRange = { from: null, before: null };
const READERS = 16;
const page: PageBounds = { maximumBytes: 1000, maximumDocuments: 100 };

function table(
  name: string,
  records: number,
  sizeBytes: number,
  [oldest, newest]: [number | null, number | null] = [1000, 2000],
): TablePlan {
  return { name, records, sizeBytes, isSizeExact: false, oldest, newest };
}

/** Fails unless the ranges are, in order, a range without gap or overlap. */
function expectPartition(ranges: readonly CreationRange[], whole: CreationRange): void {
  expect(ranges[0]?.from).toBe(whole.from);
  expect(ranges.at(-1)?.before).toBe(whole.before);
  for (const [index, { from, before }] of ranges.entries()) {
    if (index > 0) expect(from).toBe(ranges[index - 1]?.before);
    if (index > 0) expect(from).not.toBeNull();
    if (from !== null && before !== null) expect(from).toBeLessThan(before);
  }
}

describe("small tables", () => {
  test("share one read, and a small database is a single request", () => {
    const tables = [table("a", 30, 300), table("b", 0, 0, [null, null]), table("c", 20, 100)];
    expect(planReads(tables, page, READERS)).toEqual([
      { tables: ["a", "c", "b"], range: WHOLE, cursor: null },
    ]);
  });

  test("share one read where they fit a page, and there is none where nothing is left to read", () => {
    const large: PageBounds = { maximumBytes: 100_000, maximumDocuments: 24_000 };
    const plan = [table("a", 20, 2000), table("b", 4000, 9000), table("c", 2000, 8000)];
    expect(planReads(plan, large, READERS).map((read) => read.tables)).toEqual([["b", "c", "a"]]);
    expect(planReads([], large, READERS)).toEqual([]);
  });

  test("that share a read have the largest of them in front, which Convex reads at once", () => {
    const tables = [table("a", 1, 100), table("b", 2, 300), table("c", 1, 50), table("d", 2, 310)];
    const reads = planReads(tables, page, READERS);
    expect(reads.map((read) => read.tables)).toEqual([["d", "b", "a", "c"]]);
  });

  test("are no reads where there are none", () => {
    expect(planReads([], page, READERS)).toEqual([]);
  });

  test("leave room for estimates that err", () => {
    const reads = planReads([table("a", 1, 500), table("b", 1, 499)], page, READERS);
    expect(reads.map((read) => read.tables)).toEqual([["a"], ["b"]]);
  });

  test("are planned by their documents as well as by their bytes", () => {
    const reads = planReads([table("a", 60, 1), table("b", 60, 1)], page, READERS);
    expect(reads.map((read) => read.tables)).toEqual([["a"], ["b"]]);
  });
});

describe("a large table", () => {
  test("is split evenly in time, into as many ranges as there may be readers", () => {
    const ranges = planReads([table("a", 50, 100_000)], page, 4).map((read) => read.range);
    expect(ranges).toEqual([
      { from: null, before: 1250 },
      { from: 1250, before: 1500 },
      { from: 1500, before: 1750 },
      { from: 1750, before: null },
    ]);
  });

  test("is not split into more ranges than it has pages, with room for estimates", () => {
    expect(planReads([table("a", 10, 2100)], page, READERS)).toHaveLength(3);
    expect(planReads([table("a", 10, 2000)], page, READERS)).toHaveLength(1);
    expect(planReads([table("a", 410, 10)], page, READERS)).toHaveLength(6);
  });

  test("of one creation time is one read, for no range divides it", () => {
    const reads = planReads([table("a", 5000, 100_000, [1500, 1500])], page, READERS);
    expect(reads).toEqual([{ tables: ["a"], range: WHOLE, cursor: null }]);
  });

  test("is not split further than doubles can tell creation times apart", () => {
    const times: [number, number] = [1.7e12, 1.7e12 + 2 ** -11];
    const ranges = planReads([table("a", 50, 1e6, times)], page, READERS).map((r) => r.range);
    expect(ranges.length).toBeLessThanOrEqual(2);
    expectPartition(ranges, WHOLE);
  });

  test("comes before the small ones, which take less time", () => {
    const tables = [table("a", 1, 10), table("b", 500, 10_000), table("c", 1, 10)];
    const reads = planReads(tables, page, 2);
    expect(reads.map((read) => read.tables)).toEqual([["b"], ["b"], ["a", "c"]]);
  });
});

test("every table is in reads that are all of it, and no shared read is overfull", () => {
  const plans = fc
    .array(
      fc.record({
        records: fc.nat(2000),
        sizeBytes: fc.nat(20_000),
        oldest: fc.double({ min: 0, max: 2e12, noNaN: true }),
        age: fc.oneof(
          fc.constantFrom(0, 1e-4, 0.25, 1),
          fc.double({ min: 0, max: 1e11, noNaN: true }),
        ),
      }),
      { maxLength: 20 },
    )
    .map((list) =>
      list.map(({ records, sizeBytes, oldest, age }, index) =>
        table(
          `t${index}`,
          records,
          sizeBytes,
          records === 0 ? [null, null] : [oldest, oldest + age],
        ),
      ),
    );
  const bounds = fc.record({
    maximumBytes: fc.integer({ min: 1, max: 3000 }),
    maximumDocuments: fc.integer({ min: 1, max: 300 }),
  });
  fc.assert(
    fc.property(plans, bounds, fc.integer({ min: 1, max: 40 }), (tables, limits, readers) => {
      const reads = planReads(tables, limits, readers);
      for (const plan of tables) {
        const own = reads.filter((read) => read.tables.includes(plan.name));
        expect(own.length).toBeLessThanOrEqual(readers);
        expectPartition(
          own.map((read) => read.range),
          WHOLE,
        );
        if (own.length > 1) for (const read of own) expect(read.tables).toEqual([plan.name]);
      }
      for (const read of reads) {
        expect(new Set(read.tables).size).toBe(read.tables.length);
        if (read.tables.length === 1) continue;
        const members = tables.filter((plan) => read.tables.includes(plan.name));
        const pages = (plan: TablePlan) =>
          Math.max(plan.sizeBytes / limits.maximumBytes, plan.records / limits.maximumDocuments);
        const first = members.find(({ name }) => name === read.tables[0]);
        expect(first && pages(first)).toBe(Math.max(...members.map(pages)));
        expect(sum(members.map((member) => member.sizeBytes))).toBeLessThanOrEqual(
          limits.maximumBytes,
        );
        expect(sum(members.map((member) => member.records))).toBeLessThanOrEqual(
          limits.maximumDocuments,
        );
      }
    }),
  );
});

describe("what is left of a range", () => {
  const progress: RangeProgress = {
    range: { from: 0, before: 10_000 },
    first: 0,
    next: 100,
    pages: 1,
    pagesLeft: 99,
    newest: 20_000,
  };

  test("is divided evenly where the page says that documents are", () => {
    const ranges = [
      { from: 100, before: 3400 },
      { from: 3400, before: 6700 },
      { from: 6700, before: 10_000 },
    ];
    expect(splitRest(progress, 3)).toEqual(ranges);
    // The rest of the table is behind the range, and not this reader's.
    expect(splitRest({ ...progress, pagesLeft: 500 }, 3)).toEqual(ranges);
  });

  test("stays with its reader where no other is idle, or nothing is left", () => {
    const rest = [{ from: 100, before: 10_000 }];
    expect(splitRest(progress, 1)).toEqual(rest);
    expect(splitRest({ ...progress, pagesLeft: 0 }, 16)).toEqual(rest);
    expect(splitRest({ ...progress, pagesLeft: 0.5 }, 16)).toEqual(rest);
  });

  test("is not divided into more parts than there are pages left", () => {
    expect(splitRest({ ...progress, pagesLeft: 2 }, 16)).toHaveLength(3);
  });

  test("is divided where the next pages are likely, for documents that are close together", () => {
    // All of the table is within a thousandth of its range.
    const dense = { ...progress, range: { from: 0, before: 1e6 }, pagesLeft: 9 };
    const ranges = splitRest(dense, 10);
    expectPartition(ranges, { from: 100, before: 1e6 });
    expect(ranges).toHaveLength(10);
    for (const { before } of ranges.slice(0, -1)) expect(before).toBeLessThanOrEqual(1000);
  });

  test("of a range without an end is divided up to the newest document", () => {
    const open = { ...progress, range: WHOLE, newest: 10_000 };
    expect(splitRest(open, 3)).toEqual([
      { from: 100, before: 3400 },
      { from: 3400, before: 6700 },
      { from: 6700, before: null },
    ]);
  });

  test("behind the newest document is not divided", () => {
    const late = { ...progress, range: WHOLE, newest: 100 };
    expect(splitRest(late, 16)).toEqual([{ from: 100, before: null }]);
  });

  test("takes a page that was larger than the next ones will be as several", () => {
    expect(splitRest({ ...progress, pages: 4, pagesLeft: 4 }, 16)).toHaveLength(5);
  });

  test("is always all of it, without gap or overlap", () => {
    const time = fc.oneof(
      fc.double({ min: 0, max: 2e12, noNaN: true }),
      fc.nat(20).map((steps) => 1.7e12 + steps * 2 ** -12),
      fc.nat(1000),
    );
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 5, maxLength: 5 }).map((list) => list.sort((a, b) => a - b)),
        fc.tuple(fc.boolean(), fc.boolean()),
        fc.double({ min: 1e-6, max: 64, noNaN: true }),
        fc.oneof(fc.nat(100), fc.double({ min: 0, max: 1e6, noNaN: true })),
        fc.integer({ min: 1, max: 40 }),
        (
          [from = 0, first = 0, next = 0, last = 0, newest = 0],
          [hasFrom, hasBefore],
          pages,
          pagesLeft,
          readers,
        ) => {
          fc.pre(first < next && next < last);
          const range = { from: hasFrom ? from : null, before: hasBefore ? last : null };
          const ranges = splitRest({ range, first, next, pages, pagesLeft, newest }, readers);
          expect(ranges.length).toBeLessThanOrEqual(readers);
          expectPartition(ranges, { from: next, before: range.before });
        },
      ),
      { numRuns: 2000 },
    );
  });
});
