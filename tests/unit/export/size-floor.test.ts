import { describe, expect, test } from "vitest";
import { planExport, withTables, type ExportPlan } from "~/export/plan";
import { leastBytes } from "~/export/size-floor";
import { FULL } from "../../support/jobs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource, type MemorySourceOptions } from "../../support/memory-source";

const TABLES = { a: makeDocuments("a", 40, () => ({ text: "x".repeat(1000) })) };

function planOf(options: MemorySourceOptions): Promise<ExportPlan> {
  return planExport(new MemorySource(TABLES, options));
}

describe("what an export needs at least", () => {
  test("is a tenth less than what the plan expects, where documents are alike", async () => {
    const plan = await planOf({ sampled: 9, sampledDeviation: 0 });
    expect(leastBytes(plan, FULL)).toBe(Math.floor(plan.totalBytes * 0.9));
  });

  test("is less the more the documents of the sample differ, and never less than the sample", async () => {
    const alike = leastBytes(await planOf({ sampled: 9, sampledDeviation: 0 }), FULL);
    const different = leastBytes(await planOf({ sampled: 9, sampledDeviation: 300 }), FULL);
    const unlike = await planOf({ sampled: 9, sampledDeviation: 100_000 });
    const sampledBytes = unlike.summary.tables[0]?.sampledBytes ?? 0;
    expect(different).toBeLessThan(alike);
    expect(leastBytes(unlike, FULL)).toBe(Math.floor(sampledBytes * 0.9));
  });

  test("is what was sampled where one document tells nothing of the others", async () => {
    const plan = await planOf({ sampled: 1 });
    expect(leastBytes(plan, FULL)).toBe(Math.floor((plan.totalBytes / 40) * 0.9));
    expect(leastBytes(await planOf({ sampled: 0 }), FULL)).toBe(0);
  });

  test("is half where sizes are not those of the lines: another profile, or a segment", async () => {
    const plan = await planOf({});
    const half = Math.floor(plan.totalBytes / 2);
    expect(leastBytes(plan, { ...FULL, privacy: "pseudonymised" })).toBe(half);
    expect(leastBytes(plan, { ...FULL, tables: ["a"] })).toBe(half);
    const [table] = plan.tables;
    if (table === undefined) throw new Error("no table");
    const part = withTables(plan, [{ ...table, records: 10, sizeBytes: 5000, isSizeExact: false }]);
    expect(leastBytes(part, { ...FULL, company: ["c"] })).toBe(2500);
  });

  test("is twice as much for NDJSON, and not for a bundle, which is compressed", async () => {
    const plan = await planOf({});
    expect(leastBytes(plan, { ...FULL, format: "ndjson" })).toBe(Math.floor(plan.totalBytes * 1.8));
    expect(leastBytes(plan, { ...FULL, format: "zip" })).toBe(leastBytes(plan, FULL));
  });
});
