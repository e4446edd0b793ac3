import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseExportQuery } from "~/export/filters";
import type { ExportFileContent } from "~/export/file-schema";
import type { PageBounds } from "~/export/page-size";
import { pickSegment } from "~/export/segment-filter";
import { EXPORT_TABLES, RELATIONS } from "../../convex/model/exportTables";
import { TestConvex } from "../support/convex";
import { makeDocument } from "../support/documents";
import { readBytes } from "../support/export-runs";
import { failureOf } from "../support/jobs";
import type { Tables } from "../support/memory-documents";
import { seededRandom } from "../support/random";
import { expectedSegment } from "../support/segment-oracle";

const RETENTION_MS = 10 * 60 * 1000;
const KEY = "one fingerprint key";
const SCALE = 2;

/** A hundred segments, in tests of ten. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const SEGMENTS_PER_SEED = 10;

const SMALL_PAGE: PageBounds = { maximumBytes: 64 * 1024, maximumDocuments: 8 };

let convex: TestConvex;
let all: Tables;

beforeAll(async () => {
  convex = await TestConvex.start({ retentionMs: RETENTION_MS, scale: SCALE });
  all = await convex.readAll(KEY);
});

afterAll(() => convex.close());

async function exportSegment(query: string, page?: PageBounds): Promise<ExportFileContent> {
  const request = parseExportQuery(new URLSearchParams(query), EXPORT_TABLES);
  const job = { request, fingerprintKey: KEY, ...(page === undefined ? {} : { page }) };
  const prepared = await convex.export(undefined, job);
  const content = JSON.parse((await readBytes(prepared.file)).toString()) as ExportFileContent;
  await prepared.settle("completed");
  return content;
}

async function refusalOf(query: string) {
  const request = parseExportQuery(new URLSearchParams(query), EXPORT_TABLES);
  return await failureOf(convex.export(undefined, { request }));
}

/** References of the file to documents that are not in it although the database has them. */
function danglingIn({ data }: ExportFileContent): string[] {
  return Object.entries(RELATIONS).flatMap(([path, target]) => {
    const [table = "", field = ""] = path.split(".");
    const ids = new Set(data[target]?.map(({ _id }) => _id));
    const existing = new Set(all[target]?.map(({ _id }) => _id));
    return (data[table] ?? [])
      .map((document) => document[field])
      .filter((id) => typeof id === "string" && existing.has(id) && !ids.has(id))
      .map((id) => `${path} ${String(id)}`);
  });
}

/** A combination of filters; some select nothing, or contradict each other. */
function randomQuery(random: (below: number) => number): string {
  const pick = <T>(items: readonly T[]): T | undefined => items[random(items.length)];
  const query = new URLSearchParams();
  const company = pick(all["companies"] ?? []);
  const companyId = company?._id;
  const ofCompany = (table: string) =>
    (all[table] ?? []).filter((document) => document["company_id"] === companyId);
  const set = (name: string, value: unknown) => {
    if (typeof value === "string") query.set(name, value);
  };
  const kind = random(8);
  if (kind <= 2) set("company", kind === 0 ? company?.["slug"] : companyId);
  if (kind === 1) {
    const other = pick(all["companies"] ?? [])?._id;
    if (other !== companyId) set("company", [companyId, other].join(","));
  }
  if (kind === 3) set("site", pick(all["sites"] ?? [])?._id);
  if (kind === 4) set("participant", pick(all["participants"] ?? [])?._id);
  if (kind === 5) {
    set("site", pick(ofCompany("sites"))?._id);
    if (query.size > 0) set("company", companyId);
  }
  const times = (all["incidents"] ?? []).map(({ created_at }) => Number(created_at));
  if (random(2) === 0 || kind === 6) {
    const [from = 0, to = 0] = [pick(times), pick(times)].sort((a = 0, b = 0) => a - b);
    if (random(4) > 0) set("from", new Date(from).toISOString());
    if (random(4) > 0 && to > from) set("to", new Date(to).toISOString());
  }
  if (random(3) === 0 || query.size === 0) {
    const tables = EXPORT_TABLES.filter(() => random(5) === 0);
    set("tables", (tables.length === 0 ? ["incidents"] : tables).join(","));
  }
  return query.toString();
}

