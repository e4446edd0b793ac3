import { snapshotDate, type ExportSource, type SnapshotTimestamp, type Summary } from "./source";

export interface TablePlan {
  name: string;
  /** Exact at the plan's timestamp. */
  records: number;
  /** Bytes in the file: exact where every document was read, else the sample's mean scaled up. */
  sizeBytes: number;
  isSizeExact: boolean;
  /** `_creationTime` of the first and the last document, in ms; null for an empty table. */
  oldest: number | null;
  newest: number | null;
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

/** Pins a timestamp and plans the export of all tables at it. Costs two requests, whatever the size. */
export async function planExport(source: ExportSource, signal?: AbortSignal): Promise<ExportPlan> {
  return await planAt(source, await source.pinTimestamp(signal), signal);
}

/** The plan of all tables at a timestamp. */
export async function planAt(
  source: ExportSource,
  timestamp: SnapshotTimestamp,
  signal?: AbortSignal,
): Promise<ExportPlan> {
  const { summary } = await source.begin(timestamp, null, signal);
  return describePlan(timestamp, summary);
}

/** The plan that a summary of a timestamp makes. */
export function describePlan(timestamp: SnapshotTimestamp, summary: Summary): ExportPlan {
  const tables = planTables(
    summary,
    summary.tables.map(({ name }) => name),
  );
  return { timestamp, snapshotAt: snapshotDate(timestamp), summary, ...totals(tables) };
}

/** The same moment, with other tables or a part of them. */
export function withTables(plan: ExportPlan, tables: TablePlan[]): ExportPlan {
  return { ...plan, ...totals(tables) };
}

function totals(tables: TablePlan[]) {
  return {
    tables,
    totalRecords: sum(tables.map((table) => table.records)),
    totalBytes: sum(tables.map((table) => table.sizeBytes)),
  };
}

/** How much each of these tables holds, in the order of the summary. */
export function planTables(summary: Summary, names: readonly string[]): TablePlan[] {
  const fallback = meanDocumentBytes(summary.tables);
  return summary.tables
    .filter(({ name }) => names.includes(name))
    .map((table) => {
      const isSizeExact = table.sampledRecords === table.records;
      const mean = table.sampledRecords > 0 ? table.sampledBytes / table.sampledRecords : fallback;
      return {
        name: table.name,
        records: table.records,
        sizeBytes: isSizeExact ? table.sampledBytes : Math.round(mean * table.records),
        isSizeExact,
        oldest: table.oldest,
        newest: table.newest,
      };
    });
}

/** For a table that was not sampled because others were so large: the mean of what was. */
function meanDocumentBytes(tables: Summary["tables"]): number {
  const records = sum(tables.map((table) => table.sampledRecords));
  return records === 0 ? 0 : sum(tables.map((table) => table.sampledBytes)) / records;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The planned records of each table. */
export function recordsOf({ tables }: ExportPlan): Record<string, number> {
  return Object.fromEntries(tables.map(({ name, records }) => [name, records]));
}
