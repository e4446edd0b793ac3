import { rm } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { FileMetadata } from "../export/file-schema";
import { quoteText } from "../export/formats/load-sql";
import { openDuckDb } from "./duckdb";
import { openExport } from "./export-input";
import { tableFiles } from "./load";
import { makeScratch } from "./scratch";

export interface TableDiff {
  table: string;
  added: number;
  removed: number;
  changed: number;
  unchanged: number;
  /** Which, in order, where they were asked for. */
  ids?: { added: string[]; removed: string[]; changed: string[] };
}

export interface ExportDiff {
  old: FileMetadata;
  new: FileMetadata;
  /** In the order of the new file, then those that only the old one has. */
  tables: TableDiff[];
  isSame: boolean;
}

export interface DiffOptions {
  withIds: boolean;
  /**
   * Compares fingerprints, too: of two exports under one key. Otherwise they are made with a new key
   * each time, and differ though the credential does not.
   */
  withFingerprints: boolean;
  signal: AbortSignal;
}

/** Equal lines of one table are one document that did not change: fields are always in one order. */
export async function diffExports(
  oldFile: string,
  newFile: string,
  options: DiffOptions,
): Promise<ExportDiff> {
  const folder = await makeScratch("diff");
  try {
    const database = path.join(folder, "diff.duckdb");
    const instance = await openDuckDb(database, { spillDirectory: folder, isReadOnly: false });
    try {
      const connection = await instance.connect();
      const oldMetadata = await digest(connection, "old", oldFile, folder, options);
      const newMetadata = await digest(connection, "new", newFile, folder, options);
      const tables = await compare(connection, oldMetadata, newMetadata, options.withIds);
      const isSame = tables.every((each) => each.added + each.removed + each.changed === 0);
      connection.closeSync();
      return { old: oldMetadata, new: newMetadata, tables, isSame };
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Keeps the id of each document and a digest of it: 50 bytes, however large the document. */
async function digest(
  connection: DuckDBConnection,
  side: "old" | "new",
  file: string,
  folder: string,
  { withFingerprints, signal }: DiffOptions,
): Promise<FileMetadata> {
  const line = withFingerprints
    ? "json::VARCHAR"
    : "regexp_replace(json::VARCHAR, 'fingerprint:[0-9a-f]{32}', 'fingerprint', 'g')";
  await connection.run(`CREATE TABLE ${side} (name VARCHAR, id VARCHAR, digest UHUGEINT)`);
  const input = await openExport(file);
  try {
    for await (const { name, path: lines } of tableFiles(input, folder, signal)) {
      await connection.run(
        `INSERT INTO ${side} SELECT ${quoteText(name)}, json->>'_id', md5_number(${line}) FROM read_ndjson_objects(${quoteText(lines)})`,
      );
    }
    return input.metadata;
  } finally {
    input.close();
  }
}

async function compare(
  connection: DuckDBConnection,
  oldMetadata: FileMetadata,
  newMetadata: FileMetadata,
  withIds: boolean,
): Promise<TableDiff[]> {
  await connection.run(`CREATE TABLE pairs AS SELECT name, id,
    CASE WHEN old.digest IS NULL THEN 'added' WHEN new.digest IS NULL THEN 'removed'
      WHEN old.digest = new.digest THEN 'unchanged' ELSE 'changed' END AS kind
    FROM old FULL OUTER JOIN new USING (name, id)`);
  const counts = await connection.runAndReadAll(
    "SELECT name, kind, count(*)::DOUBLE FROM pairs GROUP BY ALL",
  );
  const names = new Set([
    ...Object.keys(newMetadata.recordCounts),
    ...Object.keys(oldMetadata.recordCounts),
  ]);
  const byName = new Map<string, TableDiff>(
    [...names].map((table) => [table, { table, added: 0, removed: 0, changed: 0, unchanged: 0 }]),
  );
  for (const [name, kind, count] of counts.getRows()) {
    const table = byName.get(String(name));
    if (table !== undefined) table[kind as Kind] = Number(count);
  }
  const tables = [...byName.values()];
  if (!withIds) return tables;
  const changes = await connection.runAndReadAll(
    "SELECT name, kind, id FROM pairs WHERE kind <> 'unchanged' ORDER BY name, kind, id",
  );
  for (const table of tables) table.ids = { added: [], removed: [], changed: [] };
  for (const [name, kind, id] of changes.getRows()) {
    byName.get(String(name))?.ids?.[kind as Exclude<Kind, "unchanged">].push(String(id));
  }
  return tables;
}

type Kind = "added" | "removed" | "changed" | "unchanged";
