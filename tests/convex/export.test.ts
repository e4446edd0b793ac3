import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "~/convex/accounts";
import { createSampleData } from "~/embedded/sample-data";
import { exportFileSchema, type ExportFileContent } from "~/export/file-schema";
import type { ExportJob, PreparedExport } from "~/export/run";
import type { ExportSource } from "~/export/source";
import { EXPORT_TABLES, RELATIONS } from "../../convex/model/exportTables";
import { TestConvex } from "../support/convex";
import { countingProxy } from "../support/counting-proxy";
import { credentialFields, findCredentials } from "../support/credentials";
import { makeCapacity, readBytes } from "../support/export-runs";
import { FULL } from "../support/jobs";

/** The story's load is more than 500 incidents and more than 100 participants. */
const STORY_SCALE = 12;

/** Long enough that no timestamp of these tests expires by itself. */
const LONG_RETENTION_MS = 10 * 60 * 1000;

const KEY = "one fingerprint key";
const NOW = new Date("2026-01-31T04:05:06.789Z");

/** The source, with its timestamp pinned once and for all. */
function pinned(source: ExportSource, timestamp: string): ExportSource {
  return { ...source, pinTimestamp: () => Promise.resolve(timestamp) };
}

function parse(bytes: Buffer): ExportFileContent {
  return JSON.parse(bytes.toString("utf8")) as ExportFileContent;
}

let convex: TestConvex;
let admin: Actor;
let prepared: PreparedExport;
let bytes: Buffer;
let content: ExportFileContent;

beforeAll(async () => {
  convex = await TestConvex.start({ retentionMs: LONG_RETENTION_MS });
  admin = await convex.signIn("system_admin");
  prepared = await convex.export(admin);
  bytes = await readBytes(prepared.file);
  content = parse(bytes);
});

afterAll(() => convex.close());

describe("the file of the reference data set", () => {
  test("is complete: all tables, and the counts of its header are those of its body", () => {
    const { metadata, data } = content;
    expect(Object.keys(data)).toEqual([...EXPORT_TABLES]);
    expect(Object.keys(metadata.recordCounts)).toEqual([...EXPORT_TABLES]);
    for (const table of EXPORT_TABLES) {
      expect([table, data[table]?.length]).toEqual([table, metadata.recordCounts[table]]);
    }
    const total = Object.values(data).reduce((sum, documents) => sum + documents.length, 0);
    expect(metadata.totalRecords).toBe(total);
    expect(data["incidents"]).toHaveLength(80);
    expect(data["clarification_questions"]).toHaveLength(1683);
  });

  test("keeps to the schema of the file", () => {
    expect(exportFileSchema.safeParse(content).error).toBeUndefined();
  });

  test("has the length and the SHA-256 that it is sent with", () => {
    expect(prepared.file.bytes).toBe(bytes.byteLength);
    expect(prepared.file.digest).toEqual(createHash("sha256").update(bytes).digest());
  });

  test("names who made it, when, and of which moment", () => {
    const { metadata } = content;
    expect(metadata).toMatchObject({ exportType: "full", consistency: "snapshot", version: "1.0" });
    expect(content.data["users"]?.map(({ _id }) => _id)).toContain(metadata.exportedBy);
    expect(Date.parse(metadata.snapshotTimestamp)).toBeLessThanOrEqual(
      Date.parse(metadata.exportedAt),
    );
  });

  test("keeps every reference: each id leads to a document of the table that is named", () => {
    const ids = Object.fromEntries(
      Object.entries(content.data).map(([table, documents]) => [
        table,
        new Set<unknown>(documents.map(({ _id }) => _id)),
      ]),
    );
    let followed = 0;
    for (const [source, target] of Object.entries(RELATIONS)) {
      const [table = "", field = ""] = source.split(".");
      for (const document of content.data[table] ?? []) {
        const id = document[field];
        if (id === undefined) continue;
        expect(ids[target]?.has(id), `${source} ${String(id)}`).toBe(true);
        followed += 1;
      }
    }
    expect(followed).toBeGreaterThan(3000);
  });

  test("keeps values that JSON lacks, tagged as Convex tags them", () => {
    const text = bytes.toString("utf8");
    expect(text).toContain('{"$integer":"');
    expect(text).toContain('{"$float":"');
    expect(text).toContain('{"$bytes":"');
  });

  test("holds no password and no live token, searched for in its bytes", () => {
    const credentials = findCredentials(createSampleData({ scale: 1 }));
    expect(credentials.length).toBeGreaterThan(60);
    expect(credentials.filter((credential) => bytes.includes(credential))).toEqual([]);
    expect(bytes.toString("latin1")).not.toMatch(/\$2[aby]\$\d\d\$/);
    expect(admin.kind === "session" && bytes.includes(admin.tokenHash)).toBe(false);
    for (const user of content.data["users"] ?? []) expect(user).not.toHaveProperty("password");
  });

  test("has a fingerprint for each credential, equal where the credentials are", () => {
    for (const [table, field] of credentialFields()) {
      const values = (content.data[table] ?? []).flatMap((document) => document[field] ?? []);
      expect(values.length, `${table}.${field}`).toBeGreaterThan(0);
      for (const value of values) expect(value).toMatch(/^fingerprint:[0-9a-f]{32}$/);
      expect(content.metadata.sanitization.redactions[`${table}.${field}`]).toBe(values.length);
    }
    const sessions = new Set(content.data["sessions"]?.map((row) => row["sessionToken"]));
    const originals = content.data["impersonation_sessions"] ?? [];
    for (const row of originals) expect(sessions).toContain(row["original_session_token"]);
  });

  test("of two exports have no fingerprint in common", async () => {
    const other = parse(await readBytes((await convex.export(admin)).file));
    const tokens = (file: ExportFileContent) =>
      (file.data["sessions"] ?? []).map((session) => session["sessionToken"]);
    expect(tokens(other)).toHaveLength(tokens(content).length);
    expect(tokens(other).filter((token) => tokens(content).includes(token))).toEqual([]);
  });

  test("holds what is asked for where that is a part, and what this refers to", async () => {
    const { file } = await convex.export(admin, {
      request: { ...FULL, tables: ["incidents", "companies"] },
    });
    const { metadata, data } = parse(await readBytes(file));
    const referenced = ["users", "sites", "participants"];
    expect(Object.keys(data).sort()).toEqual(["companies", "incidents", ...referenced].sort());
    expect(metadata).toMatchObject({
      exportType: "segmented",
      filtersApplied: { tables: ["companies", "incidents"] },
      recordCounts: { companies: 35, incidents: 80 },
    });
    const { includedByReference = {} } = metadata.filtersApplied;
    expect(Object.keys(includedByReference).sort()).toEqual(referenced.sort());
    for (const table of referenced) {
      expect(includedByReference[table]).toEqual(data[table]?.map(({ _id }) => _id));
    }
    expect(data["incidents"]).toEqual(content.data["incidents"]);
  });
});

