import type { ExportPlan } from "./plan";

/** The plan of a full export as the export page shows it. */
export interface ExportOverview {
  tables: TableOverview[];
  totalRecords: number;
  totalBytes: number;
  isSizeExact: boolean;
  /** ISO date-time, UTC. */
  snapshotAt: string;
  excludedTables: { name: string; reason: string }[];
  policyVersion: string;
}

export interface TableOverview {
  name: string;
  /** Exact. */
  records: number;
  /** Bytes in the file; an estimate unless `isSizeExact`. */
  sizeBytes: number;
  isSizeExact: boolean;
  /** Names of the fields that are fingerprinted or searched for credentials. */
  redactedFields: string[];
  /** Names of the fields that are left out. */
  excludedFields: string[];
}

export function describePlan(plan: ExportPlan): ExportOverview {
  const { sanitization, excludedTables } = plan.summary;
  return {
    tables: plan.tables.map(({ name, records, sizeBytes, isSizeExact }) => ({
      name,
      records,
      sizeBytes,
      isSizeExact,
      redactedFields: fieldsOf(name, sanitization.redactedFields),
      excludedFields: fieldsOf(name, sanitization.excludedFields),
    })),
    totalRecords: plan.totalRecords,
    totalBytes: plan.totalBytes,
    isSizeExact: plan.tables.every((table) => table.isSizeExact),
    snapshotAt: plan.snapshotAt.toISOString(),
    excludedTables,
    policyVersion: sanitization.policyVersion,
  };
}

function fieldsOf(table: string, paths: readonly string[]): string[] {
  const prefix = `${table}.`;
  return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
}
