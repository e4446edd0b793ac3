import { expect, test } from "vitest";
import type { Page, PageRequest } from "~/export/source";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { DEFAULT_BOUNDS, TestConvex } from "../support/convex";

test("the redactions of many pages add up to those of one, also where a table is left to the next", async () => {
  const convex = await TestConvex.start();
  const source = convex.source();
  const timestamp = await source.pinTimestamp();
  const totals: Record<string, number>[] = [];
  for (const maximumDocuments of [24_000, 100, 7]) {
    const total: Record<string, number> = {};
    let request: PageRequest | null = {
      ...DEFAULT_BOUNDS.page,
      maximumDocuments,
      tables: EXPORT_TABLES.filter((t) => !t.startsWith("clarification")),
      cursor: null,
      fingerprintKey: "k",
    };
    while (request !== null) {
      const page: Page = await source.readPage(timestamp, request);
      for (const [k, n] of Object.entries(page.redactions)) total[k] = (total[k] ?? 0) + n;
      const { next } = page;
      request =
        next === null
          ? null
          : {
              ...request,
              tables: request.tables.slice(request.tables.indexOf(next.table)),
              cursor: next.cursor,
            };
    }
    totals.push(total);
  }
  await convex.close();
  expect(totals[1]).toEqual(totals[0]);
  expect(totals[2]).toEqual(totals[0]);
});
