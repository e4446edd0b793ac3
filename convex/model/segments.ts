import { ConvexError, getDocumentSize, type Value } from "convex/values";
import type { GenericTableInfo, IndexRange, QueryInitializer } from "convex/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import type { ExportTable } from "../exportPolicy";
import { ReferenceCollector, type ReferencedIds } from "./references";
import type { StoredDocument } from "./sanitize";
import { scansOf, type Owner, type Scan } from "./segmentTables";

/** A half-open range of time in ms since the epoch; null where it has no bound. */
export interface TimeRange {
  from: number | null;
  before: number | null;
}

/** What to look for: documents of a table that belong to one of the owners. */
export interface FindRequest {
  table: ExportTable;
  by: Owner;
  /** Ids of the owners; none for `time`. */
  owners: readonly string[];
  range: TimeRange;
  /** Where to go on with the first owner; null for its beginning. */
  cursor: string | null;
  maximumBytes: number;
  maximumDocuments: number;
}

export interface Found {
  /** One document per line: `_id`, `_creationTime` and size in bytes, divided by spaces. */
  found: string;
  /** What they refer to. */
  references: ReferencedIds;
  /** Where to go on, by the number of the owner; null when all of them are done. */
  next: { owner: number; cursor: string | null } | null;
}

/**
 * Finds documents by their owners. Convex allows one `paginate` in a function, so only what the first
 * owner has is paged; the others are read whole while there is room.
 * @throws ConvexError `bad_segment` where the table is not found by such an owner
 */
export async function findDocuments(ctx: QueryCtx, request: FindRequest): Promise<Found> {
  const { table, by } = request;
  const scan = scansOf(table)[by];
  if (scan === undefined || (by === "time") !== (request.owners.length === 0)) {
    throw new ConvexError({ code: "bad_segment", message: `${table} is not found by ${by}.` });
  }
  const collected = new FoundDocuments(table);
  const isWanted = (document: StoredDocument) => isOf(scan, document, request.range);
  const owners: (string | null)[] = by === "time" ? [null] : [...request.owners];
  let bytesLeft = request.maximumBytes;
  let documentsLeft = request.maximumDocuments;
  for (const [index, owner] of owners.entries()) {
    const query = ownedBy(ctx, table, scan, owner, request.range);
    if (index === 0) {
      const { page, isDone, continueCursor } = await query.paginate({
        cursor: request.cursor,
        numItems: documentsLeft,
        maximumBytesRead: bytesLeft,
      });
      for (const document of page) {
        bytesLeft -= getDocumentSize(document);
        if (isWanted(document)) collected.add(document);
      }
      documentsLeft -= page.length;
      if (!isDone) return { ...collected.result, next: { owner: 0, cursor: continueCursor } };
      continue;
    }
    const documents: StoredDocument[] = [];
    for await (const document of query) {
      bytesLeft -= getDocumentSize(document);
      documentsLeft -= 1;
      if (bytesLeft < 0 || documentsLeft < 0) {
        return { ...collected.result, next: { owner: index, cursor: null } };
      }
      documents.push(document);
    }
    for (const document of documents) if (isWanted(document)) collected.add(document);
  }
  return { ...collected.result, next: null };
}

/** Finds documents by their own ids. Those that do not exist are left out. */
export async function findByIds(
  ctx: QueryCtx,
  table: ExportTable,
  ids: readonly string[],
): Promise<Omit<Found, "next">> {
  const collected = new FoundDocuments(table);
  for (const document of await getAll(ctx, table, ids)) {
    if (document !== null) collected.add(document);
  }
  return collected.result;
}

/** The documents of these ids, in their order; null for an id that is none of the table's. */
export async function getAll(
  ctx: QueryCtx,
  table: ExportTable,
  ids: readonly string[],
): Promise<(Doc<ExportTable> | null)[]> {
  return await Promise.all(
    ids.map(async (text) => {
      const id: Id<ExportTable> | null = ctx.db.normalizeId(table, text);
      return id === null ? null : await ctx.db.get(id);
    }),
  );
}

class FoundDocuments {
  private readonly lines: string[] = [];
  private readonly references = new ReferenceCollector();

  constructor(private readonly table: ExportTable) {}

  add(document: StoredDocument): void {
    const { _id, _creationTime } = document as Doc<ExportTable>;
    this.lines.push(`${_id} ${_creationTime} ${sizeOf(document)}`);
    this.references.add(this.table, document);
  }

  get result() {
    return { found: this.lines.join("\n"), references: this.references.ids };
  }
}

function sizeOf(document: StoredDocument): number {
  return getDocumentSize(document as Record<string, Value>);
}

/** The documents of an owner in the order of the index. Its name and fields are those of the scan. */
function ownedBy(
  ctx: QueryCtx,
  table: ExportTable,
  { index, owner: field, time, isTimeFiltered }: Scan,
  owner: string | null,
  { from, before }: TimeRange,
) {
  // The types of an index are known for a single table only.
  const query = ctx.db.query(table) as unknown as QueryInitializer<GenericTableInfo>;
  const timeField = isTimeFiltered === true ? undefined : time;
  return query.withIndex(index, (q) => {
    let range = q as unknown as AnyRange;
    if (field !== null) range = range.eq(field, owner);
    if (timeField !== undefined && from !== null) range = range.gte(timeField, from);
    if (timeField !== undefined && before !== null) range = range.lt(timeField, before);
    return range as unknown as IndexRange;
  });
}

/** What `withIndex` gives to narrow an index down, whatever its fields are. */
interface AnyRange {
  eq(field: string, value: string | null): AnyRange;
  gte(field: string, value: number): AnyRange;
  lt(field: string, value: number): AnyRange;
}

function isOf(
  { time, isTimeFiltered, unless }: Scan,
  document: StoredDocument,
  { from, before }: TimeRange,
): boolean {
  if (unless !== undefined && document[unless] !== undefined) return false;
  if (isTimeFiltered !== true || time === undefined) return true;
  const at = document[time];
  return (
    typeof at === "number" && (from === null || at >= from) && (before === null || at < before)
  );
}
