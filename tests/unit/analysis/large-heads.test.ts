import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkBundle } from "~/analysis/bundle-check";
import { openDatabase } from "~/analysis/database";
import { openExport } from "~/analysis/export-input";
import { LARGEST_METADATA_BYTES } from "~/export/file-schema";
import { FileCheck, type FileReport } from "~/export/file-check";
import { DOWNLOAD_FORMATS, type DownloadFormat } from "~/export/formats/format";
import { NdjsonCheck } from "~/export/formats/ndjson-check";
import { makeFile, MEBIBYTE, readBytes } from "../../support/export-runs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

/** Files whose metadata names very many documents, as that of a segment may. */

/** Convex's ids have 32 characters. In JSON this many take 13 MB, and 10 MB in one line. */
const IDS = Array.from({ length: 300_000 }, (_, index) => `k${String(index).padStart(31, "0")}`);

const TABLES = { notes: makeDocuments("n", 3) };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-heads-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function write(format: DownloadFormat): Promise<string> {
  const file = path.join(folder, `segment.${format}`);
  const filtersApplied = { includedByReference: { notes: IDS } };
  const made = await makeFile(new MemorySource(TABLES), { format, filtersApplied });
  writeFileSync(file, await readBytes(made));
  return file;
}

async function read(file: string): Promise<{ ids: number | undefined; documents: number }> {
  const input = await openExport(file);
  try {
    let documents = 0;
    for await (const batch of input.batches) documents += batch.documents.length;
    const { includedByReference } = input.metadata.filtersApplied;
    return { ids: includedByReference?.["notes"]?.length, documents };
  } finally {
    input.close();
  }
}

async function problemsOf(format: DownloadFormat, file: string): Promise<string[]> {
  const report = format === "zip" ? await checkBundle(file) : await checkLines(format, file);
  return report.problems.map(({ message }) => message);
}

async function checkLines(format: "json" | "ndjson", file: string): Promise<FileReport> {
  const check = format === "json" ? new FileCheck() : new NdjsonCheck(createHash("sha256"));
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) check.write(piece);
  return check.end();
}

describe("a segment that names 300,000 documents", () => {
  test.each(DOWNLOAD_FORMATS)("is read, and found complete, as %s", async (format) => {
    const file = await write(format);
    expect(await problemsOf(format, file)).toEqual([]);
    expect(await read(file)).toEqual({ ids: IDS.length, documents: 3 });
  });

  test("is queried with all of its metadata", async () => {
    const { signal } = new AbortController();
    const database = await openDatabase(await write("zip"), { isKept: false, signal });
    for (const { filtersApplied } of [database.metadata, database.manifest?.metadata ?? {}]) {
      expect(filtersApplied?.includedByReference?.["notes"]).toHaveLength(IDS.length);
    }
    await database.close();
  });
});

test("metadata in one line that is longer than that of any export is refused", async () => {
  const file = path.join(folder, "endless.ndjson");
  writeFileSync(file, `{"metadata":"${"x".repeat(LARGEST_METADATA_BYTES)}"}\n`);
  expect(await problemsOf("ndjson", file)).toContain("the line is longer than any of an export");
  await expect(read(file)).rejects.toMatchObject({ name: "AnalysisError" });
});

test("a document that is longer than any is refused, however long the metadata may be", async () => {
  const file = await write("ndjson");
  const [head = ""] = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, `${head}\n{"table":"notes","document":"${"x".repeat(8 * MEBIBYTE)}"}\n`);
  expect(await problemsOf("ndjson", file)).toContain("the line is longer than any of an export");
});

test("a head that is larger than any of an export is refused", async () => {
  const file = path.join(folder, "endless.json");
  const line = `    "${"a".repeat(1000)}": 1,\n`;
  const lines = line.repeat(Math.ceil(LARGEST_METADATA_BYTES / line.length) + 1);
  writeFileSync(file, `{\n  "metadata": {\n${lines}`);
  expect(await problemsOf("json", file)).toContain("this is not the layout of an export");
  await expect(read(file)).rejects.toMatchObject({ kind: "usage" });
});
