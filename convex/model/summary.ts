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
  let bytesRead = 0;
  const summaries: TableSummary[] = [];
  for (const name of EXPORT_TABLES) {
    const records = await countDocuments(ctx, name);
    let sampledRecords = 0;
    let sampledBytes = 0;
    const share = Math.min(bytesRead + MAXIMUM_TABLE_BYTES, MAXIMUM_SAMPLED_BYTES);
    if (bytesRead < share) {
      for await (const document of sampleDocuments(ctx, name, records)) {
        const line = toLine(sanitizer.document(name, document));
        sampledRecords += 1;
        sampledBytes += encoder.encode(line).byteLength;
        bytesRead += getDocumentSize(document);
        if (bytesRead >= share) break;
      }
    }
    summaries.push({ name, records, sampledRecords, sampledBytes });
  }
  return summaries;
}

/** All documents of a small table; of a large one, a sample evenly spread in creation time. */
async function* sampleDocuments(
  ctx: QueryCtx,
  table: ExportTable,
  records: number,
): AsyncGenerator<Doc<ExportTable>> {
  // One at a time: what the caller does not ask for is not read.
  if (records <= SAMPLES_PER_TABLE) {
    for await (const document of ctx.db.query(table)) yield document;
    return;
  }
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
