import { ConvexError, convexToJson, getDocumentSize, type JSONValue } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import type { ExportTable } from "../exportPolicy";
import { EXPORT_TABLES } from "./exportTables";
import type { ExportedDocument, Sanitizer } from "./sanitize";

/** Where a page starts and how much it may read. */
export interface PageRequest {
  /** The tables to read, in order; the first from `cursor`, the others from their start. */
  tables: readonly ExportTable[];
  /** Where in the first table the page starts; null for its beginning. */
  cursor: string | null;
  /** Stop once this much is read, in bytes as Convex counts them. */
  maximumBytes: number;
  /** Stop once this many documents are read. */
  maximumDocuments: number;
}

export interface ExportPage {
  /** The documents read, per table. A table that was not reached is absent. */
  data: Record<string, ExportedDocument[]>;
  /** Where to go on; null when all tables asked for are complete. */
  next: { table: ExportTable; cursor: string | null } | null;
}

/** The tables asked for, in schema order; refuses unknown, excluded and repeated ones. */
export function parseTables(tables: readonly string[] | undefined): ExportTable[] {
  if (tables === undefined) return [...EXPORT_TABLES];
  const asked = new Set(tables);
  const known = EXPORT_TABLES.filter((table) => asked.delete(table));
  const [unknown] = asked;
  if (unknown !== undefined) {
    throw new ConvexError({
      code: "unknown_table",
      message: `${unknown} is not an exported table.`,
    });
  }
  if (known.length !== tables.length || known.length === 0) {
    throw new ConvexError({ code: "bad_tables", message: "Name each table once, at least one." });
  }
  return known;
}

/**
 * Reads one page. Convex allows one `paginate` in a function, so only the first table is paged:
 * it may be of any size, and its page ends on bytes read with an exact cursor. The tables behind
 * it are read whole while there is room; one that does not fit is left to the next page, from
 * its start. Documents come in `_creationTime`, `_id` order.
 */
export async function readPage(
  ctx: QueryCtx,
  request: PageRequest,
  sanitizer: Sanitizer,
): Promise<ExportPage> {
  const data: ExportPage["data"] = {};
  let bytesLeft = request.maximumBytes;
  let documentsLeft = request.maximumDocuments;

  for (const [index, table] of request.tables.entries()) {
    if (index === 0) {
      const page = await ctx.db.query(table).paginate({
        cursor: request.cursor,
        numItems: documentsLeft,
        maximumBytesRead: bytesLeft,
      });
      data[table] = page.page.map((document) => sanitizer.document(table, document));
      if (!page.isDone) return { data, next: { table, cursor: page.continueCursor } };
      for (const document of page.page) bytesLeft -= getDocumentSize(document);
      documentsLeft -= page.page.length;
      continue;
    }
    const documents: Doc<ExportTable>[] = [];
    for await (const document of ctx.db.query(table)) {
      bytesLeft -= getDocumentSize(document);
      documentsLeft -= 1;
      if (bytesLeft < 0 || documentsLeft < 0) return { data, next: { table, cursor: null } };
      documents.push(document);
    }
    // Only now, because what is sanitised is counted, and a table may be left to the next page.
    data[table] = documents.map((document) => sanitizer.document(table, document));
  }
  return { data, next: null };
}

/** The documents of one table as lines of the file. */
export interface TableLines {
  name: string;
  records: number;
  /** One document per line in Convex's JSON, joined by `,` and a newline. */
  lines: string;
}

/** A page as text. Unlike an array, which may hold 8,192 values, a string has no such limit. */
export function toLines(data: ExportPage["data"]): TableLines[] {
  return Object.entries(data).map(([name, documents]) => ({
    name,
    records: documents.length,
    lines: documents.map(toLine).join(",\n"),
  }));
}

/** One document as a line: ids first, then the fields in schema order. */
export function toLine(document: ExportedDocument): string {
  const json = convexToJson(document) as Record<string, JSONValue>;
  // `convexToJson` sorts the fields; readers, and the portal's check, want the id first.
  const { _id, _creationTime } = json;
  const line: Record<string, JSONValue | undefined> = { _id, _creationTime };
  for (const field of Object.keys(document)) line[field] = json[field];
  return JSON.stringify(line);
}