describe("the same timestamp, key and clock", () => {
  async function bytesWith(timestamp: string, job: Partial<ExportJob> = {}): Promise<Buffer> {
    const { file } = await convex.export(admin, {
      source: pinned(convex.source(admin), timestamp),
      fingerprintKey: KEY,
      now: () => NOW,
      ...job,
    });
    return await readBytes(file);
  }

  test("give the same bytes, also when the database has changed since", async () => {
    const timestamp = await convex.source().pinTimestamp();
    const first = await bytesWith(timestamp);
    await convex.createUser("frontline_worker");
    const second = await bytesWith(timestamp);
    expect(second.equals(first)).toBe(true);
    const later = await bytesWith(await convex.source().pinTimestamp());
    expect(later.equals(first)).toBe(false);
  });

  test("give the same documents whatever the size of the pages", async () => {
    const timestamp = await convex.source().pinTimestamp();
    const whole = parse(await bytesWith(timestamp));
    for (const page of [
      { maximumBytes: 200_000, maximumDocuments: 24_000 },
      { maximumBytes: 8_000_000, maximumDocuments: 90 },
    ]) {
      const capacity = makeCapacity({ queries: 4 });
      const paged = parse(await bytesWith(timestamp, { page, capacity }));
      expect(paged.data).toEqual(whole.data);
      expect(paged.metadata.recordCounts).toEqual(whole.metadata.recordCounts);
    }
  });
});

describe("requests to Convex", () => {
  async function countedExport(deployment: TestConvex) {
    const actor = await deployment.signIn("system_admin");
    const proxy = await countingProxy(deployment.url);
    // Progress goes by the clock, which stands still here.
    const now = new Date();
    const { file, settle } = await deployment.at(proxy.url).export(actor, { now: () => now });
    await settle("completed");
    await proxy.close();
    return { proxy, file };
  }

  test("are at most 3 that read and 4 others for the reference data set", async () => {
    const { proxy } = await countedExport(convex);
    expect(proxy.counts["/api/query_ts"]).toBe(1);
    expect(proxy.reading()).toBeLessThanOrEqual(3);
    expect(proxy.others()).toBeLessThanOrEqual(4);
  });

  test("are at most 6 that read and 4 others for the story's load", async () => {
    const story = await TestConvex.start({ scale: STORY_SCALE });
    const { proxy, file } = await countedExport(story);
    expect(file.metadata.recordCounts["incidents"]).toBeGreaterThan(500);
    expect(file.metadata.recordCounts["participants"]).toBeGreaterThan(100);
    expect(proxy.reading()).toBeLessThanOrEqual(6);
    expect(proxy.others()).toBeLessThanOrEqual(4);
    await story.close();
  });
});
