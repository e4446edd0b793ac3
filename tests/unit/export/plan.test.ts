import { describe, expect, test } from "vitest";
import { planExport, sum } from "~/export/plan";
import { snapshotDate } from "~/export/source";
import { lineBytes, makeDocuments } from "../../support/memory-documents";
import { encodeTimestamp, MemorySource } from "../../support/memory-source";

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
    const honest = source.summary();
    source.summary = () => ({
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
    const nothing = { sizeBytes: 0, isSizeExact: true, oldest: null, newest: null };
    expect(plan.tables).toEqual([
      { name: "people", records: 0, ...nothing },
      { name: "notes", records: 0, ...nothing },
    ]);
    expect(plan).toMatchObject({ totalRecords: 0, totalBytes: 0 });
  });

  test("names the creation times between which the documents of a table are", async () => {
    const plan = await planExport(new MemorySource({ a: makeDocuments("a", 5), b: [] }));
    expect(plan.tables.map(({ oldest, newest }) => [oldest, newest])).toEqual([
      [1_700_000_000_000, 1_700_000_000_001],
      [null, null],
    ]);
  });

  test("costs two requests and reads no page", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 5000) });
    await planExport(source);
    expect(source.calls).toEqual(["pinTimestamp", "begin"]);
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
