import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExportFileContent } from "~/export/file-schema";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { TestConvex } from "../support/convex";
import { countWithDuckDb } from "../support/duckdb";
import { readBytes } from "../support/export-runs";

let folder: string;

/** Exports sample data into the folder, past DuckDB's default of 16 MiB for one JSON object. */
async function exportTo(name: string, scale: number): Promise<string> {
  const convex = await TestConvex.start({ scale });
  const { file } = await convex.export(await convex.signIn("system_admin"));
  const target = path.join(folder, name);
  await writeFile(target, await readBytes(file));
  await convex.close();
  return target;
}

async function contentOf(file: string): Promise<ExportFileContent> {
  return JSON.parse(await readFile(file, "utf8")) as ExportFileContent;
}

let file: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "supportsignal-export-test-"));
  file = await exportTo("reference.json", 1);
});

afterAll(() => rm(folder, { recursive: true }));

test("DuckDB reads every document of the file", async () => {
  const { metadata } = await contentOf(file);
  expect(await countWithDuckDb(file, EXPORT_TABLES)).toEqual(metadata.recordCounts);
});

test("DuckDB reads every document of a file of more than 16 MiB", async () => {
  const large = await exportTo("large.json", 12);
  const { metadata } = await contentOf(large);
  expect(metadata.totalRecords).toBeGreaterThan(32_000);
  expect(await countWithDuckDb(large, EXPORT_TABLES)).toEqual(metadata.recordCounts);
});

test("a document is one line of the file", async () => {
  const { data } = await contentOf(file);
  const lines = (await readFile(file, "utf8")).split("\n");
  for (const incident of data["incidents"] ?? []) {
    const [line = "", ...others] = lines.filter((text) => text.includes(`"_id":"${incident._id}"`));
    expect(others).toEqual([]);
    expect(JSON.parse(line.replace(/,$/, ""))).toEqual(incident);
  }
});
