import { stat } from "node:fs/promises";
import { compareDocuments, type StoredDocument, type TableDocuments } from "./documents";
import { DocumentReader, refuse, type Place } from "./document-reader";
import { readExportFile } from "./load-export-file";
import { readTableFolder } from "./load-table-folder";
import type { DatabaseSchema } from "./schema";

/** One document as found in the data, before it is decoded and checked. */
export interface FoundDocument {
  readonly table: string;
  readonly place: Place;
  readonly json: unknown;
}

/** The contents of `--data`: documents one after the other, and what was skipped on purpose. */
export interface DataSource {
  readonly documents: AsyncIterable<FoundDocument> | Iterable<FoundDocument>;
  readonly notes: readonly string[];
}

export interface LoadedData {
  /** Every table ordered, every document complete and checked. */
  tables: ReadonlyMap<string, TableDocuments>;
  /** Sentences for the log. */
  notes: readonly string[];
}

/**
 * Loads an export file of the portal, or a folder of `<table>/documents.jsonl` or `<table>.jsonl`,
 * keeping `_id` and `_creationTime`.
 *
 * @throws EmbeddedConvexError that names the file, the line and the reason.
 */
export async function loadData(path: string, schema: DatabaseSchema): Promise<LoadedData> {
  const info = await stat(path).catch(() => refuse({ file: path }, "it does not exist"));
  const source = info.isDirectory()
    ? await readTableFolder(path, schema)
    : await readExportFile(path, info.size);

  // Ids must be known before references to them can be checked, so documents come first.
  const reader = new DocumentReader(schema);
  const places = new Map<string, Place>();
  const tables = new Map<string, StoredDocument[]>();
  for await (const { table, place, json } of source.documents) {
    const document = reader.read(table, json, place);
    places.set(document._id, place);
    const documents = tables.get(table) ?? [];
    documents.push(document);
    tables.set(table, documents);
  }
  for (const [table, documents] of tables) {
    for (const document of documents) {
      reader.check(table, document, places.get(document._id) ?? { file: path });
    }
    documents.sort(compareDocuments);
  }
  const total = [...tables.values()].reduce((sum, documents) => sum + documents.length, 0);
  return {
    tables,
    notes: [...source.notes, `Loaded ${total} documents in ${tables.size} tables from ${path}`],
  };
}
