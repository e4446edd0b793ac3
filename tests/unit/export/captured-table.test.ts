import { describe, expect, test } from "vitest";
import { CapturedTable } from "~/export/captured-table";
import { LinesCheck, type CheckedLines } from "~/export/lines-check";
import type { CreationRange } from "~/export/source";
import type { SpoolSegment } from "~/export/spool";
import { makeCapacity } from "../../support/export-runs";
import { toLine } from "../../support/memory-documents";

const WHOLE: CreationRange = { from: null, before: null };

const segment: SpoolSegment = makeCapacity().spools.open().segment();

/** The lines of a page, from creation times and ids such as `[1, "ab"]` for `a` and `b` at 1. */
function page(...groups: [time: number, ids: string][]): CheckedLines {
  const check = new LinesCheck({ keepLines: true });
  const documents = groups.flatMap(([time, ids]) =>
    [...ids].map((id) => ({ _id: id, _creationTime: time })),
  );
  check.write(Buffer.from(documents.map(toLine).join(",\n")));
  return check.end();
}

function tableOf(...pages: CheckedLines[]): CapturedTable {
  const table = new CapturedTable("notes", { mayRepeat: false });
  for (const lines of pages) table.add(lines, WHOLE, segment, 0);
  return table;
}

function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("the pages of a table", () => {
  test("are in the order of their creation times, however they came", () => {
    const first = page([1, "a"], [2, "b"]);
    const second = page([3, "c"]);
    const third = page([4, "d"], [5, "e"]);
    const table = new CapturedTable("notes", { mayRepeat: false });
    const starts = new Map([third, first, second].map((lines, index) => [lines, index * 1000]));
    for (const [lines, start] of starts) table.add(lines, WHOLE, segment, start);
    expect(table.slices().map(({ start, end }) => [start, end])).toEqual(
      [first, second, third].map((lines) => {
        const start = starts.get(lines) ?? NaN;
        return [start, start + lines.bytes];
      }),
    );
    expect(table).toMatchObject({ records: 5, bytes: first.bytes + second.bytes + third.bytes });
  });

  test("of one creation time stay in the order in which they came", () => {
    const table = new CapturedTable("notes", { mayRepeat: false });
    const pages = [page([1, "a"], [2, "z"]), page([2, "yx"]), page([2, "w"], [3, "b"])];
    pages.forEach((lines, index) => table.add(lines, WHOLE, segment, index * 1000));
    expect(table.slices().map(({ start }) => start)).toEqual([0, 1000, 2000]);
  });

  test("may be empty", () => {
    const table = tableOf(page(), page());
    expect(table).toMatchObject({ records: 0, bytes: 0 });
    expect(table.slices()).toEqual([]);
  });

  test.each<[string, CheckedLines[]]>([
    ["of which one lies within another", [page([1, "a"], [5, "b"]), page([2, "c"], [3, "d"])]],
    ["of which one begins within another", [page([1, "a"], [5, "b"]), page([4, "c"], [9, "d"])]],
    ["of which one came twice", [page([1, "a"], [2, "b"]), page([1, "a"], [2, "b"])]],
    ["of which one of a single document came twice", [page([1, "a"]), page([1, "a"])]],
    ["that share a document at their seam", [page([1, "a"], [2, "bc"]), page([2, "db"], [3, "e"])]],
    [
      "that share a document across several pages of one creation time",
      [page([1, "a"], [2, "b"]), page([2, "cd"]), page([2, "e"]), page([2, "fb"], [3, "g"])],
    ],
    [
      "that share a document, the first page being of one creation time",
      [page([2, "ab"]), page([2, "c"]), page([2, "da"])],
    ],
  ])("are refused %s", (_what, pages) => {
    for (const order of [pages, pages.toReversed()]) {
      expect(refusal(() => tableOf(...order).slices())).toMatchObject({ code: "incomplete" });
    }
  });

  test.each<[string, CreationRange, boolean]>([
    ["begins at the first", { from: 2, before: null }, true],
    ["begins behind the first", { from: 2.5, before: null }, false],
    ["ends behind the last", { from: null, before: 4.5 }, true],
    ["ends at the last", { from: null, before: 4 }, false],
    ["is theirs", { from: 2, before: 4.01 }, true],
    ["is another", { from: 5, before: 9 }, false],
  ])("of a range that %s are checked by it", (_what, range, isRight) => {
    const table = new CapturedTable("notes", { mayRepeat: false });
    const error = refusal(() => table.add(page([2, "a"], [4, "b"]), range, segment, 0));
    if (isRight) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: "incomplete" });
  });
});

describe("in a table whose documents may repeat", () => {
  test("each is kept once, as it came first, and the rest of a page stands in parts", () => {
    const table = new CapturedTable("notes", { mayRepeat: true });
    const [first, second] = [page([1, "a"], [2, "c"]), page([3, "abcde"])];
    table.add(first, WHOLE, segment, 0);
    table.add(second, WHOLE, segment, 5000);
    const line = toLine({ _id: "a", _creationTime: 3 }).length + ",\n".length;
    expect(table.records).toBe(5);
    expect(table.slices().map(({ start, end }) => [start, end])).toEqual([
      [0, first.bytes],
      [5000 + line, 5000 + 2 * line - 2], // b
      [5000 + 3 * line, 5000 + 5 * line - 2], // d and e
    ]);
    expect(table.bytes).toBe(first.bytes + (line - 2) + (2 * line - 2));
  });

  test("a page of which nothing is new adds nothing", () => {
    const table = new CapturedTable("notes", { mayRepeat: true });
    table.add(page([1, "ab"]), WHOLE, segment, 0);
    table.add(page([2, "ba"]), WHOLE, segment, 1000);
    expect(table.records).toBe(2);
    expect(table.slices()).toHaveLength(1);
  });
});
