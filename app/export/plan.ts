import { ExportError } from "./errors";
import { snapshotDate, type ExportSource, type SnapshotTimestamp, type Summary } from "./source";

export interface TablePlan {
  name: string;
  /** Exact at the plan's timestamp. */
  records: number;
  /** Bytes in the file: exact where every document was read, else the sample's mean scaled up. */
  sizeBytes: number;
  isSizeExact: boolean;
}

/** What an export at one timestamp holds: the page shows it, and the capture is checked by it. */
export interface ExportPlan {
  timestamp: SnapshotTimestamp;
  snapshotAt: Date;
  summary: Summary;
  tables: TablePlan[];
  totalRecords: number;
  totalBytes: number;
}

/**
 * Pins a timestamp and plans the export at it. Costs two requests, whatever the size.
 * @param tables The tables to export; all where absent.
 */
export async function planExport(
  source: ExportSource,
  tables?: readonly string[],
  signal?: AbortSignal,
): Promise<ExportPlan> {
  const timestamp = await source.pinTimestamp(signal);
  const summary = await source.summarize(timestamp, signal);
  const names = new Set(tables ?? summary.tables.map((table) => table.name));
  const planned = summary.tables.filter((table) => names.delete(table.name));
  if (names.size > 0) {
    throw new ExportError("unknown_table", `unknown tables: ${[...names].join(", ")}`);
  }
  const fallback = meanDocumentBytes(summary.tables);
  const plans = planned.map((table): TablePlan => {
    const isSizeExact = table.sampledRecords === table.records;
    const mean = table.sampledRecords > 0 ? table.sampledBytes / table.sampledRecords : fallback;
    return {
      name: table.name,
      records: table.records,
      sizeBytes: isSizeExact ? table.sampledBytes : Math.round(mean * table.records),
      isSizeExact,
    };
  });
  return {
    timestamp,
    snapshotAt: snapshotDate(timestamp),
    summary,
    tables: plans,
    totalRecords: sum(plans.map((table) => table.records)),
    totalBytes: sum(plans.map((table) => table.sizeBytes)),
  };
}

/** For a table that was not sampled because others were so large: the mean of what was. */
function meanDocumentBytes(tables: Summary["tables"]): number {
  const records = sum(tables.map((table) => table.sampledRecords));
  return records === 0 ? 0 : sum(tables.map((table) => table.sampledBytes)) / records;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** How much one page may read. */
export interface PageBounds {
  maximumBytes: number;
  maximumDocuments: number;
}

/**
 * Groups the tables into reads that can run at once: a table that may not fit a page is read
 * alone, page after page; smaller ones share a read, so a small database is a single request.
 */
export function planReads(tables: readonly TablePlan[], page: PageBounds): string[][] {
  // Estimates err, and a table that does not fit costs a further request.
  const maximumBytes = page.maximumBytes * 0.8;
  const reads: { tables: string[]; bytes: number; documents: number }[] = [];
  for (const table of tables) {
    const room = reads.find(
      (read) =>
        read.bytes + table.sizeBytes <= maximumBytes &&
        read.documents + table.records <= page.maximumDocuments,
    );
    if (room === undefined) {
      reads.push({ tables: [table.name], bytes: table.sizeBytes, documents: table.records });
    } else {
      room.tables.push(table.name);
      room.bytes += table.sizeBytes;
      room.documents += table.records;
    }
  }
  return reads.map((read) => read.tables);
}
