import { createHash } from "node:crypto";
import type { Capture } from "./capture";
import { SEPARATOR, type CapturedTable } from "./captured-table";
import { contentOf, type Part } from "./file-content";
import type { FileMetadata, FiltersApplied } from "./file-schema";
import { bundlePieces } from "./formats/bundle";
import { exportFileName, type ExportFormat } from "./formats/format";
import { ndjsonPieces } from "./formats/ndjson";
import { sliceTables, writeFile } from "./formats/written-file";
import { sum, type ExportPlan } from "./plan";
import { snapshotDate, type Consistency, type Privacy, type SnapshotTimestamp } from "./source";
import type { Release, Spool } from "./spool";

/** A part of a file, in bytes. */
export interface ByteRange {
  start: number;
  /** Exclusive. */
  end: number;
}

/** A complete export, ready to be sent. */
export interface ExportFile {
  name: string;
  /** What was asked for. The bytes of a format that is a folder are JSON, to make the folder of. */
  format: ExportFormat;
  bytes: number;
  /** SHA-256 of the file. */
  digest: Buffer;
  metadata: FileMetadata;
  /** The file, or a part of it, in pieces of at most 256 KiB. May be read by several at once. */
  content(range?: ByteRange): AsyncGenerator<Buffer, void>;
  /** Frees what the file holds. It cannot be read afterwards. */
  dispose(release?: Release): void;
}

export interface FileOptions {
  /** `json` where absent. */
  format?: ExportFormat;
  /** Absent for a full export. */
  filtersApplied?: FiltersApplied;
  exportedAt: Date;
  consistency: Consistency;
  /** `redacted` where absent. */
  privacy?: Privacy;
  /** The timestamp of the last page: the plan's own, unless the export is rolling. */
  latest: SnapshotTimestamp;
  signal: AbortSignal;
}

/**
 * Puts the file together in the format that was asked for. The same plan, capture and date give the
 * same bytes.
 * @throws ExportError `incomplete` where the pages of a table do not add up to it
 */
export async function assembleFile(
  plan: ExportPlan,
  capture: Capture,
  spool: Spool,
  options: FileOptions,
): Promise<ExportFile> {
  const { format = "json", exportedAt, signal } = options;
  const metadata = describeFile(plan, capture, options);
  const described = { name: exportFileName(exportedAt, format), format, metadata };
  if (format === "zip" || format === "ndjson") {
    const tables = sliceTables(capture.tables);
    const pieces = format === "zip" ? bundlePieces : ndjsonPieces;
    return {
      ...described,
      ...(await writeFile(pieces(metadata, tables), tables, spool, signal)),
    };
  }
  const file = contentOf(layOut(metadata, capture.tables), spool);
  const hash = createHash("sha256");
  for await (const piece of file.content()) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return { ...described, ...file, digest: hash.digest() };
}

/** JSON: metadata first and pretty-printed, then the tables in schema order, a document per line. */
function layOut(metadata: FileMetadata, tables: readonly CapturedTable[]): Part[] {
  const head = JSON.stringify(metadata, null, 2).replaceAll("\n", "\n  ");
  const parts: Part[] = [Buffer.from(`{\n  "metadata": ${head},\n  "data": {`)];
  for (const [index, table] of tables.entries()) {
    parts.push(Buffer.from(`${index === 0 ? "" : ","}\n    ${JSON.stringify(table.name)}: [`));
    const slices = table.slices();
    for (const [number, slice] of slices.entries()) {
      parts.push(Buffer.from(number === 0 ? "\n" : SEPARATOR), slice);
    }
    parts.push(Buffer.from(slices.length === 0 ? "]" : "\n    ]"));
  }
  parts.push(Buffer.from("\n  }\n}\n"));
  return parts;
}

function describeFile(plan: ExportPlan, capture: Capture, options: FileOptions): FileMetadata {
  const { summary } = plan;
  const { filtersApplied, exportedAt, consistency, privacy = "redacted" } = options;
  return {
    exportedAt: exportedAt.toISOString(),
    exportType: filtersApplied === undefined ? "full" : "segmented",
    version: "1.0",
    recordCounts: capture.recordCounts,
    totalRecords: sum(Object.values(capture.recordCounts)),
    snapshotTimestamp: plan.snapshotAt.toISOString(),
    consistency,
    ...(consistency === "rolling" ? { readUntil: snapshotDate(options.latest).toISOString() } : {}),
    exportedBy: summary.exportedBy,
    filtersApplied: filtersApplied ?? {},
    relations: summary.relations,
    sanitization: {
      ...summary.sanitization,
      profile: privacy,
      redactions: sortKeys(capture.redactions),
      withheld: sortKeys(capture.withheld),
      ...(privacy === "redacted" ? {} : { pseudonymised: sortKeys(capture.pseudonymised) }),
    },
  };
}

/** Pages arrive in any order; the file must not depend on it. */
function sortKeys(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
