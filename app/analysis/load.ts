import { open, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteName, quoteText, selectFromLines, VALUE_MACROS } from "../export/formats/load-sql";
import type { SchemaDescription, TableDescription } from "../export/formats/schema-description";
import { runAll } from "./duckdb";
import type { ExportInput } from "./export-input";

const NEWLINE = Buffer.from("\n");

/** One table after the other, as a file with a document per line. */
export interface TableFile {
  name: string;
  path: string;
}

/**
 * Writes the documents of each table to a file in a folder, and removes it when the caller is done
 * with it: only one is there at a time, because it holds personal data in plain text.
 */
export async function* tableFiles(
  { batches, metadata }: Pick<ExportInput, "batches" | "metadata">,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<TableFile, void> {
  const left = new Set(Object.keys(metadata.recordCounts));
  const file = path.join(folder, "table.ndjson");
  let handle: FileHandle | undefined;
  let current: string | undefined;
  try {
    for await (const { table, documents } of batches) {
      signal.throwIfAborted();
      if (table !== current) {
        await handle?.close();
        handle = undefined;
        if (current !== undefined) yield { name: current, path: file };
        handle = await open(file, "w", 0o600);
        left.delete(table);
        current = table;
      }
      await handle?.writeFile(Buffer.concat(documents.flatMap((each) => [each, NEWLINE])));
    }
    await handle?.close();
    handle = undefined;
    if (current !== undefined) yield { name: current, path: file };
    for (const name of left) {
      await (await open(file, "w", 0o600)).close();
      yield { name, path: file };
    }
  } finally {
    await handle?.close();
    await rm(file, { force: true });
  }
}

/**
 * Makes a typed table of each table of an export.
 * @returns its schema, with fields that the schema did not know
 */
export async function loadTables(
  connection: DuckDBConnection,
  input: ExportInput,
  folder: string,
  signal: AbortSignal,
): Promise<SchemaDescription> {
  await runAll(connection, VALUE_MACROS.split(";\n"));
  const found = new Map<string, TableDescription>();
  for await (const { name, path: file } of tableFiles(input, folder, signal)) {
    const table = await withUnknownColumns(connection, file, input.schema.tables[name]);
    found.set(name, table);
    await connection.run(`CREATE TABLE ${quoteName(name)} AS ${selectFromLines(table, file)}`);
  }
  const tables = Object.keys(input.metadata.recordCounts).flatMap((name) => {
    const table = found.get(name);
    return table === undefined ? [] : [[name, table] as const];
  });
  return { ...input.schema, tables: Object.fromEntries(tables) };
}

/**
 * A table with the fields that its lines have besides. DuckDB drops those that it was not told of, and
 * nothing may get lost without a word.
 */
export async function withUnknownColumns(
  connection: DuckDBConnection,
  file: string,
  known: TableDescription = { row: "", columns: [] },
): Promise<TableDescription> {
  const result = await connection.runAndReadAll(
    `SELECT DISTINCT unnest(json_keys(json)) AS name FROM read_ndjson_objects(${quoteText(file)}) ORDER BY name`,
  );
  const names = new Set(known.columns.map(({ name }) => name));
  const unknown = result
    .getRows()
    .map(([name]) => String(name))
    .filter((name) => !names.has(name))
    .map((name) => ({
      name,
      type: "JSON" as const,
      convexType: "unknown",
      nullable: true,
      privacy: "any",
      meaning: "A field that the program does not know",
    }));
  return { ...known, columns: [...known.columns, ...unknown] };
}
