import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, open, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { FolderFormat } from "../export/formats/format";
import { quoteName, quoteText, selectFromLines, VALUE_MACROS } from "../export/formats/load-sql";
import { MANIFEST_FORMAT, type Manifest, type ManifestFile } from "../export/formats/manifest";
import {
  formatSchema,
  type SchemaDescription,
  type TableDescription,
} from "../export/formats/schema-description";
import { openDuckDb, runAll } from "./duckdb";
import type { ExportInput } from "./export-input";
import { tableFiles, withUnknownColumns } from "./load";

/**
 * A text that a spreadsheet would run (see `withoutFormula`) gets an apostrophe in front. Numbers are
 * columns of their own, and are not touched.
 */
const CSV_MACROS = `CREATE MACRO csv_text(value) AS
  CASE WHEN value[1] IN ('=', '+', '-', '@', chr(9), chr(13)) THEN '''' || value ELSE value END`;

/**
 * Writes each table of an export as Parquet or CSV into a folder that exists and is empty, with
 * `schema.json` and, last, `manifest.json`. All of it is on the disk when it resolves.
 * @param madeFrom The JSON file that it is made from, as the audit trail knows it.
 */
export async function writeFolder(
  input: Omit<ExportInput, "close">,
  folder: string,
  format: FolderFormat,
  madeFrom: { bytes: number; sha256: string },
  signal: AbortSignal,
): Promise<void> {
  const instance = await openDuckDb(":memory:", { spillDirectory: folder, isReadOnly: false });
  const files: ManifestFile[] = [];
  const tables: Record<string, TableDescription> = {};
  try {
    const connection = await instance.connect();
    await runAll(connection, [...VALUE_MACROS.split(";\n"), CSV_MACROS]);
    for await (const { name, path: lines } of tableFiles(input, folder, signal)) {
      const table = await withUnknownColumns(connection, lines, input.schema.tables[name]);
      const file = `${name}.${format}`;
      await copyTable(connection, table, lines, path.join(folder, file), format);
      const records = input.metadata.recordCounts[name];
      files.push({ path: file, table: name, records, ...(await seal(path.join(folder, file))) });
      tables[name] = table;
    }
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
  const schema: SchemaDescription = { ...input.schema, tables };
  files.push({
    path: "schema.json",
    ...(await writeText(folder, "schema.json", formatSchema(schema))),
  });
  const { metadata } = input;
  const manifest: Manifest = { format: MANIFEST_FORMAT, version: "1.0", madeFrom, metadata, files };
  await writeText(folder, "manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
}

async function copyTable(
  connection: DuckDBConnection,
  table: TableDescription,
  lines: string,
  file: string,
  format: FolderFormat,
): Promise<void> {
  const rows = selectFromLines(table, lines);
  if (format === "parquet") {
    await connection.run(`COPY (${rows}) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`);
    return;
  }
  const cells = table.columns.map(({ name, type }) => {
    const column = quoteName(name);
    if (type === "VARCHAR") return `csv_text(${column}) AS ${column}`;
    return type === "JSON" ? `csv_text(${column}::VARCHAR) AS ${column}` : column;
  });
  await connection.run(
    `COPY (SELECT ${cells.join(", ")} FROM (${rows})) TO ${quoteText(file)} (FORMAT csv, HEADER)`,
  );
}

async function writeText(folder: string, name: string, text: string) {
  const file = path.join(folder, name);
  await writeFile(file, text, { mode: 0o600 });
  return await seal(file);
}

/** Puts a file on the disk, for its owner only. @returns its length and SHA-256 */
async function seal(file: string): Promise<Pick<ManifestFile, "bytes" | "sha256">> {
  await chmod(file, 0o600);
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return { bytes, sha256: hash.digest("hex") };
}
