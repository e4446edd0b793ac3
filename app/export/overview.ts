import { planTables, sum } from "./plan";
import type { Summary } from "./source";

/** What a full export would hold, as the export page shows it. */
export interface ExportOverview {
  tables: TableOverview[];
  totalRecords: number;
  totalBytes: number;
  isSizeExact: boolean;
  /** ISO date-time, UTC. */
  asOf: string;
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

/** A summary in the figures that a plan is made of. @param asOf When the database was asked. */
export function describeSummary(summary: Summary, asOf: Date): ExportOverview {
  const { sanitization, excludedTables } = summary;
  const tables = planTables(
    summary,
    summary.tables.map(({ name }) => name),
  );
  return {
    tables: tables.map(({ name, records, sizeBytes, isSizeExact }) => ({
      name,
      records,
      sizeBytes,
      isSizeExact,
      redactedFields: fieldsOf(name, sanitization.redactedFields),
      excludedFields: fieldsOf(name, sanitization.excludedFields),
    })),
    totalRecords: sum(tables.map((table) => table.records)),
    totalBytes: sum(tables.map((table) => table.sizeBytes)),
    isSizeExact: tables.every((table) => table.isSizeExact),
    asOf: asOf.toISOString(),
    excludedTables,
    policyVersion: sanitization.policyVersion,
  };
}

function fieldsOf(table: string, paths: readonly string[]): string[] {
  const prefix = `${table}.`;
  return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
}
