import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "~/analysis/database";
import { openExport, readStream } from "~/analysis/export-input";
import { writeFolder } from "~/analysis/folder";
import { withoutFormula } from "~/analysis/values";
import type { ExportFileContent } from "~/export/file-schema";
import { DOWNLOAD_FORMATS, FOLDER_FORMATS, type DownloadFormat } from "~/export/formats/format";
import { quoteName, quoteText } from "~/export/formats/load-sql";
import { writeSampleExports } from "../../support/sample-exports";
import { unzip } from "../../support/unzip";

let folder: string;
let files: Record<DownloadFormat, string>;
let json: ExportFileContent;
const { signal } = new AbortController();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-formats-"));
  files = await writeSampleExports(folder);
  json = JSON.parse(readFileSync(files.json, "utf8")) as ExportFileContent;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A value beyond 2^53, which JavaScript, jq and most readers round where it is a bare number. */
const LIFETIME_TOKENS = `SELECT convex_int64(output_data->'$.usage.lifetime_tokens')::VARCHAR
  FROM ai_request_logs WHERE (output_data->'$.usage.lifetime_tokens') IS NOT NULL`;
const EXPECTED_TOKENS = "9007199254740993";

test.each(DOWNLOAD_FORMATS)("%s holds the documents of the JSON format", async (format) => {
  const input = await openExport(files[format]);
  const data: Record<string, unknown[]> = {};
  for (const table of Object.keys(input.metadata.recordCounts)) data[table] = [];
  for await (const { table, documents } of input.batches) {
    data[table]?.push(...documents.map((each) => JSON.parse(each.toString("utf8")) as unknown));
  }
  input.close();
  expect(data).toEqual(json.data);
  expect(input.metadata).toMatchObject({
    recordCounts: json.metadata.recordCounts,
    sanitization: json.metadata.sanitization,
  });
});

describe.each(DOWNLOAD_FORMATS)("%s in DuckDB", (format) => {
  test("has every value of every document, in its type", async () => {
    const database = await openDatabase(files[format], { isKept: false, signal });
    const connection = await database.instance.connect();
    try {
      for (const [table, documents] of Object.entries(json.data)) {
        const columns = database.schema.tables[table]?.columns ?? [];
        const result = await connection.runAndReadAll(`FROM ${quoteName(table)}`);
        expect(result.columnNames()).toEqual(columns.map(({ name }) => name));
        const rows = result.getRows();
        expect(rows).toHaveLength(documents.length);
        documents.forEach((document, index) => {
          const read = columns.flatMap(({ name, type }, place) => {
            const value = rows[index]?.[place];
            if (value === null) return [];
            return [[name, type === "JSON" ? (JSON.parse(String(value)) as unknown) : value]];
          });
          expect(Object.fromEntries(read)).toEqual(document);
        });
      }
      const tokens = await connection.runAndReadAll(LIFETIME_TOKENS);
      expect(tokens.getRows()).toEqual([[EXPECTED_TOKENS]]);
    } finally {
      connection.closeSync();
      await database.close();
    }
  });
});

test("load.sql of a bundle makes the same tables in the folder where it was unpacked", async () => {
  const place = path.join(folder, "unpacked");
  mkdirSync(path.join(place, "data"), { recursive: true });
  for (const { path: name, content } of await unzip(readFileSync(files.zip))) {
    writeFileSync(path.join(place, name), content);
  }
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const script = readFileSync(path.join(place, "load.sql"), "utf8");
  await connection.run(`SET file_search_path = ${quoteText(place)}`);
  await connection.run(script);
  for (const [table, count] of Object.entries(json.metadata.recordCounts)) {
    const result = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM ${quoteName(table)}`,
    );
    expect([table, result.getRows()[0]?.[0]]).toEqual([table, count]);
  }
  expect((await connection.runAndReadAll(LIFETIME_TOKENS)).getRows()).toEqual([[EXPECTED_TOKENS]]);
  connection.closeSync();
  instance.closeSync();
});

test.each(FOLDER_FORMATS)(
  "%s has the rows of the tables, and its manifest knows them",
  async (format) => {
    const place = path.join(folder, format);
    mkdirSync(place);
    const stream = createReadStream(files.json) as AsyncIterable<Buffer>;
    const madeFrom = { bytes: 1, sha256: "0".repeat(64) };
    await writeFolder(await readStream(stream, "json"), place, format, madeFrom, signal);
    const database = await openDatabase(files.json, { isKept: false, signal });
    const instance = await DuckDBInstance.create(":memory:");
    const [typed, read] = [await database.instance.connect(), await instance.connect()];
    const manifest = JSON.parse(readFileSync(path.join(place, "manifest.json"), "utf8")) as {
      files: { table?: string; records?: number }[];
    };
    for (const [table, count] of Object.entries(json.metadata.recordCounts)) {
      const file = quoteText(path.join(place, `${table}.${format}`));
      const source =
        format === "parquet"
          ? `read_parquet(${file})`
          : `read_csv(${file}, all_varchar = true, allow_quoted_nulls = false)`;
      const columns = database.schema.tables[table]?.columns ?? [];
      const texts = columns.map(({ name }) => `${quoteName(name)}::VARCHAR`).join(", ");
      const expected = await typed.runAndReadAll(`SELECT ${texts} FROM ${quoteName(table)}`);
      const found = await read.runAndReadAll(`SELECT ${texts} FROM ${source}`);
      const isNumeric = columns.map(({ type }) => type === "DOUBLE");
      const written = expected
        .getRows()
        .map((row) =>
          row.map((value, index) =>
            format === "csv" && typeof value === "string" && isNumeric[index] !== true
              ? withoutFormula(value)
              : value,
          ),
        );
      expect(found.getRows()).toEqual(written);
      expect(manifest.files.find((each) => each.table === table)?.records).toBe(count);
    }
    typed.closeSync();
    read.closeSync();
    instance.closeSync();
    await database.close();
  },
);
