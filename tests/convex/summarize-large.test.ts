import { afterAll, beforeAll, expect, test } from "vitest";
import { internal } from "../../convex/_generated/api";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { COMMAND_LINE, TestConvex } from "../support/convex";
import { makeDocument, textFieldOf } from "../support/documents";

/** It is neither the first nor the last table in the schema. */
const LARGEST = "incident_classifications";

let convex: TestConvex;

beforeAll(async () => {
  convex = await TestConvex.start({ empty: true });
  for (const table of EXPORT_TABLES) {
    const large = makeDocument(table, { [textFieldOf(table)]: "x".repeat(1_000_000) });
    const count = table === LARGEST ? 40 : 10;
    const small = Array.from({ length: count }, () => makeDocument(table));
    await convex.insert(table, [large, ...small, large]);
  }
});

afterAll(() => convex.close());

test("a summary of tables with 1 MB documents at both ends stays within what a query may read, and says what it did not come to", async () => {
  const { tables } = await convex.client.query(internal.exports.summarize, { actor: COMMAND_LINE });
  for (const { name, records } of tables) {
    // The demo accounts are users, too.
    expect([name, records]).toEqual([name, name === LARGEST ? 42 : name === "users" ? 17 : 12]);
  }
  const unread = tables.filter((table) => table.sampledRecords === 0);
  expect(unread.length).toBeGreaterThan(0);
  for (const table of unread) {
    expect(table).toMatchObject({ sampledBytes: 0, oldest: null, newest: null });
  }
});

test("where there is no room for all tables, the ends of the largest are known", async () => {
  const { tables } = await convex.client.query(internal.exports.summarize, { actor: COMMAND_LINE });
  const documents = (await convex.readAll("k"))[LARGEST] ?? [];
  const largest = tables.find((table) => table.name === LARGEST);
  expect(largest).toMatchObject({
    oldest: documents[0]?._creationTime,
    newest: documents.at(-1)?._creationTime,
  });
});
