import { afterAll, beforeAll, expect, test } from "vitest";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { TestConvex } from "../support/convex";
import { readAllLines } from "./read-lines";

const TABLES = EXPORT_TABLES.filter((table) => !table.startsWith("clarification"));

let convex: TestConvex;

beforeAll(async () => {
  convex = await TestConvex.start();
});

afterAll(() => convex.close());

async function redactionsBy(maximumDocuments: number): Promise<Record<string, number>> {
  const { pages } = await readAllLines(convex, { tables: TABLES, maximumDocuments });
  const total: Record<string, number> = {};
  for (const { redactions } of pages) {
    for (const [path, count] of Object.entries(redactions)) {
      total[path] = (total[path] ?? 0) + count;
    }
  }
  return total;
}

test.each([100, 7, 1])(
  "the redactions of pages of %i documents add up to those of one: what is left to the next counts once",
  async (maximumDocuments) => {
    const whole = await redactionsBy(24_000);
    expect(whole["sessions.sessionToken"]).toBeGreaterThan(7);
    expect(await redactionsBy(maximumDocuments)).toEqual(whole);
  },
);
