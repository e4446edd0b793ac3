import { expect, test } from "vitest";
import { describeSummary } from "~/export/overview";
import { planExport } from "~/export/plan";
import { makeDocuments, MemorySource } from "../../support/memory-source";

const AS_OF = new Date("2026-01-31T04:05:06.123Z");

const TABLES = {
  people: makeDocuments("p", 2),
  people_tokens: makeDocuments("t", 20),
};

test("the overview lists what an export would hold, with each table's own redactions", async () => {
  const source = new MemorySource(TABLES, {
    redactedFields: ["people.token", "people_tokens.secret"],
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
        redactedFields: ["token"],
        excludedFields: ["password"],
      },
      {
        name: "people_tokens",
        records: 20,
        sizeBytes: plan.tables[1]?.sizeBytes,
        isSizeExact: true,
        redactedFields: ["secret"],
        excludedFields: [],
      },
    ],
    totalRecords: 22,
    totalBytes: plan.totalBytes,
    isSizeExact: true,
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

test("an overview survives the way to the browser as JSON", async () => {
  const { summary } = await planExport(new MemorySource(TABLES));
  const overview = describeSummary(summary, AS_OF);
  expect(JSON.parse(JSON.stringify(overview))).toEqual(overview);
});
