import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Capture } from "./capture";
import { ExportError } from "./errors";
import type { FileMetadata } from "./file-schema";
import type { ExportPlan } from "./plan";
import type { ExportType } from "./source";
import type { Spool } from "./spool";

/** Size of the pieces in which a file is hashed and sent: the event loop turns between them. */
const PIECE_BYTES = 256 * 1024;

/** A complete export, ready to be sent. */
export interface ExportFile {
  name: string;
  bytes: number;
  /** SHA-256 of the file. */
  digest: Buffer;
  metadata: FileMetadata;
  /** The file in pieces of at most 256 KiB. */
  content(): AsyncGenerator<Buffer, void>;
  /** Frees what the file holds. It cannot be read afterwards. */
  dispose(): void;
}

/** `supportsignal-db-export-YYYY-MM-DD-HHmm.json`, UTC. */
export function exportFileName(date: Date): string {
  const [day, time] = date.toISOString().split("T");
  return `supportsignal-db-export-${day}-${time?.slice(0, 5).replace(":", "")}.json`;
}

/**
 * Puts the file together: metadata first and pretty-printed, then the tables in schema order, one
 * document per line. The same plan, capture and date give the same bytes.
 */
export async function assembleFile(
  plan: ExportPlan,
  capture: Capture,
  spool: Spool,
  options: { exportType: ExportType; exportedAt: Date },
): Promise<ExportFile> {
  const metadata = describeFile(plan, capture, options);
  const head = JSON.stringify(metadata, null, 2).replaceAll("\n", "\n  ");
  const chunks: Buffer[] = [Buffer.from(`{\n  "metadata": ${head},\n  "data": {`)];
  for (const [index, { name }] of plan.tables.entries()) {
    const lines = spool.read(name);
    const isEmpty = lines.length === 0;
    chunks.push(Buffer.from(`${index === 0 ? "" : ","}\n    ${JSON.stringify(name)}: [`));
    if (!isEmpty) chunks.push(Buffer.from("\n"), ...lines, Buffer.from("\n    "));
    chunks.push(Buffer.from("]"));
  }
  chunks.push(Buffer.from("\n  }\n}\n"));

  let isDisposed = false;
  // An end without an error would look like a complete file.
  function requireContent(): void {
    if (isDisposed) throw new ExportError("internal", "the file was freed before it was read");
  }
  async function* content(): AsyncGenerator<Buffer, void> {
    requireContent();
    for (const chunk of chunks) {
      for (let start = 0; start < chunk.byteLength; start += PIECE_BYTES) {
        yield chunk.subarray(start, start + PIECE_BYTES);
        requireContent();
        // Without it a large file would keep every other request waiting.
        if (chunk.byteLength > PIECE_BYTES) await setImmediate();
      }
    }
  }

  let bytes = 0;
  const hash = createHash("sha256");
  for await (const piece of content()) {
    bytes += piece.byteLength;
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
      chunks.length = 0;
      spool.dispose();
    },
  };
}

function describeFile(
  plan: ExportPlan,
  capture: Capture,
  options: { exportType: ExportType; exportedAt: Date },
): FileMetadata {
  const { summary } = plan;
  return {
    exportedAt: options.exportedAt.toISOString(),
    exportType: options.exportType,
    version: "1.0",
    recordCounts: capture.recordCounts,
    totalRecords: plan.totalRecords,
    snapshotTimestamp: plan.snapshotAt.toISOString(),
    consistency: "snapshot",
    exportedBy: summary.exportedBy,
    filtersApplied:
      options.exportType === "full" ? {} : { tables: plan.tables.map((table) => table.name) },
    relations: summary.relations,
    sanitization: {
      ...summary.sanitization,
      redactions: sortKeys(capture.redactions),
      withheld: sortKeys(capture.withheld),
    },
  };
}

/** Pages arrive in any order; the file must not depend on it. */
function sortKeys(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
