import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeFunctionReference, type FunctionReference } from "convex/server";
import type { JSONValue } from "convex/values";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseExportQuery } from "~/export/filters";
import type { ExportFileContent } from "~/export/file-schema";
import type { ExportSource, FindRequest } from "~/export/source";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { TestConvex } from "../support/convex";
import { readBytes } from "../support/export-runs";

const RETENTION_MS = 10 * 60 * 1000;
const FUNCTIONS_DIR = fileURLToPath(new URL("../fixtures/segment-costs", import.meta.url));

interface Cost {
  found: number;
  read: number;
}

type Measured<Args extends Record<string, unknown>> = FunctionReference<
  "query",
  "internal",
  Args,
  Cost
>;

const ofFind = makeFunctionReference<"query">("costs:ofFind") as unknown as Measured<{
  request: JSONValue;
}>;
const ofFindIds = makeFunctionReference<"query">("costs:ofFindIds") as unknown as Measured<{
  table: string;
  ids: string[];
}>;

/** The sample data, and the same documents behind functions that say what they read. */
let convex: TestConvex;
let measuring: TestConvex;
let all: ExportFileContent;
let folder: string;

beforeAll(async () => {
  convex = await TestConvex.start({ retentionMs: RETENTION_MS, scale: 3 });
  const { file, settle } = await convex.export();
  const bytes = await readBytes(file);
  await settle("completed");
  all = JSON.parse(bytes.toString()) as ExportFileContent;
  folder = await mkdtemp(join(tmpdir(), "segment-costs-"));
  // The fields that an export leaves out are none that anything is found by.
  for (const user of all.data["users"] ?? []) user["password"] = "none";
  const path = join(folder, "all.json");
  await writeFile(path, JSON.stringify(all));
  measuring = await TestConvex.start({
    retentionMs: RETENTION_MS,
    functionsDir: FUNCTIONS_DIR,
    data: path,
  });
});

afterAll(async () => {
  await Promise.all([convex.close(), measuring.close()]);
  await rm(folder, { recursive: true });
});

/** Exports a segment, and asks what each of its searches has read. */
async function costOf(query: string) {
  const searches: Promise<Cost>[] = [];
  const read: number[] = [];
  const source = convex.source();
  const watched: ExportSource = {
    ...source,
    find(timestamp, request: FindRequest, signal) {
      const asked = { request: { ...request } as unknown as JSONValue };
      searches.push(measuring.client.query(ofFind, asked));
      return source.find(timestamp, request, signal);
    },
    findIds(timestamp, table, ids, signal) {
      searches.push(measuring.client.query(ofFindIds, { table, ids }));
      return source.findIds(timestamp, table, ids, signal);
    },
    readDocuments(timestamp, request, openSink, signal) {
      read.push(...request.tables.map(({ ids }) => ids.length));
      return source.readDocuments(timestamp, request, openSink, signal);
    },
    readPage: () => Promise.reject(new Error("a table was read whole")),
  };
  const request = parseExportQuery(new URLSearchParams(query), EXPORT_TABLES);
  const prepared = await convex.export(undefined, { source: watched, request });
  await prepared.settle("completed");
  const costs = await Promise.all(searches);
  return {
    documents: prepared.file.metadata.totalRecords,
    found: total(costs.map((cost) => cost.found)),
    searched: total(costs.map((cost) => cost.read)),
    read: total(read),
  };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** The filters, each with a value of the sample data. */
const SEGMENTS: [name: string, query: () => string][] = [
  ["a company", () => `company=${all.data["incidents"]?.[0]?.["company_id"] as string}`],
  [
    "a site",
    () => {
      const person = all.data["participants"]?.find(({ site_id }) => typeof site_id === "string");
      return `site=${person?.["site_id"] as string}`;
    },
  ],
  [
    "a participant",
    () => {
      const incident = all.data["incidents"]?.find((i) => typeof i["participant_id"] === "string");
      return `participant=${incident?.["participant_id"] as string}`;
    },
  ],
  [
    "some days of a company",
    () => {
      const incident = all.data["incidents"]?.[40];
      const createdAt = Number(incident?.["created_at"]);
      const company = incident?.["company_id"] as string;
      const from = new Date(createdAt - 1000).toISOString();
      const to = new Date(createdAt + 86_400_000).toISOString();
      return new URLSearchParams({ company, from, to }).toString();
    },
  ],
];

test.each(SEGMENTS)("what %s costs follows the segment and not the database", async (_, query) => {
  const cost = await costOf(query());
  expect(cost.documents).toBeGreaterThan(1);
  expect(cost.documents).toBeLessThan(all.metadata.totalRecords / 3);
  // Each document is found once and read once. What is searched beyond that: requests of a user that
  // belong to an incident are found by both, and a company's users are looked at for the dates.
  expect(cost.read).toBe(cost.documents);
  expect(cost.searched).toBeLessThanOrEqual(1.5 * cost.documents + 20);
});
