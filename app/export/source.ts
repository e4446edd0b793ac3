/**
 * What the engine asks of a database: a timestamp, a summary and pages at that timestamp. The
 * portal, the command line and the benchmarks each bring their own; `app/convex` has the real one.
 */

import type { Owner } from "../../convex/model/segmentTables";

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
  /** Standard deviation of their lengths, in bytes; null with fewer than two of them. */
  sampledDeviation: number | null;
  /**
   * `_creationTime` of the first and the last document, in ms. Null for an empty table, and where
   * documents are so large that the summary stopped before that one.
   */
  oldest: number | null;
  newest: number | null;
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
  /** Those of the redacted fields that are searched for credentials, not replaced as a whole. */
  searchedFields: string[];
  excludedTables: { name: string; reason: string }[];
}

/** A half-open range of `_creationTime`, in ms; null where it has no bound. */
export interface CreationRange {
  from: number | null;
  before: number | null;
}

export interface PageRequest {
  /** The tables to read, in order: the first within `range`, the others whole. */
  tables: string[];
  range: CreationRange;
  /** Where in the range to go on; it belongs to the very range of the page that gave it. */
  cursor: string | null;
  maximumBytes: number;
  maximumDocuments: number;
  /** The same for all pages of one export. */
  fingerprintKey: string;
  /** Who is replaced by pseudonyms; given always, and only, for the profile `pseudonymised`. */
  identities?: Identities;
  /** Tables: the page then says which of their documents it refers to. */
  references?: readonly string[];
}

/** `redacted`: without credentials. `pseudonymised`: and without names, numbers and addresses. */
export type Privacy = "redacted" | "pseudonymised";

/** Who is known, one in each line, as `exports:readIdentities` writes it. The engine only joins it. */
export interface Identities {
  participants: string;
  users: string;
  people: string;
  phones: string;
  ndisNumbers: string;
  imageUrls: string;
}

/** What a page of identities is asked for, like any other page. */
export type IdentityRequest = Omit<PageRequest, "fingerprintKey" | "identities" | "references">;

export interface IdentityPage {
  identities: Identities;
  next: Page["next"];
}

export type ExportType = "full" | "segmented";

/** `snapshot`: all pages at one timestamp. `rolling`: each page as of the time it was read. */
export type Consistency = "snapshot" | "rolling";

/** What a page holds of one table: documents in `_creationTime`, `_id` order. */
export interface PageTable {
  name: string;
  records: number;
  /** Bytes of its lines, which the sink got. */
  bytes: number;
}

export interface Page {
  /** In the order asked for, as their lines came. A table that the page did not reach is absent. */
  tables: PageTable[];
  /**
   * Where to go on; null when all that was asked for is complete. In the first table: from this
   * creation time on, or from the cursor within the same range. In a later one: from its start.
   */
  next: { table: string; from: number | null; cursor: string | null } | null;
  /** How often each `table.field` was redacted, and each unknown one withheld, in this page. */
  redactions: Record<string, number>;
  withheld: Record<string, number>;
  /** How often people were replaced in each `table.field`; with `pseudonymised` only. */
  pseudonymised?: Record<string, number>;
  /** Ids per table, joined by newlines; only, and always, where they were asked for. */
  references?: Record<string, string>;
}

/**
 * Takes the lines of a page while they arrive: one document per line, joined by `,` and a newline,
 * in Convex's own JSON, where values that JSON lacks are tagged (`{"$integer": …}`). A line
 * begins with `_id` and `_creationTime`.
 */
export interface LinesSink {
  /**
   * The next bytes of the lines of the current table, cut anywhere. They are valid during the
   * call only. A promise asks the source to wait before it goes on.
   */
  write(lines: Uint8Array): Promise<void> | undefined;
  /** The lines of the current table are complete; the next bytes are of another one. */
  endTable(): void;
}

/** A first page, of tables that the source chooses. */
export interface FirstPageRequest extends Pick<
  PageRequest,
  "maximumBytes" | "maximumDocuments" | "fingerprintKey"
