import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openExport } from "~/analysis/export-input";
import { LARGEST_METADATA_BYTES } from "~/export/file-schema";
import { FileCheck } from "~/export/file-check";
import type { DownloadFormat } from "~/export/formats/format";
import { makeFile, readBytes } from "../../support/export-runs";
import { makeDocuments, MemorySource } from "../../support/memory-source";

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

async function problemsOf(file: string): Promise<string[]> {
  const check = new FileCheck();
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) check.write(piece);
  return check.end().problems.map(({ message }) => message);
}

describe("a segment that names 300,000 documents", () => {
  test("is read, and found complete, as json", async () => {
    const file = await write("json");
    expect(await problemsOf(file)).toEqual([]);
    expect(await read(file)).toEqual({ ids: IDS.length, documents: 3 });
  });
});

test("a head that is larger than any of an export is refused", async () => {
  const file = path.join(folder, "endless.json");
  const line = '    "a": 1,\n';
  const lines = line.repeat(Math.ceil(LARGEST_METADATA_BYTES / line.length) + 1);
  writeFileSync(file, `{\n  "metadata": {\n${lines}`);
  expect(await problemsOf(file)).toContain("this is not the layout of an export");
  await expect(read(file)).rejects.toMatchObject({ kind: "usage" });
});
