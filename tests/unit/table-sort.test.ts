import { describe, expect, test } from "vitest";
import { readTableSort, sortQuery, sortTables, unsortedQuery } from "~/lib/table-sort";
import type { TableSort } from "~/lib/table-sort";

const query = (text: string) => new URLSearchParams(text);

describe("the query", () => {
  test.each<[string, TableSort | null]>([
    ["", null],
    ["page=2", null],
    ["sort=name", { key: "name", order: "asc" }],
    ["sort=records", { key: "records", order: "desc" }],
    ["sort=size&order=asc", { key: "size", order: "asc" }],
    ["order=desc&sort=newest&page=2", { key: "newest", order: "desc" }],
  ])("%j sorts by %j", (text, sort) => {
    expect(readTableSort(query(text))).toEqual({ sort });
  });

  test.each<[string, string[]]>([
    ["sort=", ["sort"]],
    ["sort=Name", ["sort"]],
    ["sort=toString", ["sort"]],
    ["sort=size&order=up", ["order"]],
    ["sort=size&order=", ["order"]],
    ["order=asc", ["order"]],
    ["sort=size&sort=size", ["sort"]],
    ["sort=size&order=asc&order=asc", ["order"]],
    ["sort=shape&order=sideways", ["sort", "order"]],
  ])("%j is refused by name", (text, parameters) => {
    const reading = readTableSort(query(text));
    expect("problems" in reading ? reading.problems.map((p) => p.parameter) : []).toEqual(
      parameters,
    );
  });

  test("of a heading sorts in the useful order first, then the other way, and keeps the rest", () => {
    const current = query("page=2&sort=size&order=desc");
    expect(sortQuery(current, "name", null)).toBe("?page=2&sort=name&order=asc");
    expect(sortQuery(current, "size", null)).toBe("?page=2&sort=size&order=desc");
    expect(sortQuery(current, "size", { key: "size", order: "desc" })).toBe(
      "?page=2&sort=size&order=asc",
    );
    expect(sortQuery(current, "size", { key: "size", order: "asc" })).toBe(
      "?page=2&sort=size&order=desc",
    );
    expect(current.toString()).toBe("page=2&sort=size&order=desc");
  });

  test("back to the order of the file keeps the rest, too", () => {
    expect(unsortedQuery(query("page=2&sort=size&order=desc"))).toBe("?page=2");
    expect(unsortedQuery(query("sort=size"))).toBe("?");
  });
});

describe("the rows", () => {
  const rows = [
    { name: "b", records: 3, sizeBytes: 10, newest: 50 },
    { name: "a", records: 3, sizeBytes: 30, newest: null },
    { name: "c", records: 1, sizeBytes: 20, newest: 70 },
  ];

  test.each<[TableSort | null, string]>([
    [null, "bac"],
    [{ key: "name", order: "asc" }, "abc"],
    [{ key: "name", order: "desc" }, "cba"],
    [{ key: "records", order: "desc" }, "bac"],
    [{ key: "records", order: "asc" }, "cba"],
    [{ key: "size", order: "desc" }, "acb"],
    [{ key: "newest", order: "desc" }, "cba"],
    [{ key: "newest", order: "asc" }, "bca"],
  ])("sorted by %j are %s: equal ones as in the file, unknown values last", (sort, names) => {
    expect(
      sortTables(rows, sort)
        .map(({ name }) => name)
        .join(""),
    ).toBe(names);
    expect(rows.map(({ name }) => name).join("")).toBe("bac");
  });
});
