import { ConvexError } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import type { ExportTable } from "../exportPolicy";
import { EXPORT_TABLES } from "./exportTables";
import { ReadBudget } from "./readBudget";
import type { ExportedDocument, StoredDocument } from "./sanitize";

/** A half-open range of `_creationTime`, in ms since the epoch; null where it has no bound. */
export interface CreationRange {
  from: number | null;
  before: number | null;
}

export const WHOLE_TABLE: CreationRange = { from: null, before: null };

/** Where a page starts and how much it may read. */
export interface PageRequest {
  /**
   * The tables to read, in order: the first within `range`, the others whole. The first is read at
   * once, the others document by document, so the largest comes first where that is free to choose.
   */
  tables: readonly ExportTable[];
  range: CreationRange;
  /** Where in the range the page starts, null for its beginning. It fits no other range. */
  cursor: string | null;
  /** Stop once this much is read, in bytes as Convex counts them. */
  maximumBytes: number;
  /** Stop once this many documents are read. */
  maximumDocuments: number;
}

/**
 * Where to go on, with what is left of the tables. In the first table: from a creation time on,
 * in a range that may be any part of the rest; or from a cursor, in the range of the page that
 * gave it. In a later table: from its start.
 */
export interface NextPage {
  table: ExportTable;
  from: number | null;
  cursor: string | null;
}

export interface ExportPage<T> {
  /** What the reader made of the documents, per table. A table that was not reached is absent. */
  data: Record<string, T[]>;
  /** Null when all that was asked for is complete. */
  next: NextPage | null;
}

/**
 * The tables asked for, in that order; refuses unknown, excluded and repeated ones.
 * @param all Those that may be asked for, and are where none is named.
 */
export function parseTables(
  tables: readonly string[] | undefined,
  all: readonly ExportTable[] = EXPORT_TABLES,
): ExportTable[] {
  if (tables === undefined) return [...all];
  const known = tables.map((name) => {
    const table = all.find((each) => each === name);
    if (table !== undefined) return table;
    throw new ConvexError({
      code: "unknown_table",
      message: `${name} is not an exported table.`,
    });
  });
  if (new Set(known).size !== known.length || known.length === 0) {
    throw new ConvexError({ code: "bad_tables", message: "Name each table once, at least one." });
  }
  return known;
}

/** The same tables as they stand in the file. */
export function inSchemaOrder(tables: readonly ExportTable[]): ExportTable[] {
  return EXPORT_TABLES.filter((table) => tables.includes(table));
}

/** Takes the documents of a page one after the other and returns what the page holds of each. */
export interface DocumentReader<T = ExportedDocument> {
  document(table: ExportTable, stored: StoredDocument): T;
  /** Returns how to forget what is counted from here on: of a table that is left to the next page. */
  checkpoint(): () => void;
}

/**
 * Reads one page. Convex allows one `paginate` in a function, so only the first table is paged:
 * it, or a range of it, may be of any size. The tables behind it are read whole while there is
 * room; one that does not fit is left to the next page, from its start. Documents come in
 * `_creationTime`, `_id` order.
 */
export async function readPage<T>(
  ctx: QueryCtx,
  request: PageRequest,
  reader: DocumentReader<T>,
): Promise<ExportPage<T>> {
  const data: ExportPage<T>["data"] = {};
  const { maximumBytes: bytes, maximumDocuments } = request;
  const budget = new ReadBudget({ bytes, documents: maximumDocuments });

  for (const [index, table] of request.tables.entries()) {
    if (index === 0) {
      const { documents, next } = await readFirstTable(ctx, table, request);
      data[table] = documents.map((document) => reader.document(table, document));
      if (next !== null) return { data, next };
      if (request.tables.length > 1) for (const document of documents) budget.take(document);
      continue;
    }
    const documents: T[] = [];
    // At once, for documents that are kept cost memory, and time to look after it.
    const forget = reader.checkpoint();
    for await (const document of ctx.db.query(table)) {
      if (!budget.take(document)) {
        forget();
        return { data, next: { table, from: null, cursor: null } };
      }
      documents.push(reader.document(table, document));
    }
    data[table] = documents;
  }
  return { data, next: null };
}

/**
 * A page of the first table. It ends between two creation times, so that the rest is a range like
 * any other and can be divided among readers: documents that share the last creation time, and
 * may be only some of those that do, are left to the next page. A page of one creation time
 * cannot do so without standing still; it ends on Convex's cursor.
 */
async function readFirstTable(
  ctx: QueryCtx,
  table: ExportTable,
  { range, cursor, maximumBytes, maximumDocuments }: PageRequest,
): Promise<{ documents: Doc<ExportTable>[]; next: NextPage | null }> {
  const { page, isDone, continueCursor } = await documentsIn(ctx, table, range).paginate({
    cursor,
    numItems: maximumDocuments,
    maximumBytesRead: maximumBytes,
  });
  if (isDone) return { documents: page, next: null };
  const last = page.at(-1)?._creationTime;
  if (last === undefined || page[0]?._creationTime === last) {
    return { documents: page, next: { table, from: range.from, cursor: continueCursor } };
  }
  return {
    documents: page.filter((document) => document._creationTime < last),
    next: { table, from: last, cursor: null },
  };
}

/** The documents of a table within a range, in `_creationTime`, `_id` order. */
function documentsIn(ctx: QueryCtx, table: ExportTable, { from, before }: CreationRange) {
  const documents = ctx.db.query(table);
  if (from === null) {
    if (before === null) return documents;
    return documents.withIndex("by_creation_time", (q) => q.lt("_creationTime", before));
  }
  return documents.withIndex("by_creation_time", (q) => {
    const later = q.gte("_creationTime", from);
    return before === null ? later : later.lt("_creationTime", before);
  });
}
