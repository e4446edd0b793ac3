import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convexToJson, type Value } from "convex/values";
import type { ExportFileContent } from "~/export/file-schema";
import type { PageBounds } from "~/export/page-size";
import type { ExportJob } from "~/export/run";
import { DEFAULT_PAGE, MEBIBYTE, TestConvex } from "../support/convex";
import { countingProxy } from "../support/counting-proxy";
import { makeDocument } from "../support/documents";
import { makeCapacity, readBytes } from "../support/export-runs";
import { FULL, untilFree } from "../support/jobs";

/** More than one Convex function may read: 32,000 documents, 16 MiB. */
const ANSWERS = 33_000;
const ANSWER_TEXT = "The participant was calm after the walk. ".repeat(6);
const NARRATIVES = 40;
const NARRATIVE_TEXT = "x".repeat(400_000);

/** 73 kB each as Convex counts them, and more than twice that as text. */
const LOGS = 130;
const EMBEDDING = Array.from({ length: 8000 }, (_, index) => Math.sin(index + 1));

/** Long enough that no timestamp of these tests expires by itself. */
const LONG_RETENTION_MS = 10 * 60 * 1000;

/** Ids of the right form, and in order. */
const idOf = (prefix: string, index: number) => prefix + String(index).padStart(30, "0");

function* answers(): Generator<string> {
  for (let index = 0; index < ANSWERS; index++) {
    yield line("clarification_answers", idOf("ja", index), index, { answer_text: ANSWER_TEXT });
  }
}

function* narratives(): Generator<string> {
  for (let index = 0; index < NARRATIVES; index++) {
    yield line("incident_narratives", idOf("jn", index), index, { before_event: NARRATIVE_TEXT });
  }
}

function* logs(): Generator<string> {
  for (let index = 0; index < LOGS; index++) {
    yield line("ai_request_logs", idOf("jw", index), index, { output_data: EMBEDDING });
  }
}

function line(table: string, _id: string, index: number, fields: Record<string, Value>): string {
  // Eight documents share a creation time, as after an import.
  const _creationTime = 1_700_000_000_000 + Math.floor(index / 8);
  const document = { ...makeDocument(table, fields), _id, _creationTime };
  return `${JSON.stringify(convexToJson(document))}\n`;
}

let folder: string;
let convex: TestConvex;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "supportsignal-large-test-"));
  for (const [table, lines] of [
    ["clarification_answers", answers()],
    ["incident_narratives", narratives()],
    ["ai_request_logs", logs()],
  ] as const) {
    await pipeline(Readable.from(lines), createWriteStream(path.join(folder, `${table}.jsonl`)));
  }
  convex = await TestConvex.start({ data: folder, retentionMs: LONG_RETENTION_MS });
}, 120_000);

afterAll(async () => {
  await convex.close();
  await rm(folder, { recursive: true });
});

async function exported(page: PageBounds, job: Partial<ExportJob> = {}) {
  const proxy = await countingProxy(convex.url);
  const { file } = await convex.at(proxy.url).export(undefined, { page, ...job });
  const bytes = await readBytes(file);
  await proxy.close();
  return { bytes, proxy, content: JSON.parse(bytes.toString("utf8")) as ExportFileContent };
}

describe("more than 32,000 documents and 16 MiB", () => {
  test.each([
    ["the default pages", DEFAULT_PAGE],
    ["pages of 2,500 documents", { maximumBytes: 8 * MEBIBYTE, maximumDocuments: 2500 }],
    ["pages of 1 MiB", { maximumBytes: MEBIBYTE, maximumDocuments: 24_000 }],
  ])("are exported whole and in order by %s", async (_name, page) => {
    const { bytes, proxy, content } = await exported(page);
    expect(bytes.byteLength).toBeGreaterThan(16 * MEBIBYTE);
    expect(proxy.reading()).toBeGreaterThan(4);
    const { metadata, data } = content;
    expect(metadata.recordCounts).toMatchObject({
      clarification_answers: ANSWERS,
      incident_narratives: NARRATIVES,
    });
    const ids = (table: string) => (data[table] ?? []).map((document) => document._id);
    expect(ids("clarification_answers")).toEqual(
      Array.from({ length: ANSWERS }, (_, index) => idOf("ja", index)),
    );
    expect(ids("incident_narratives")).toEqual(
      Array.from({ length: NARRATIVES }, (_, index) => idOf("jn", index)),
    );
    expect(data["incident_narratives"]?.every((d) => d["before_event"] === NARRATIVE_TEXT)).toBe(
      true,
    );
  });

  test("are exported whole, though a page of them is longer than a function may return", async () => {
    const { file } = await convex.export(undefined, {
      request: { ...FULL, tables: ["ai_request_logs"] },
    });
    const { data } = JSON.parse((await readBytes(file)).toString("utf8")) as ExportFileContent;
    const read = data["ai_request_logs"] ?? [];
    expect(read.map(({ _id }) => _id)).toEqual(
      Array.from({ length: LOGS }, (_, index) => idOf("jw", index)),
    );
    for (const document of read) expect(document["output_data"]).toEqual(EMBEDDING);
    // In one page it would be too large an answer: more than 16 MiB.
    expect(Buffer.byteLength(JSON.stringify(read))).toBeGreaterThan(16 * MEBIBYTE);
  });

  test("are the same file from disk as from memory, and from few readers as from many", async () => {
    const source = convex.source();
    const timestamp = await source.pinTimestamp();
    const now = new Date();
    const digests = [
      makeCapacity(),
      makeCapacity({ memoryBytes: 0, queries: 1 }),
      makeCapacity({ memoryBytes: MEBIBYTE, queries: 5 }),
    ].map(async (capacity) => {
      const { file, settle } = await convex.export(undefined, {
        source: { ...source, pinTimestamp: () => Promise.resolve(timestamp) },
        fingerprintKey: "the same",
        now: () => now,
        page: { maximumBytes: 3 * MEBIBYTE, maximumDocuments: 5000 },
        capacity,
      });
      const digest = createHash("sha256")
        .update(await readBytes(file))
        .digest();
      expect(digest).toEqual(file.digest);
      await settle("completed");
      await untilFree(capacity);
      return digest;
    });
    const [memory, ...others] = await Promise.all(digests);
    for (const digest of others) expect(digest).toEqual(memory);
  });

  test("past what the portal may hold are refused, and nothing is kept", async () => {
    const capacity = makeCapacity({ memoryBytes: 2 * MEBIBYTE, diskBytes: 8 * MEBIBYTE });
    const failing = convex.export(undefined, { capacity });
    await expect(failing).rejects.toMatchObject({ code: "too_large" });
    await untilFree(capacity);
  });
});
