import { readdir } from "node:fs/promises";
import path from "node:path";
import { refuse } from "./document-reader";
import { readJsonLines } from "./json-lines";
import type { DataSource, FoundDocument } from "./load-data";
import type { DatabaseSchema } from "./schema";

/** What `npx convex export` also writes, and what is not loaded. */
const SKIPPED_ENTRIES = new Set(["README.md", "_tables", "_storage", "_components"]);
const DOCUMENTS_FILE = "documents.jsonl";
const SKIPPED_TABLE_ENTRIES = new Set(["generated_schema.jsonl"]);
const JSONL_SUFFIX = ".jsonl";

interface TableFile {
  table: string;
  file: string;
}

/** Finds the tables of a folder. Refuses whatever is neither a table nor known to be no table. */
export async function readTableFolder(folder: string, schema: DatabaseSchema): Promise<DataSource> {
  const skipped: string[] = [];
  const tableFiles: TableFile[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(folder, entry.name);
    if (SKIPPED_ENTRIES.has(entry.name)) {
      skipped.push(entry.name);
    } else if (entry.isDirectory()) {
      tableFiles.push(await tableInFolder(file, entry.name, schema));
    } else if (entry.name.endsWith(JSONL_SUFFIX)) {
      const table = entry.name.slice(0, -JSONL_SUFFIX.length);
      checkTable(file, table, schema);
      tableFiles.push({ table, file });
    } else {
      refuse({ file }, "it is neither a table nor part of a Convex export");
    }
  }
  if (tableFiles.length === 0) {
    refuse({ file: folder }, "it holds no <table>/documents.jsonl and no <table>.jsonl");
  }
  const tables = new Set<string>();
  for (const { table, file } of tableFiles) {
    if (tables.has(table)) {
      refuse({ file }, `table ${table} is there twice`);
    }
    tables.add(table);
  }
  return {
    documents: readTables(tableFiles),
    notes: skipped.length === 0 ? [] : [`Not loaded: ${skipped.join(", ")}`],
  };
}

async function tableInFolder(
  folder: string,
  table: string,
  schema: DatabaseSchema,
): Promise<TableFile> {
  checkTable(folder, table, schema);
  const names = await readdir(folder);
  if (!names.includes(DOCUMENTS_FILE)) {
    refuse({ file: folder }, `it holds no ${DOCUMENTS_FILE}`);
  }
  for (const name of names) {
    if (name !== DOCUMENTS_FILE && !SKIPPED_TABLE_ENTRIES.has(name)) {
      refuse({ file: path.join(folder, name) }, "it is no part of a table in a Convex export");
    }
  }
  return { table, file: path.join(folder, DOCUMENTS_FILE) };
}

function checkTable(file: string, table: string, schema: DatabaseSchema): void {
  if (!schema.tables.has(table)) {
    refuse({ file }, `there is no table ${JSON.stringify(table)} in the schema`);
  }
}

async function* readTables(tableFiles: readonly TableFile[]): AsyncGenerator<FoundDocument, void> {
  for (const { table, file } of tableFiles) {
    for await (const { line, json } of readJsonLines(file)) {
      yield { table, place: { file, line }, json };
    }
  }
}
