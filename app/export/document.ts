import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Capture } from "./capture";
import { SEPARATOR, type CapturedTable, type Slice } from "./captured-table";
import { ExportError } from "./errors";
import type { FileMetadata, FiltersApplied } from "./file-schema";
import { sum, type ExportPlan } from "./plan";
import { snapshotDate, type Consistency, type Privacy, type SnapshotTimestamp } from "./source";
import type { Spool } from "./spool";

/** A part of a file, in bytes. */
export interface ByteRange {
  start: number;
  /** Exclusive. */
  end: number;
}

/** A complete export, ready to be sent. */
export interface ExportFile {
  name: string;
  bytes: number;
  /** SHA-256 of the file. */
  digest: Buffer;
  metadata: FileMetadata;
  /** The file, or a part of it, in pieces of at most 256 KiB. May be read by several at once. */
  content(range?: ByteRange): AsyncGenerator<Buffer, void>;
  /** Frees what the file holds. It cannot be read afterwards. */
  dispose(): void;
}

/** `supportsignal-db-export-YYYY-MM-DD-HHmm.json`, UTC. */
export function exportFileName(date: Date): string {
  const [day, time] = date.toISOString().split("T");
  return `supportsignal-db-export-${day}-${time?.slice(0, 5).replace(":", "")}.json`;
}

export interface FileOptions {
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
 * Puts the file together: metadata first and pretty-printed, then the tables in schema order, one
 * document per line. The same plan, capture and date give the same bytes.
 * @throws ExportError `incomplete` where the pages of a table do not add up to it
 */
export async function assembleFile(
  plan: ExportPlan,
  capture: Capture,
  spool: Spool,
  options: FileOptions,
): Promise<ExportFile> {
  const metadata = describeFile(plan, capture, options);
  const parts = layOut(metadata, capture.tables);
  const bytes = sum(parts.map(lengthOf));

  let isDisposed = false;
  // An end without an error would look like a complete file.
  function requireContent(): void {
    if (isDisposed) throw new ExportError("internal", "the file was freed before it was read");
  }
  async function* content({ start, end } = { start: 0, end: bytes }): AsyncGenerator<Buffer, void> {
    if (!(start >= 0 && start <= end && end <= bytes)) {
      throw new ExportError("internal", `read from ${start} to ${end} of a file of ${bytes}`);
    }
    let position = 0;
    let sinceTurn = 0;
    for (const part of parts) {
      const from = Math.max(0, start - position);
      const to = Math.min(lengthOf(part), end - position);
      position += lengthOf(part);
      if (from >= to) continue;
      requireContent();
      for await (const piece of read(part, from, to)) {
        requireContent();
        yield piece;
        sinceTurn += piece.byteLength;
        if (sinceTurn < BUSY_BYTES) continue;
        // Without it a large file would keep every other request waiting.
        await setImmediate();
        sinceTurn = 0;
      }
    }
    requireContent();
  }

  const hash = createHash("sha256");
  for await (const piece of content()) {
    options.signal.throwIfAborted();
    hash.update(piece);
  }
  return {
    name: exportFileName(options.exportedAt),
    bytes,
    digest: hash.digest(),
    metadata,
    content,
    dispose() {
      isDisposed = true;
      parts.length = 0;
      spool.dispose();
    },
  };
}

/** So many bytes take about 0.1 ms to hash or send. */
const BUSY_BYTES = 128 * 1024;

/** What a file is made of: text of its own, and lines in the spool. */
type Part = Buffer | Slice;

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

function lengthOf(part: Part): number {
  return Buffer.isBuffer(part) ? part.byteLength : part.end - part.start;
}

function read(part: Part, from: number, to: number): Iterable<Buffer> | AsyncIterable<Buffer> {
  if (Buffer.isBuffer(part)) return [part.subarray(from, to)];
  return part.segment.read(part.start + from, part.start + to);
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
