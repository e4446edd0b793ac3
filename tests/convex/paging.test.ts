import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleData } from "~/embedded/sample-data";
import { internal } from "../../convex/_generated/api";
import { EXPORT_TABLES, REDACTED_FIELDS } from "../../convex/model/exportTables";
import { COMMAND_LINE, MEBIBYTE, TestConvex } from "../support/convex";
import { findCredentials } from "../support/credentials";
import {
  FINGERPRINT_KEY as KEY,
  readAllLines,
  readLines,
  requestAfter,
  type LinesPage,
  type LinesRead,
  type LinesRequest,
} from "./read-lines";

let convex: TestConvex;

beforeAll(async () => {
  convex = await TestConvex.start();
});

afterAll(() => convex.close());

const readPage = (request: LinesRequest) => readLines(convex, request);

function countsOf(pages: readonly LinesPage[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { redactions } of pages) {
    for (const [path, count] of Object.entries(redactions)) {
      counts[path] = (counts[path] ?? 0) + count;
    }
  }
  return counts;
}

describe("the whole database", () => {
  let whole: LinesRead;

  beforeAll(async () => {
    whole = await readAllLines(convex);
  });

  test("of the reference size is one page, with all 18 tables in order", () => {
    expect(whole.pages).toHaveLength(1);
    expect(whole.pages[0]?.tables.map((table) => table.name)).toEqual([...EXPORT_TABLES]);
  });

  test("is what the function for people gives, too", async () => {
    const people = await convex.readAll(KEY);
    for (const [table, lines] of Object.entries(whole.lines)) {
      expect(
        lines.map((line) => JSON.parse(line) as unknown),
        table,
      ).toEqual(people[table]);
    }
  });

  test("has the documents of the sample data, by id and in order", () => {
    const sample = createSampleData({ scale: 1 });
    for (const table of EXPORT_TABLES) {
      const ids = (whole.lines[table] ?? []).map(
        (line) => (JSON.parse(line) as { _id: string })._id,
      );
      expect(ids, table).toEqual(sample[table].map((document) => document["_id"]));
    }
  });

  test("has each table in creation order, and no document twice", () => {
    for (const [table, lines] of Object.entries(whole.lines)) {
      const documents = lines.map(
        (line) => JSON.parse(line) as { _id: string; _creationTime: number },
      );
      const times = documents.map((document) => document._creationTime);
      expect(times, table).toEqual(times.toSorted((a, b) => a - b));
      expect(new Set(documents.map(({ _id }) => _id)).size, table).toBe(documents.length);
    }
  });

  test.each<[string, LinesRequest]>([
    ["100 documents", { maximumDocuments: 100 }],
    ["1683 documents, as many as the largest table has", { maximumDocuments: 1683 }],
    ["24,000 documents", { maximumDocuments: 24_000 }],
    ["70 kB", { maximumBytes: 70_000 }],
    ["300 kB", { maximumBytes: 300_000 }],
    ["12 MiB", { maximumBytes: 12 * MEBIBYTE }],
    ["150 documents and 60 kB", { maximumDocuments: 150, maximumBytes: 60_000 }],
  ])("by pages of %s is the same lines", async (_name, bounds) => {
    expect((await readAllLines(convex, bounds)).lines).toEqual(whole.lines);
  });

  test.each<[string, LinesRequest]>([
    ["1 document", { maximumDocuments: 1 }],
    ["7 documents", { maximumDocuments: 7 }],
    ["1 byte", { maximumBytes: 1 }],
    ["5 kB", { maximumBytes: 5000 }],
  ])("by pages of %s makes progress with each page", async (_name, bounds) => {
    const tables = ["user_invitations", "accounts", "incident_analysis", "ai_prompts"];
    const paged = await readAllLines(convex, { ...bounds, tables });
    for (const table of tables) expect(paged.lines[table], table).toEqual(whole.lines[table]);
    const records = tables.reduce((sum, table) => sum + (whole.lines[table]?.length ?? 0), 0);
    // A table's end may need a page of its own.
    expect(paged.pages.length).toBeLessThanOrEqual(records + tables.length);
  });
});

