import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleData } from "~/embedded/sample-data";
import { internal } from "../../convex/_generated/api";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { firstTables } from "../../convex/model/firstPage";
import type { TableSummary } from "../../convex/model/summary";
import { COMMAND_LINE, MEBIBYTE, TestConvex } from "../support/convex";
import { makeDocument, textFieldOf } from "../support/documents";
import { FINGERPRINT_KEY, readLines } from "./read-lines";

const PAGE = {
  maximumBytes: 4 * MEBIBYTE,
  maximumDocuments: 24_000,
  fingerprintKey: FINGERPRINT_KEY,
};

function begin(convex: TestConvex, page?: typeof PAGE, encoding?: "latin1") {
  return convex.client.query(internal.exports.begin, {
    actor: COMMAND_LINE,
    ...(page === undefined ? {} : { page }),
    ...(encoding === undefined ? {} : { encoding }),
  });
}

describe("the beginning of an export of the sample data", () => {
  let convex: TestConvex;

  beforeAll(async () => {
    convex = await TestConvex.start();
  });

  afterAll(() => convex.close());

  test("is the summary and no page where none is asked for", async () => {
    const { summary, ...page } = await begin(convex);
    const sample = createSampleData({ scale: 1 });
    expect(summary.tables.map(({ name, records }) => [name, records])).toEqual(
      EXPORT_TABLES.map((table) => [table, sample[table].length]),
    );
    expect(page).toEqual({ asked: [], tables: [], next: null, redactions: {}, withheld: {} });
  });

  test("has the largest table with it, as a page of it alone would have it", async () => {
    const { summary, asked, ...page } = await begin(convex, PAGE);
    expect(asked).toEqual(["clarification_questions"]);
    expect(page).toEqual(await readLines(convex, { tables: asked }));
    const planned = summary.tables.find(({ name }) => name === "clarification_questions");
    expect(page.tables).toMatchObject([
      { name: "clarification_questions", records: planned?.records },
    ]);
    expect(page.next).toBeNull();
  });

  test("has that page in the encoding that is asked for", async () => {
    const { asked, tables } = await begin(convex, PAGE, "latin1");
    expect(tables).toEqual((await readLines(convex, { tables: asked, encoding: "latin1" })).tables);
    expect(tables[0]?.lines).toContain("\u0001");
  });

  test("has no page with it where the database takes more than a page", async () => {
    const { asked, tables } = await begin(convex, { ...PAGE, maximumBytes: MEBIBYTE });
    expect([asked, tables]).toEqual([[], []]);
  });
});

test("the beginning has all of a database with few documents with it", async () => {
  const convex = await TestConvex.start({ empty: true });
  await convex.createUser("system_admin");
  const { summary, asked, ...page } = await begin(convex, PAGE);
  expect(summary.tables.filter(({ records }) => records > 0)).toMatchObject([{ name: "users" }]);
  expect(asked[0]).toBe("users");
  expect(asked.toSorted()).toEqual(EXPORT_TABLES.toSorted());
  expect(page).toEqual(await readLines(convex, { tables: asked }));
  await convex.close();
});

test("the beginning has no page where its sample has read too much for one", async () => {
  const convex = await TestConvex.start({ empty: true });
  for (const table of ["companies", "sites", "incidents", "participants"]) {
    const large = makeDocument(table, { [textFieldOf(table)]: "x".repeat(1_000_000) });
    await convex.insert(table, [large, large]);
  }
  const fits = await begin(convex, { ...PAGE, maximumBytes: 11 * MEBIBYTE });
  expect(fits.asked).toHaveLength(EXPORT_TABLES.length);
  const tooLarge = await begin(convex, { ...PAGE, maximumBytes: 12 * MEBIBYTE });
  expect(tooLarge).toMatchObject({ asked: [], tables: [], next: null });
  await convex.close();
});

describe("the tables of the first page", () => {
  const bounds = { maximumBytes: 1000, maximumDocuments: 5000 };

  /** A table of documents of one byte, unless said otherwise. */
  function table(
    name: TableSummary["name"],
    records: number,
    { bytes = records, isSampled = true } = {},
  ): TableSummary {
    return {
      name,
      records,
      sampledRecords: isSampled ? records : 0,
      sampledBytes: isSampled ? bytes : 0,
      sampledDeviation: null,
      oldest: null,
      newest: null,
    };
  }

  test.each<[string, TableSummary[], string[]]>([
    [
      "are all, the largest first, where the others have 1,000 documents",
      [
        table("users", 400, { bytes: 200 }),
        table("sites", 1, { bytes: 400 }),
        table("companies", 600, { bytes: 200 }),
      ],
      ["sites", "users", "companies"],
    ],
    [
      "are the largest alone where the others have 1,001",
      [
        table("users", 400, { bytes: 200 }),
        table("sites", 1, { bytes: 400 }),
        table("companies", 601, { bytes: 200 }),
      ],
      ["sites"],
    ],
    [
      "are all where four fifths of a page are enough",
      [table("users", 400), table("sites", 400)],
      ["users", "sites"],
    ],
    ["are none of what takes more", [table("users", 401), table("sites", 400)], []],
    [
      "are none where there are too many documents for a page",
      [table("users", 4001, { bytes: 1 })],
      [],
    ],
    [
      "are none where the size of a table is not known",
      [table("users", 1), table("sites", 2, { isSampled: false })],
      [],
    ],
    ["are all of an empty database", [table("users", 0), table("sites", 0)], ["users", "sites"]],
  ])("%s", (_which, tables, expected) => {
    expect(firstTables({ tables, readBytes: 0 }, bounds)).toEqual(expected);
  });

  test.each([
    [7, ["users"]],
    [7 + 1e-6, []],
  ])("where %d MiB were read to sample them are %j", (read, expected) => {
    const page = { maximumBytes: 8 * MEBIBYTE, maximumDocuments: 100 };
    const summarized = { tables: [table("users", 1)], readBytes: read * MEBIBYTE };
    expect(firstTables(summarized, page)).toEqual(expected);
  });
});
