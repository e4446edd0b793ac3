/**
 * What the engine asks of a database: a timestamp, a summary and pages at that timestamp. The
 * portal, the command line and the benchmarks each bring their own; `app/convex` has the real one.
 */

/** A pinned moment, opaque to the engine: base64 of a little-endian u64 of nanoseconds. */
export type SnapshotTimestamp = string;

export interface TableSummary {
  name: string;
  /** Exact number of documents. */
  records: number;
  /** Documents read to estimate the size; all of them where it equals `records`. */
  sampledRecords: number;
  /** Bytes of the sampled documents as lines of the file. */
  sampledBytes: number;
}

/** What the file says of how it was sanitised. */
export interface SanitizationPolicy {
  policyVersion: string;
  excludedTables: string[];
  excludedFields: string[];
  redactedFields: string[];
}

export interface Summary {
  version: string;
  /** Id of the user, or the name of the command line. */
  exportedBy: string;
  /** In the order of the file. */
  tables: TableSummary[];
  relations: Record<string, string>;
  sanitization: SanitizationPolicy;
  excludedTables: { name: string; reason: string }[];
}

export interface PageRequest {
  /** The tables to read, in order; the first from `cursor`, the others from their start. */
  tables: string[];
  cursor: string | null;
  maximumBytes: number;
  maximumDocuments: number;
  /** The same for all pages of one export. */
  fingerprintKey: string;
}

export type ExportType = "full" | "segmented";

/** Documents of one table, in `_creationTime`, `_id` order. */
export interface TableLines {
  name: string;
  records: number;
  /**
   * One document per line, joined by `,` and a newline, in Convex's own JSON: values that JSON
   * lacks are tagged, `{"$integer": …}`. A line begins with `_id` and `_creationTime`.
   */
  lines: string;
}

export interface Page {
  /** In the order asked for. A table that the page did not reach is absent. */
  tables: TableLines[];
  /** Where to go on; null when all tables asked for are complete. */
  next: { table: string; cursor: string | null } | null;
  /** How often each `table.field` was redacted, and each unknown one withheld, in this page. */
  redactions: Record<string, number>;
  withheld: Record<string, number>;
}

export interface ExportSource {
  /** The latest timestamp at which the database can be read. */
  pinTimestamp(signal?: AbortSignal): Promise<SnapshotTimestamp>;
  summarize(timestamp: SnapshotTimestamp, signal?: AbortSignal): Promise<Summary>;
  readPage(timestamp: SnapshotTimestamp, request: PageRequest, signal?: AbortSignal): Promise<Page>;
  /** Whether the actor may still export, as of now: throws `unauthenticated` or `forbidden`. */
  authorize(signal?: AbortSignal): Promise<void>;
}

/** The moment of a timestamp. */
export function snapshotDate(timestamp: SnapshotTimestamp): Date {
  const nanoseconds = Buffer.from(timestamp, "base64").readBigUInt64LE();
  return new Date(Number(nanoseconds / 1_000_000n));
}