describe("one page", () => {
  test("keeps its bounds, whatever it begins with", async () => {
    for (const maximumDocuments of [1, 10, 36, 75, 76, 500]) {
      const page = await readPage({ maximumDocuments });
      const records = page.tables.reduce((sum, table) => sum + table.records, 0);
      expect(records).toBeLessThanOrEqual(maximumDocuments);
      expect(page.next).not.toBeNull();
    }
  });

  test("leaves a table that does not fit to the next page, from its start", async () => {
    const page = await readPage({ tables: ["companies", "users"], maximumDocuments: 40 });
    expect(page.tables.map(({ name, records }) => [name, records])).toEqual([["companies", 35]]);
    expect(page.next).toEqual({ table: "users", from: null, cursor: null });
  });

  test("splits its first table where that does not fit, at a creation time", async () => {
    const request = { tables: ["clarification_questions"], maximumDocuments: 40 };
    const page = await readPage(request);
    expect(page.tables.map(({ name, records }) => [name, records])).toEqual([
      ["clarification_questions", 39],
    ]);
    const rest = await readPage(requestAfter(request, page) ?? {});
    const [first = ""] = rest.tables[0]?.lines.split(",\n") ?? [];
    const { _creationTime } = JSON.parse(first) as { _creationTime: number };
    expect(page.next).toEqual({
      table: "clarification_questions",
      from: _creationTime,
      cursor: null,
    });
  });

  test("for which no range is given is of whole tables", async () => {
    const page = { cursor: null, maximumBytes: MEBIBYTE, maximumDocuments: 40 };
    const args = { actor: COMMAND_LINE, tables: ["incidents"], fingerprintKey: KEY, page };
    const { metadata } = await convex.client.query(internal.exports.generateDatabaseExport, {
      ...args,
      exportType: "segmented",
    });
    const lines = await convex.client.query(internal.exports.readLines, args);
    const whole = await readPage({ ...page, tables: ["incidents"] });
    expect(metadata.totalRecords).toBe(39);
    expect(lines).toEqual(whole);
  });

  test("has its tables in the order in which they are asked for", async () => {
    const tables = ["sites", "incidents", "companies"];
    const page = await readPage({ tables });
    expect(page.tables.map((table) => table.name)).toEqual(tables);
  });

  test("for people reads its tables in schema order, in whatever order they are asked for", async () => {
    const { metadata } = await convex.client.query(internal.exports.generateDatabaseExport, {
      actor: COMMAND_LINE,
      tables: ["sites", "incidents", "companies"],
      fingerprintKey: KEY,
      page: { cursor: null, maximumBytes: MEBIBYTE, maximumDocuments: 400 },
      exportType: "segmented",
    });
    expect(metadata.filtersApplied.tables).toEqual(["companies", "sites", "incidents"]);
  });

  test.each([
    [["nope"], "unknown_table"],
    [["debug_logs"], "unknown_table"],
    [["users", "export_runs"], "unknown_table"],
    [["export_denials"], "unknown_table"],
    [["sign_in_failures"], "unknown_table"],
    [["__proto__"], "unknown_table"],
    [["_storage"], "unknown_table"],
    [["users", "users"], "convex_failed"],
    [[], "convex_failed"],
  ])("of the tables %j is refused", async (tables, code) => {
    await expect(readPage({ tables })).rejects.toMatchObject({ code });
  });

  test.each([
    { maximumDocuments: 0 },
    { maximumDocuments: -1 },
    { maximumDocuments: 1.5 },
    { maximumDocuments: 32_001 },
    { maximumBytes: 0 },
    { cursor: "not a cursor" },
  ])("with %j is refused", async (bounds) => {
    await expect(readPage(bounds)).rejects.toMatchObject({ name: "ExportError" });
  });

  test("for people is refused where its list would be longer than Convex returns", async () => {
    const call = (maximumDocuments: number) =>
      convex.client.query(internal.exports.generateDatabaseExport, {
        actor: COMMAND_LINE,
        exportType: "full",
        fingerprintKey: KEY,
        page: { cursor: null, maximumBytes: MEBIBYTE, maximumDocuments },
      });
    await expect(call(8193)).rejects.toMatchObject({ code: "convex_failed" });
    await expect(call(8192)).resolves.toBeDefined();
  });
});

describe("what a page says of itself", () => {
  test("is the approved metadata, with the counts of the page", async () => {
    const answer = await convex.client.query(internal.exports.generateDatabaseExport, {
      actor: COMMAND_LINE,
      exportType: "segmented",
      tables: ["sites", "companies"],
      fingerprintKey: KEY,
      page: { cursor: null, maximumBytes: MEBIBYTE, maximumDocuments: 1000 },
    });
    expect(answer.metadata).toMatchObject({
      exportType: "segmented",
      version: "1.0",
      recordCounts: { companies: 35, sites: 36 },
      totalRecords: 71,
      exportedBy: "test",
      filtersApplied: { tables: ["companies", "sites"] },
    });
    expect(new Date(answer.metadata.exportedAt).toISOString()).toBe(answer.metadata.exportedAt);
    expect(Object.keys(answer.data).toSorted()).toEqual(["companies", "sites"]);
    expect(answer.page).toEqual({ next: null });
  });

  test("names no redaction that the policy does not, and counts each credential", async () => {
    const { pages, lines } = await readAllLines(convex);
    const counts = countsOf(pages);
    for (const path of Object.keys(counts)) expect(REDACTED_FIELDS).toContain(path);
    expect(counts["sessions.sessionToken"]).toBe(lines["sessions"]?.length);
    expect(counts["ai_request_logs.input_data"]).toBeGreaterThan(0);
    expect(pages.map((page) => page.withheld)).toEqual([{}]);
  });
});

describe("no credential crosses the wire", () => {
  const credentials = findCredentials(createSampleData({ scale: 1 }));

  test("of the many that the sample data holds", () => {
    expect(credentials.length).toBeGreaterThan(60);
    for (const credential of credentials) expect(credential.length).toBeGreaterThan(15);
  });

  /** The bytes of an answer, as they come over the network. */
  async function rawAnswer(path: string, args: object): Promise<string> {
    const response = await fetch(`${convex.url}/api/query`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Convex ${convex.adminKey}`,
      },
      body: JSON.stringify({ path, args, format: "convex_encoded_json" }),
    });
    const text = await response.text();
    expect(text).toContain('"status":"success"');
    return text;
  }

  const page = { cursor: null, maximumBytes: 8 * MEBIBYTE, maximumDocuments: 8000 };

  test.each<[string, object]>([
    ["exports:readLines", { actor: COMMAND_LINE, fingerprintKey: KEY, page }],
    [
      "exports:generateDatabaseExport",
      { actor: COMMAND_LINE, exportType: "full", fingerprintKey: KEY, page },
    ],
    ["exports:summarize", { actor: COMMAND_LINE }],
    [
      "exports:begin",
      {
        actor: COMMAND_LINE,
        page: { maximumBytes: 8 * MEBIBYTE, maximumDocuments: 8000, fingerprintKey: KEY },
      },
    ],
  ])("in an answer of %s", async (path, args) => {
    const text = await rawAnswer(path, args);
    expect(credentials.filter((credential) => text.includes(credential))).toEqual([]);
    expect(text).not.toMatch(/\$2[aby]\$\d\d\$/);
  });
});
