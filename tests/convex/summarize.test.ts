import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleData } from "~/embedded/sample-data";
import { describeSummary } from "~/export/overview";
import { planExport, planTables } from "~/export/plan";
import { internal } from "../../convex/_generated/api";
import { EXPORT_TABLES, RELATIONS } from "../../convex/model/exportTables";
import { COMMAND_LINE, TestConvex } from "../support/convex";
import { makeDocument, textFieldOf } from "../support/documents";
import { lineBytes } from "../support/memory-documents";

const SAMPLES_PER_TABLE = 9;

/** Bytes of each line of an export as it is now. */
async function lineSizes(convex: TestConvex): Promise<Record<string, number[]>> {
  const tables = Object.entries(await convex.readAll("k"));
  return Object.fromEntries(tables.map(([table, documents]) => [table, documents.map(lineBytes)]));
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

describe("of the sample data", () => {
  let convex: TestConvex;

  beforeAll(async () => {
    convex = await TestConvex.start();
  });

  afterAll(() => convex.close());

  test("the summary has the exact count of each exported table, in order", async () => {
    const summary = await convex.client.query(internal.exports.summarize, { actor: COMMAND_LINE });
    const sample = createSampleData({ scale: 1 });
    const sizes = await lineSizes(convex);
    expect(summary.tables.map(({ name, records }) => [name, records])).toEqual(
      EXPORT_TABLES.map((table) => [table, sizes[table]?.length]),
    );
    for (const { name, records } of summary.tables) {
      expect([name, records]).toEqual([name, sample[name as keyof typeof sample].length]);
    }
    expect(summary).toMatchObject({ version: "1.0", exportedBy: "test", relations: RELATIONS });
    expect(summary.sanitization.excludedFields).toEqual(["users.password"]);
    expect(summary.excludedTables.map((table) => table.name)).toEqual([
      "debug_logs",
      "export_runs",
      "export_denials",
      "sign_in_failures",
    ]);
  });

  test("at most nine documents of a table are read, and all of a smaller one", async () => {
    const summary = await convex.client.query(internal.exports.summarize, { actor: COMMAND_LINE });
    for (const { name, records, sampledRecords } of summary.tables) {
      const isSmall = records <= SAMPLES_PER_TABLE;
      expect(sampledRecords, name).toBeLessThanOrEqual(SAMPLES_PER_TABLE);
      // Fewer of a larger one where several of its sampled times have the same next document.
      expect(sampledRecords, name).toBeGreaterThanOrEqual(isSmall ? records : 2);
    }
  });

  test("the plan of an export reads two documents of tables with less than 1,000", async () => {
    const { tables } = (await planExport(convex.source())).summary;
    const { tables: all } = await convex.client.query(internal.exports.summarize, {
      actor: COMMAND_LINE,
    });
    for (const [index, { name, records, sampledRecords, oldest, newest }] of tables.entries()) {
      expect(all[index]).toMatchObject({ name, records, oldest, newest });
      const most = records < 1000 ? 2 : SAMPLES_PER_TABLE;
      expect(sampledRecords, name).toBeLessThanOrEqual(most);
      expect(sampledRecords, name).toBeGreaterThanOrEqual(Math.min(2, records));
    }
    expect(tables.filter(({ sampledRecords }) => sampledRecords > 2)).toHaveLength(2);
  });

  test("the creation times of each table's first and last document are there", async () => {
    const summary = await convex.client.query(internal.exports.summarize, { actor: COMMAND_LINE });
    const documents = await convex.readAll("k");
    for (const { name, oldest, newest } of summary.tables) {
      const times = documents[name]?.map((document) => document._creationTime) ?? [];
      expect([name, oldest, newest]).toEqual([name, times[0], times.at(-1)]);
    }
  });

  test("sizes are exact where all documents were read, and near it elsewhere", async () => {
    const summary = await convex.client.query(internal.exports.summarize, { actor: COMMAND_LINE });
    const tables = planTables(summary, EXPORT_TABLES);
    const sizes = await lineSizes(convex);
    const exact = tables.filter((table) => table.isSizeExact);
    expect(exact.length).toBeGreaterThanOrEqual(5);
    for (const { name, sizeBytes, isSizeExact } of tables) {
      const actual = total(sizes[name] ?? []);
      if (isSizeExact) expect([name, sizeBytes]).toEqual([name, actual]);
      expect(sizeBytes, name).toBeGreaterThan(actual / 3);
      expect(sizeBytes, name).toBeLessThan(actual * 3);
    }
  });

  test("the margin of an estimate holds the true size of nearly every table", async () => {
    const summary = await convex.client.query(internal.exports.summarize, { actor: COMMAND_LINE });
    const sizes = await lineSizes(convex);
    const estimated = describeSummary(summary, new Date()).tables.filter((t) => !t.isSizeExact);
    expect(estimated.length).toBeGreaterThanOrEqual(8);
    const wrong = estimated.filter(
      ({ name, sizeBytes, marginBytes }) =>
        Math.abs(sizeBytes - total(sizes[name] ?? [])) > (marginBytes ?? 0),
    );
    expect(wrong.length).toBeLessThanOrEqual(1);
  });

  test("fields that are searched are told from those that are replaced as a whole", async () => {
    const { searchedFields, sanitization } = await convex.client.query(internal.exports.summarize, {
      actor: COMMAND_LINE,
    });
    expect(searchedFields.length).toBeGreaterThan(0);
    expect(sanitization.redactedFields).toEqual(expect.arrayContaining(searchedFields));
    expect(searchedFields).not.toContain("sessions.sessionToken");
  });

  test("a system administrator is named by id", async () => {
    const userId = await convex.createUser("system_admin");
    const actor = await convex.createSession(userId);
    const summary = await convex.client.query(internal.exports.summarize, { actor });
    expect(summary.exportedBy).toBe(userId);
  });
});

describe("of an empty database", () => {
  let convex: TestConvex;

  beforeAll(async () => {
    convex = await TestConvex.start({ empty: true });
  });

  afterAll(() => convex.close());

  test("all tables but that of the demo accounts are empty, and their size is exact", async () => {
    const { tables, totalRecords } = await planExport(convex.source());
    for (const table of tables) {
      if (table.name === "users") continue;
      expect(table).toMatchObject({ records: 0, sizeBytes: 0, isSizeExact: true });
    }
    expect(totalRecords).toBe(5);
  });

  test("an empty table has no first and no last document", async () => {
    const { tables } = await convex.client.query(internal.exports.summarize, {
      actor: COMMAND_LINE,
    });
    for (const { name, oldest, newest } of tables) {
      const time = name === "users" ? (expect.any(Number) as number) : null;
      expect([name, oldest, newest]).toEqual([name, time, time]);
    }
  });

  test("documents of 1 MiB in every table do not take the summary past Convex's limits", async () => {
    // Fewer than ten to a table: all would be read if nothing stopped the sampling.
    for (const table of EXPORT_TABLES) {
      const field = textFieldOf(table);
      for (let part = 0; part < 2; part++) {
        await convex.insert(
          table,
          Array.from({ length: 4 }, () => makeDocument(table, { [field]: "x".repeat(1_000_000) })),
        );
      }
    }
    const summary = await convex.client.query(internal.exports.summarize, { actor: COMMAND_LINE });
    const tables = planTables(summary, EXPORT_TABLES);
    for (const { name, records, isSizeExact } of tables) {
      expect([name, records]).toEqual([name, name === "users" ? 13 : 8]);
      expect(isSizeExact, name).toBe(false);
    }
    const participants = tables.find(({ name }) => name === "participants");
    expect(participants?.sizeBytes).toBeGreaterThan(8_000_000);
    expect(participants?.sizeBytes).toBeLessThan(8_100_000);
  });
});
