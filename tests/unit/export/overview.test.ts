import { expect, test } from "vitest";
import { describeSummary } from "~/export/overview";
import { planExport } from "~/export/plan";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const AS_OF = new Date("2026-01-31T04:05:06.123Z");

const TABLES = {
  people: makeDocuments("p", 2),
  people_tokens: makeDocuments("t", 20),
};

test("the overview lists what an export would hold, with each table's own redactions", async () => {
  const source = new MemorySource(TABLES, {
    redactedFields: ["people.token", "people.extra", "people_tokens.secret"],
    searchedFields: ["people.extra"],
    excludedFields: ["people.password"],
    excludedTables: [{ name: "logs", reason: "diagnostics" }],
  });
  const plan = await planExport(source);
  const overview = describeSummary(plan.summary, AS_OF);
  expect(overview).toEqual({
    tables: [
      {
        name: "people",
        records: 2,
        sizeBytes: plan.tables[0]?.sizeBytes,
        isSizeExact: true,
        marginBytes: 0,
        share: (plan.tables[0]?.sizeBytes ?? 0) / plan.totalBytes,
        newest: plan.tables[0]?.newest,
        fingerprintedFields: ["token"],
        searchedFields: ["extra"],
        excludedFields: ["password"],
      },
      {
        name: "people_tokens",
        records: 20,
        sizeBytes: plan.tables[1]?.sizeBytes,
        isSizeExact: true,
        marginBytes: 0,
        share: (plan.tables[1]?.sizeBytes ?? 0) / plan.totalBytes,
        newest: plan.tables[1]?.newest,
        fingerprintedFields: ["secret"],
        searchedFields: [],
        excludedFields: [],
      },
    ],
    totalRecords: 22,
    totalBytes: plan.totalBytes,
    isSizeExact: true,
    marginBytes: 0,
    fileBytes: plan.totalBytes + 22 * 2 + 5000,
    newest: plan.tables[1]?.newest,
    isUnused: false,
    asOf: "2026-01-31T04:05:06.123Z",
    excludedTables: [{ name: "logs", reason: "diagnostics" }],
    policyVersion: "1.0",
  });
});

test("one estimated table makes the total an estimate", async () => {
  const { summary } = await planExport(new MemorySource(TABLES, { sampled: 10 }));
  const overview = describeSummary(summary, AS_OF);
  expect(overview.tables.map((table) => table.isSizeExact)).toEqual([true, false]);
  expect(overview.isSizeExact).toBe(false);
});

test("an estimate has a margin, and so has the total", async () => {
  const source = new MemorySource(TABLES, { sampled: 10, sampledDeviation: 4 });
  const { tables, marginBytes } = describeSummary((await planExport(source)).summary, AS_OF);
  const [people, tokens] = tables;
  expect(people?.marginBytes).toBe(0);
  expect(tokens?.marginBytes).toBeGreaterThan(0);
  expect(marginBytes).toBe(tokens?.marginBytes);
});

test("a database of accounts only is one that nobody has used yet", async () => {
  const overviewOf = async (tables: ConstructorParameters<typeof MemorySource>[0]) =>
    describeSummary((await planExport(new MemorySource(tables))).summary, AS_OF);
  const accounts = { users: makeDocuments("u", 5), sessions: makeDocuments("s", 1) };
  expect((await overviewOf({ ...accounts, incidents: [] })).isUnused).toBe(true);
  expect((await overviewOf({ ...accounts, incidents: makeDocuments("i", 1) })).isUnused).toBe(
    false,
  );
});

test("a database without a document has no newest one, and no shares", async () => {
  const { summary } = await planExport(new MemorySource({ users: [], notes: [] }));
  const overview = describeSummary(summary, AS_OF);
  expect(overview).toMatchObject({ newest: null, totalBytes: 0, isUnused: true });
  expect(overview.tables.map(({ share, newest }) => [share, newest])).toEqual([
    [0, null],
    [0, null],
  ]);
});

test("an overview survives the way to the browser as JSON", async () => {
  const { summary } = await planExport(new MemorySource(TABLES));
  const overview = describeSummary(summary, AS_OF);
  expect(JSON.parse(JSON.stringify(overview))).toEqual(overview);
});
