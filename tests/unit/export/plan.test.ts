import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { planExport, planReads, sum, type PageBounds, type TablePlan } from "~/export/plan";
import { snapshotDate } from "~/export/source";
import {
  encodeTimestamp,
  lineBytes,
  makeDocuments,
  MemorySource,
} from "../../support/memory-source";

describe("planExport", () => {
  test("gives exact counts and, where all documents were sampled, exact sizes", async () => {
    const notes = makeDocuments("n", 7, (index) => ({ text: "é".repeat(index) }));
    const plan = await planExport(new MemorySource({ people: makeDocuments("p", 3), notes }));
    expect(
      plan.tables.map(({ name, records, isSizeExact }) => [name, records, isSizeExact]),
    ).toEqual([
      ["people", 3, true],
      ["notes", 7, true],
    ]);
    expect(plan.tables[1]?.sizeBytes).toBe(sum(notes.map(lineBytes)));
    expect(plan.totalRecords).toBe(10);
    expect(plan.totalBytes).toBe(sum(plan.tables.map((table) => table.sizeBytes)));
  });

  test("scales the mean of a sample up to the count, and says that it is an estimate", async () => {
    const documents = makeDocuments("n", 1000, () => ({ text: "x".repeat(100) }));
    const plan = await planExport(new MemorySource({ notes: documents }, { sampled: 10 }));
    const [table] = plan.tables;
    expect(table?.isSizeExact).toBe(false);
    expect(table?.sizeBytes).toBe(sum(documents.slice(0, 10).map(lineBytes)) * 100);
  });

  test("takes the other tables' mean for a table that was not sampled at all", async () => {
    const source = new MemorySource({ big: makeDocuments("b", 4), rest: makeDocuments("r", 6) });
    const honest = await source.summarize();
    source.summarize = () =>
      Promise.resolve({
        ...honest,
        tables: honest.tables.map((table) =>
          table.name === "rest" ? { ...table, sampledRecords: 0, sampledBytes: 0 } : table,
        ),
      });
    const plan = await planExport(source);
    const [big, rest] = plan.tables;
    expect(rest?.isSizeExact).toBe(false);
    expect(rest?.sizeBytes).toBe(Math.round(((big?.sizeBytes ?? 0) / 4) * 6));
  });

  test("plans an empty database: no records, no bytes, and the size is exact", async () => {
    const plan = await planExport(new MemorySource({ people: [], notes: [] }, { sampled: 0 }));
    expect(plan.tables).toEqual([
      { name: "people", records: 0, sizeBytes: 0, isSizeExact: true },
      { name: "notes", records: 0, sizeBytes: 0, isSizeExact: true },
    ]);
    expect(plan).toMatchObject({ totalRecords: 0, totalBytes: 0 });
  });

  test("keeps schema order for a part of the tables, in whatever order they are asked for", async () => {
    const source = new MemorySource({ a: [], b: makeDocuments("b", 2), c: makeDocuments("c", 1) });
    const plan = await planExport(source, ["c", "b"]);
    expect(plan.tables.map((table) => table.name)).toEqual(["b", "c"]);
    expect(plan.totalRecords).toBe(3);
  });

  test("refuses tables that the database lacks and names them", async () => {
    const source = new MemorySource({ a: [] });
    const error: unknown = await planExport(source, ["a", "x", "toString"]).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ExportError);
    expect(error).toMatchObject({ code: "unknown_table" });
    expect((error as ExportError).detail).toContain("x, toString");
  });

  test("costs two requests and reads no page", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 5000) });
    await planExport(source);
    expect(source.calls).toEqual(["pinTimestamp", "summarize"]);
  });
});

describe("snapshotDate", () => {
  test.each([
    [0n, "1970-01-01T00:00:00.000Z"],
    [1_769_832_306_123_456_789n, "2026-01-31T04:05:06.123Z"],
    [1_769_832_306_123_999_999n, "2026-01-31T04:05:06.123Z"],
    [4_102_444_800_000_000_000n, "2100-01-01T00:00:00.000Z"],
  ])("reads %d ns as %s", (nanoseconds, iso) => {
    expect(snapshotDate(encodeTimestamp(nanoseconds)).toISOString()).toBe(iso);
  });
});

describe("planReads", () => {
  const table = (name: string, records: number, sizeBytes: number): TablePlan => ({
    name,
    records,
    sizeBytes,
    isSizeExact: false,
  });
  const page: PageBounds = { maximumBytes: 1000, maximumDocuments: 100 };

  test("reads a small database in one", () => {
    const tables = [table("a", 10, 100), table("b", 0, 0), table("c", 20, 300)];
    expect(planReads(tables, page)).toEqual([["a", "b", "c"]]);
  });

  test("reads nothing for no tables", () => {
    expect(planReads([], page)).toEqual([]);
  });

  test("reads a table that may not fit a page alone", () => {
    const tables = [table("small", 1, 10), table("huge", 50, 5000), table("many", 101, 10)];
    expect(planReads(tables, page)).toEqual([["small"], ["huge"], ["many"]]);
  });

  test("leaves room for estimates that err", () => {
    expect(planReads([table("a", 1, 500), table("b", 1, 499)], page)).toEqual([["a"], ["b"]]);
  });

  test("has each table in exactly one read, in order, and never plans an overfull one", () => {
    const tables = fc
      .array(fc.record({ records: fc.nat(200), sizeBytes: fc.nat(2000) }), { maxLength: 40 })
      .map((list) => list.map(({ records, sizeBytes }, i) => table(`t${i}`, records, sizeBytes)));
    const bounds = fc.record({
      maximumBytes: fc.integer({ min: 1, max: 3000 }),
      maximumDocuments: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(tables, bounds, (plans, limits) => {
        const reads = planReads(plans, limits);
        const byName = new Map(plans.map((plan) => [plan.name, plan]));
        const position = new Map(plans.map((plan, index) => [plan.name, index]));
        expect(reads.flat().toSorted()).toEqual([...byName.keys()].toSorted());
        for (const read of reads) {
          const positions = read.map((name) => position.get(name) ?? -1);
          expect(positions).toEqual(positions.toSorted((a, b) => a - b));
          if (read.length === 1) continue;
          const members = read.map((name) => byName.get(name));
          const bytes = sum(members.map((member) => member?.sizeBytes ?? NaN));
          const documents = sum(members.map((member) => member?.records ?? NaN));
          expect(bytes).toBeLessThanOrEqual(limits.maximumBytes);
          expect(documents).toBeLessThanOrEqual(limits.maximumDocuments);
        }
      }),
    );
  });
});
