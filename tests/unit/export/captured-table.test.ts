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

describe("a line that is left out", () => {
  const line = toLine({ _id: "a", _creationTime: 3 }).length;
  const [lines, segmentStart] = [page([3, "abcd"]), 5000];
  const place = (index: number) => {
    const start = index * (line + ",\n".length);
    return { start, end: start + line };
  };

  function tableWithout(...indices: number[]): CapturedTable {
    const table = new CapturedTable("notes", { mayRepeat: true });
    table.add(page([1, "x"]), WHOLE, segment, 0);
    const number = table.add(lines, WHOLE, segment, segmentStart);
    for (const index of indices) table.leaveOut(number ?? NaN, place(index));
    return table;
  }

  test.each<[string, number[], [first: number, last: number][]]>([
    ["at the beginning", [0], [[1, 3]]],
    ["at the end", [3], [[0, 2]]],
    [
      "between others",
      [1],
      [
        [0, 0],
        [2, 3],
      ],
    ],
    ["beside another", [1, 2, 0], [[3, 3]]],
    ["with all others", [2, 0, 3, 1], []],
  ])("%s leaves the others whole", (_where, indices, left) => {
    const table = tableWithout(...indices);
    const spans = left.map(([first, last]) => [place(first).start, place(last).end] as const);
    expect(table.slices().slice(1)).toEqual(
      spans.map(([start, end]) => ({
        segment,
        start: segmentStart + start,
        end: segmentStart + end,
      })),
    );
    expect(table.records).toBe(5 - indices.length);
    const bytes = spans.reduce((total, [start, end]) => total + end - start, 0);
    expect(table.bytes).toBe(toLine({ _id: "x", _creationTime: 1 }).length + bytes);
  });

  test.each([
    ["again", [1, 1]],
    ["of no page", [4]],
  ])("cannot be left out %s", (_what, indices) => {
    expect(refusal(() => tableWithout(...indices))).toMatchObject({ code: "incomplete" });
  });
});
