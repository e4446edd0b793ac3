import { ExportError } from "~/export/errors";
import type { CreationRange, IdentityRequest, Page } from "~/export/source";
import { lineBytes, type StoredDocument, type Tables } from "./memory-documents";

export interface PagingOptions {
  /** A page that is filled by the last document does not know so, as in Convex's own backend. */
  isEndNoticedLate?: boolean;
}

/**
 * One page, as the Convex function pages: one that is not complete ends between two creation times, or,
 * where all of it has one, on a cursor.
 */
export function pageOf(all: Tables, request: IdentityRequest, options: PagingOptions = {}) {
  const tables: [name: string, documents: StoredDocument[]][] = [];
  let bytesLeft = request.maximumBytes;
  let documentsLeft = request.maximumDocuments;
  for (const [index, table] of request.tables.entries()) {
    if (index === 0) {
      const { documents, next } = firstTable(all[table] ?? [], table, request, options);
      tables.push([table, documents]);
      if (next !== null) return { tables, next };
      bytesLeft -= sumBytes(documents);
      documentsLeft -= documents.length;
      continue;
    }
    const documents = all[table] ?? [];
    bytesLeft -= sumBytes(documents);
    documentsLeft -= documents.length;
    if (bytesLeft < 0 || documentsLeft < 0) {
      return { tables, next: { table, from: null, cursor: null } };
    }
    tables.push([table, documents]);
  }
  return { tables, next: null };
}

function firstTable(
  stored: StoredDocument[],
  table: string,
  request: IdentityRequest,
  options: PagingOptions,
): { documents: StoredDocument[]; next: Page["next"] } {
  const { range, cursor, maximumBytes, maximumDocuments } = request;
  const all = stored.filter((document) => isWithin(document, range));
  const rest = cursor === null ? all : all.slice(positionOf(cursor, range, all));
  const some: StoredDocument[] = [];
  let bytes = 0;
  for (const document of rest) {
    if (some.length > 0 && (some.length === maximumDocuments || bytes >= maximumBytes)) break;
    some.push(document);
    bytes += lineBytes(document);
  }
  const isFull = some.length === maximumDocuments || bytes >= maximumBytes;
  const isDone = some.length === rest.length && !(isFull && options.isEndNoticedLate === true);
  if (isDone) return { documents: some, next: null };
  const last = some.at(-1)?._creationTime;
  if (last === undefined || some[0]?._creationTime === last) {
    const end = some.at(-1)?._id ?? "";
    return {
      documents: some,
      next: { table, from: range.from, cursor: JSON.stringify([range.from, range.before, end]) },
    };
  }
  const documents = some.filter((document) => document._creationTime < last);
  return { documents, next: { table, from: last, cursor: null } };
}

function isWithin({ _creationTime }: StoredDocument, { from, before }: CreationRange): boolean {
  return (from === null || _creationTime >= from) && (before === null || _creationTime < before);
}

/** A cursor belongs to its range, as Convex's do. */
function positionOf(cursor: string, { from, before }: CreationRange, all: StoredDocument[]) {
  const [cursorFrom, cursorBefore, id] = JSON.parse(cursor) as unknown[];
  if (cursorFrom !== from || cursorBefore !== before) {
    throw new ExportError("convex_failed", "InvalidCursor");
  }
  return id === "" ? all.length : all.findIndex((document) => document._id === id) + 1;
}

function sumBytes(documents: readonly StoredDocument[]): number {
  return documents.reduce((bytes, document) => bytes + lineBytes(document), 0);
}