describe("a segment", () => {
  test.each(SEEDS)("equals an independent computation, ten times from seed %i", async (seed) => {
    const random = seededRandom(seed);
    let made = 0;
    let refused = 0;
    while (made < SEGMENTS_PER_SEED) {
      const query = randomQuery(random);
      const filter = pickSegment(parseExportQuery(new URLSearchParams(query), EXPORT_TABLES));
      const expected = expectedSegment(all, filter);
      const content = await exportSegment(query).catch((error: unknown) => {
        expect([query, error]).toMatchObject([query, { code: "bad_segment" }]);
        return undefined;
      });
      if (content === undefined) {
        refused += 1;
        continue;
      }
      made += 1;
      expect([query, content.data]).toEqual([query, expected.data]);
      expect([query, content.metadata.filtersApplied.includedByReference]).toEqual([
        query,
        expected.includedByReference,
      ]);
      expect([query, danglingIn(content)]).toEqual([query, []]);
      const counts = Object.entries(content.data).map(([table, { length }]) => [table, length]);
      expect([query, content.metadata.recordCounts]).toEqual([query, Object.fromEntries(counts)]);
      expect(content.metadata.exportType).toBe("segmented");
    }
    // Otherwise the generator would mostly make what is refused.
    expect(refused).toBeLessThan(2 * SEGMENTS_PER_SEED);
  });
});

describe("the pages of a segment", () => {
  test.each([1, 7])("give the same file with %i documents in each", async (maximumDocuments) => {
    const company = String(all["incidents"]?.[0]?.["company_id"]);
    const query = `company=${company}&tables=incidents,clarification_answers,sessions`;
    const page = { maximumBytes: 64 * 1024, maximumDocuments };
    expect((await exportSegment(query, page)).data).toEqual((await exportSegment(query)).data);
  });

  test("hold documents of an owner with more of them than fit a page, in order", async () => {
    const [company] = await convex.insert("companies", [makeDocument("companies")]);
    const site = () => makeDocument("sites", { company_id: company ?? "" });
    const ids = await convex.insert("sites", Array.from({ length: 50 }, site));
    const { data } = await exportSegment(`company=${company}`, SMALL_PAGE);
    const sites = data["sites"] ?? [];
    const sorted = sites.toSorted(
      (a, b) => a._creationTime - b._creationTime || (a._id < b._id ? -1 : 1),
    );
    expect(sites).toEqual(sorted);
    expect(sites.map(({ _id }) => _id).sort()).toEqual([...ids].sort());
  });
});

describe("a pseudonymised segment", () => {
  test("holds the same documents, and nobody's name", async () => {
    const person = all["participants"]?.[0];
    const query = `participant=${person?._id}`;
    const plain = await exportSegment(query);
    const { data, metadata } = await exportSegment(`${query}&privacy=pseudonymised`);
    expect(metadata.recordCounts).toEqual(plain.metadata.recordCounts);
    expect(JSON.stringify(plain.data)).toContain(person?.["last_name"]);
    expect(JSON.stringify(data)).not.toContain(person?.["last_name"]);
  });
});

describe("a segment is refused by name", () => {
  test.each<[string, string, RegExp]>([
    ["company=nobody", "company", /names no company: "nobody"/],
    ["site=nowhere", "site", /names no site/],
    ["participant=nobody", "participant", /names no participant/],
    ["from=1990-01-01&to=1990-01-02", "from, to", /selects no document/],
    ["from=2026-01-01&tables=users", "from", /none of the tables has any/],
  ])("%s", async (query, parameter, message) => {
    const { code, problems } = await refusalOf(query);
    expect(code).toBe("bad_segment");
    expect(problems).toMatchObject([{ parameter }]);
    expect(problems[0]?.message).toMatch(message);
  });

  test("an id of another table is no company", async () => {
    const { problems } = await refusalOf(`company=${all["sites"]?.[0]?._id}`);
    expect(problems).toMatchObject([{ parameter: "company" }]);
  });

  test("a site of another company contradicts its company", async () => {
    const site = all["sites"]?.[0];
    const other = all["companies"]?.find(({ _id }) => _id !== site?.["company_id"]);
    const { problems } = await refusalOf(`company=${other?._id}&site=${site?._id}`);
    expect(problems).toMatchObject([{ parameter: "site" }]);
    expect(problems[0]?.message).toMatch(/another company/);
  });

  test("a participant of another site contradicts its site", async () => {
    const person = all["participants"]?.find(({ site_id }) => typeof site_id === "string");
    const other = all["sites"]?.find(({ _id }) => _id !== person?.["site_id"]);
    const { problems } = await refusalOf(`site=${other?._id}&participant=${person?._id}`);
    expect(problems).toMatchObject([{ parameter: "participant" }]);
  });

  test("a table that belongs to no company cannot be of one", async () => {
    const slug = String(all["companies"]?.[0]?.["slug"]);
    const { problems } = await refusalOf(`company=${slug}&tables=incidents,ai_prompts`);
    expect(problems).toMatchObject([{ parameter: "tables" }]);
    expect(problems[0]?.message).toMatch(/ai_prompts/);
  });
});
