import { getDocumentSize } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import type { ExportTable } from "../exportPolicy";
import { EXPORT_TABLES } from "./exportTables";
import { countDocuments } from "./count";
import { toLine } from "./lines";
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
  /** Standard deviation of their lengths, in bytes; null with fewer than two of them. */
  sampledDeviation: number | null;
  /**
   * `_creationTime` of the first and the last document, in ms. Null for an empty table, and where
   * documents are so large that sampling stopped before that one.
   */
  oldest: number | null;
  newest: number | null;
}

/**
 * Documents read per table: the oldest, the newest, and others evenly spread in time. Of 18 tables
 * that makes 162, so that the export page, with its session and its history, stays within 200.
 */
const SAMPLES_PER_TABLE = 9;

/** For the plan of an export, where the size of a small table decides little. */
const BRIEF_SAMPLES = 2;
const SMALL_TABLE_DOCUMENTS = 1000;

/** Stop sampling here: 16 MiB may be read in a query, and a document may have 1 MiB. */
const MAXIMUM_SAMPLED_BYTES = 12 * 1024 * 1024;

/** So that one table of large documents leaves something for the others. */
const MAXIMUM_TABLE_BYTES = MAXIMUM_SAMPLED_BYTES / EXPORT_TABLES.length;

export interface SummarizedTables {
  tables: TableSummary[];
  /** What was read to sample them, as Convex counts. */
  readBytes: number;
}

/**
 * Counts every exported table, and samples its documents to estimate sizes.
 * @param isBrief Two documents of tables with less than 1,000, instead of nine.
 */
export async function summarizeTables(
  ctx: QueryCtx,
  sanitizer: Sanitizer,
  { isBrief }: { isBrief: boolean },
): Promise<SummarizedTables> {
  const encoder = new TextEncoder();
  const counts = new Map<ExportTable, number>();
  for (const name of EXPORT_TABLES) counts.set(name, await countDocuments(ctx, name));

  const summaries = new Map<ExportTable, TableSummary>();
  let bytesLeft = MAXIMUM_SAMPLED_BYTES;
  // Largest tables first: where there is no room for all, their sizes and ends matter most.
  for (const [name, records] of [...counts].toSorted(([, a], [, b]) => b - a)) {
    const most = isBrief && records < SMALL_TABLE_DOCUMENTS ? BRIEF_SAMPLES : SAMPLES_PER_TABLE;
    const { documents, bytes, oldest, newest } = await sampleTable(ctx, name, {
      records,
      most,
      bytesLeft,
    });
    bytesLeft -= bytes;
    const lengths = documents.map(
      (document) => encoder.encode(toLine(sanitizer.document(name, document))).byteLength,
    );
    summaries.set(name, {
      name,
      records,
      sampledRecords: documents.length,
      sampledBytes: sum(lengths),
      sampledDeviation: standardDeviation(lengths),
      oldest,
      newest,
    });
  }
  return {
    tables: EXPORT_TABLES.flatMap((name) => summaries.get(name) ?? []),
    readBytes: MAXIMUM_SAMPLED_BYTES - bytesLeft,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Of a sample, hence with n - 1. */
function standardDeviation(numbers: readonly number[]): number | null {
  if (numbers.length < 2) return null;
  const mean = sum(numbers) / numbers.length;
  const squares = numbers.map((number) => (number - mean) ** 2);
  return Math.sqrt(sum(squares) / (numbers.length - 1));
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
  { records, most, bytesLeft }: { records: number; most: number; bytesLeft: number },
): Promise<Sample> {
  const documents: Doc<ExportTable>[] = [];
  let bytes = 0;
  const isSmall = records <= most;
  const share = Math.min(bytesLeft, MAXIMUM_TABLE_BYTES);
  if (bytesLeft <= 0) return { documents, bytes, oldest: null, newest: null };
  // One at a time: what is not asked for is not read.
  for await (const document of isSmall ? ctx.db.query(table) : spreadDocuments(ctx, table, most)) {
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

/**
 * The oldest document of a table, the newest, and others evenly spread between them in time. None
 * comes twice, as it would behind a time without any: that would make the sizes look more alike.
 */
async function* spreadDocuments(
  ctx: QueryCtx,
  table: ExportTable,
  most: number,
): AsyncGenerator<Doc<ExportTable>> {
  const oldest = await ctx.db.query(table).order("asc").first();
  if (oldest === null) return;
  yield oldest;
  const newest = await ctx.db.query(table).order("desc").first();
  if (newest === null) return;
  yield newest;
  const seen = new Set<string>([oldest._id, newest._id]);
  const step = (newest._creationTime - oldest._creationTime) / (most - 1);
  for (let i = 1; i < most - 1; i++) {
    const from = oldest._creationTime + i * step;
    const document = await ctx.db
      .query(table)
      .withIndex("by_creation_time", (q) => q.gte("_creationTime", from))
      .first();
    if (document === null || seen.has(document._id)) continue;
    seen.add(document._id);
    yield document;
  }
}
