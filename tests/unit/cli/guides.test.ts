import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase, type ExportDatabase } from "~/analysis/database";
import { runSql } from "~/analysis/run-sql";
import { createSink } from "~/cli/rows";
import { alignColumns } from "~/cli/text";
import type { ExportFileContent } from "~/export/file-schema";
import { formatCount } from "~/lib/format";
import { readGuideQueries } from "../../support/guide-queries";
import { writeSampleExports } from "../../support/sample-exports";
import { start } from "./command-line";

const GUIDES = new URL("../../../docs/guides/", import.meta.url);

const NO_LIMITS = { rows: Infinity, bytes: Infinity, ms: Infinity };

let folder: string;
let content: ExportFileContent;
/** What `query` and the MCP server open. */
let typed: ExportDatabase;
/** DuckDB by itself, in the folder that the guide makes. */
let plain: DuckDBInstance;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-guides-"));
  const { json, zip } = await writeSampleExports(folder);
  content = JSON.parse(readFileSync(json, "utf8")) as ExportFileContent;
  copyFileSync(json, path.join(folder, "supportsignal-db-export-2026-11-23-1811.json"));
  copyFileSync(zip, path.join(folder, "snapshot.zip"));
  mkdirSync(path.join(folder, "tables"));
  for (const [table, documents] of Object.entries(content.data)) {
    const lines = documents.map((document) => `${JSON.stringify(document)}\n`);
    writeFileSync(path.join(folder, "tables", `${table}.ndjson`), lines.join(""));
  }
  typed = await openDatabase(zip, { isKept: false, signal: new AbortController().signal });
  plain = await DuckDBInstance.create(":memory:", { file_search_path: folder });
});
afterAll(async () => {
  plain.closeSync();
  await typed.close();
  rmSync(folder, { recursive: true });
});

/** A query's rows as the command line prints them. */
async function print(instance: DuckDBInstance, sql: string): Promise<string> {
  let printed = "";
  const sink = createSink("table", (text) => {
    printed += text;
    return Promise.resolve();
  });
  await runSql(instance, sql, NO_LIMITS, sink, new AbortController().signal);
  await sink.end();
  return printed;
}

describe.each([
  ["analysis.md", () => typed.instance],
  ["database-export-guide.md", () => plain],
] as const)("%s", (guide, instance) => {
  test.each(readGuideQueries(guide))("shows what its query gives: $title", async (query) => {
    const printed = await print(instance(), query.sql);
    if (query.result !== undefined) expect(printed).toBe(`${alignColumns(query.result)}\n`);
  });
});

test("analysis.md shows what its command prints", async () => {
  const text = readFileSync(new URL("analysis.md", GUIDES), "utf8");
  const shown = /^supportsignal-export query (\S+) '([^']+)'\n```\n\n```\n([^`]+)```$/m.exec(text);
  const [, file = "", sql = "", printed] = shown ?? [];
  const args = ["query", file, sql, "--no-cache"];
  const { exitCode, stdout } = await start({ url: "", adminKey: "" }, folder, args).ended;
  expect([exitCode, stdout]).toEqual([0, printed]);
});

test("the guides say how many records the sample data has, and how many with whoever signs in to export it", () => {
  const { totalRecords } = content.metadata;
  const saying = (text: string) =>
    readdirSync(GUIDES).filter((guide) =>
      readFileSync(new URL(guide, GUIDES), "utf8").includes(text),
    );
  expect(saying(`${formatCount(totalRecords)} documents`)).toEqual(["analysis.md"]);
  expect(saying(`${formatCount(totalRecords + 1)} records`)).toEqual(["database-export-guide.md"]);
});
