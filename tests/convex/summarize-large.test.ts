import { expect, test } from "vitest";
import { planExport } from "~/export/plan";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { TestConvex } from "../support/convex";
import { makeDocument, textFieldOf } from "../support/documents";

test("a summary stays within what a query may read, with 1 MB documents at both ends of every table", async () => {
  const convex = await TestConvex.start({ empty: true });
  for (const table of EXPORT_TABLES) {
    const field = textFieldOf(table);
    const large = makeDocument(table, { [field]: "x".repeat(1_000_000) });
    const small = Array.from({ length: 10 }, () => makeDocument(table));
    await convex.insert(table, [large, ...small, large]);
  }
  const { tables } = await planExport(convex.source());
  expect(tables.every((t) => t.records >= 12)).toBe(true);
  await convex.close();
});