> {
  /** As for `readPage`. */
  openSink: () => LinesSink;
}

export interface Beginning {
  summary: Summary;
  /** Null where it was not asked for, or the database is not small. */
  first: FirstPage | null;
}

export interface FirstPage {
  /** The tables that it was to hold, in order. */
  asked: string[];
  page: Page;
}

export interface ExportSource extends SegmentSource {
  /** The latest timestamp at which the database can be read. */
  pinTimestamp(signal?: AbortSignal): Promise<SnapshotTimestamp>;
  /**
   * What an export begins with. Where `page` is given and the database is small, its first page comes
   * in the same answer.
   */
  begin(
    timestamp: SnapshotTimestamp,
    page: FirstPageRequest | null,
    signal?: AbortSignal,
  ): Promise<Beginning>;
  /**
   * Reads one page. `openSink` is called once for each attempt; what a sink got before the next
   * one was opened, or before the promise was rejected, counts for nothing.
   */
  readPage(
    timestamp: SnapshotTimestamp,
    request: PageRequest,
    openSink: () => LinesSink,
    signal?: AbortSignal,
  ): Promise<Page>;
  /** Reads who is named in one page of the tables that name people. */
  readIdentities(
    timestamp: SnapshotTimestamp,
    request: IdentityRequest,
    signal?: AbortSignal,
  ): Promise<IdentityPage>;
  /** Whether the actor may still export, as of now: throws `unauthenticated` or `forbidden`. */
  authorize(signal?: AbortSignal): Promise<void>;
}

/** What the names in a segment's filters stand for, in their order; null where there is none. */
export interface SegmentNames {
  companies: { key: string; ids: string[] }[];
  sites: { key: string; id: string | null; company: string | null }[];
  participants: {
    key: string;
    id: string | null;
    company: string | null;
    site: string | null;
  }[];
}

/** Which documents of a table to find: those of some owners, within a range of time. */
export interface FindRequest {
  table: string;
  by: Owner;
  /** Ids; none where documents are found by time alone. */
  owners: string[];
  range: CreationRange;
  cursor: string | null;
  maximumBytes: number;
  maximumDocuments: number;
}

export interface FoundDocuments {
  /** One document per line: id, creation time in ms, size in bytes, divided by spaces. */
  found: string;
  /** What they refer to: ids per table, joined by newlines. */
  references: Record<string, string>;
}

export interface FoundPage extends FoundDocuments {
  /** Where to go on, by the number of the owner; null when all of them are done. */
  next: { owner: number; cursor: string | null } | null;
}

export interface DocumentsRequest {
  tables: { name: string; ids: string[] }[];
  fingerprintKey: string;
  identities?: Identities;
}

/** What segments are found and read by, through indexes. */
export interface SegmentSource {
  lookUp(
    timestamp: SnapshotTimestamp,
    keys: { companies: string[]; sites: string[]; participants: string[] },
    signal?: AbortSignal,
  ): Promise<SegmentNames>;
  find(
    timestamp: SnapshotTimestamp,
    request: FindRequest,
    signal?: AbortSignal,
  ): Promise<FoundPage>;
  /** The same of documents of one table by their ids. Those that do not exist are left out. */
  findIds(
    timestamp: SnapshotTimestamp,
    table: string,
    ids: string[],
    signal?: AbortSignal,
  ): Promise<FoundDocuments>;
  /** Reads documents by their ids, in that order: a page like any other, which is always complete. */
  readDocuments(
    timestamp: SnapshotTimestamp,
    request: DocumentsRequest,
    openSink: () => LinesSink,
    signal?: AbortSignal,
  ): Promise<Page>;
}

/** The moment of a timestamp. */
export function snapshotDate(timestamp: SnapshotTimestamp): Date {
  const nanoseconds = Buffer.from(timestamp, "base64").readBigUInt64LE();
  return new Date(Number(nanoseconds / 1_000_000n));
}
