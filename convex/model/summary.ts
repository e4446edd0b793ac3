import { getDocumentSize } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import type { ExportTable } from "../exportPolicy";
import { toLine } from "./exportPage";
import { EXPORT_TABLES } from "./exportTables";
import { countDocuments } from "./count";
import type { Sanitizer } from "./sanitize";

/** What an export would hold of one table. */
export interface TableSummary {
  name: ExportTable;
  /** Exact number of documents. */
  records: number;
  /** How many of them were read to estimate the size; all of them where it equals `records`. */
  sampledRecords: number;
  /** Bytes of the sampled documents as lines of the file, after sanitising. */
  sampledBytes: number;
  /**
   * `_creationTime` of the first and the last document, in ms. Null for an empty table, and where
   * documents are so large that sampling stopped before that one.
   */
  oldest: number | null;
  newest: number | null;
}

/** Documents read per table: the oldest, the newest, and others evenly spread in time. */
const SAMPLES_PER_TABLE = 10;

/** Stop sampling here: 16 MiB may be read in a query, and a document may have 1 MiB. */
const MAXIMUM_SAMPLED_BYTES = 12 * 1024 * 1024;

/** So that one table of large documents leaves something for the others. */
const MAXIMUM_TABLE_BYTES = MAXIMUM_SAMPLED_BYTES / EXPORT_TABLES.length;

/** Counts every exported table, and samples its documents to estimate sizes. */
export async function summarizeTables(
  ctx: QueryCtx,
  sanitizer: Sanitizer,
): Promise<TableSummary[]> {
  const encoder = new TextEncoder();
  const counts = new Map<ExportTable, number>();
  for (const name of EXPORT_TABLES) counts.set(name, await countDocuments(ctx, name));

  const summaries = new Map<ExportTable, TableSummary>();
  let bytesLeft = MAXIMUM_SAMPLED_BYTES;
  // Largest tables first: where there is no room for all, their sizes and ends matter most.
  for (const [name, records] of [...counts].toSorted(([, a], [, b]) => b - a)) {
    const { documents, bytes, oldest, newest } = await sampleTable(ctx, name, records, bytesLeft);
    bytesLeft -= bytes;
    const lines = documents.map((document) => toLine(sanitizer.document(name, document)));
    summaries.set(name, {
      name,
      records,
      sampledRecords: documents.length,
      sampledBytes: lines.reduce((sum, line) => sum + encoder.encode(line).byteLength, 0),
      oldest,
      newest,
    });
  }
  return EXPORT_TABLES.flatMap((name) => summaries.get(name) ?? []);
}

interface Sample extends Pick<TableSummary, "oldest" | "newest"> {
  documents: Doc<ExportTable>[];
  /** What was read for it, as Convex counts. */
  bytes: number;
}

/** Reads all of a small table; of a larger one its ends, and more where they are not large. */
async function sampleTable(
  ctx: QueryCtx,
  table: ExportTable,
  records: number,
  bytesLeft: number,
): Promise<Sample> {
  const documents: Doc<ExportTable>[] = [];
  let bytes = 0;
  const isSmall = records <= SAMPLES_PER_TABLE;
  const share = Math.min(bytesLeft, MAXIMUM_TABLE_BYTES);
  if (bytesLeft <= 0) return { documents, bytes, oldest: null, newest: null };
  // One at a time: what is not asked for is not read.
  for await (const document of isSmall ? ctx.db.query(table) : spreadDocuments(ctx, table)) {
    documents.push(document);
    bytes += getDocumentSize(document);
    const isOtherEndNext = !isSmall && documents.length === 1;
    if (bytes >= (isOtherEndNext ? bytesLeft : share)) break;
  }
  const isWhole = documents.length === records;
  const newest = isSmall ? (isWhole ? documents.at(-1) : undefined) : documents[1];
  return {
    documents,
    bytes,
    oldest: documents[0]?._creationTime ?? null,
    newest: newest?._creationTime ?? null,
  };
}

/** The oldest document of a table, the newest, and others evenly spread between them in time. */
async function* spreadDocuments(
  ctx: QueryCtx,
  table: ExportTable,
): AsyncGenerator<Doc<ExportTable>> {
  const oldest = await ctx.db.query(table).order("asc").first();
  if (oldest === null) return;
  yield oldest;
  const newest = await ctx.db.query(table).order("desc").first();
  if (newest === null) return;
  yield newest;
  const step = (newest._creationTime - oldest._creationTime) / (SAMPLES_PER_TABLE - 1);
  for (let i = 1; i < SAMPLES_PER_TABLE - 1; i++) {
    const from = oldest._creationTime + i * step;
    const document = await ctx.db
      .query(table)
      .withIndex("by_creation_time", (q) => q.gte("_creationTime", from))
      .first();
    if (document !== null) yield document;
  }
}
