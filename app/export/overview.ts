import { planTables, sum } from "./plan";
import { combineMargins, sizeMargin } from "./size-margin";
import type { Summary } from "./source";

/** What a full export would hold, as the export page shows it. */
export interface ExportOverview {
  tables: TableOverview[];
  totalRecords: number;
  totalBytes: number;
  isSizeExact: boolean;
  /** How far `totalBytes` may be off, as for a table. */
  marginBytes: number | null;
  /** Of the file, with what stands around the documents; as exact as `totalBytes`. */
  fileBytes: number;
  /** `_creationTime` of the newest document of all, ms since the epoch. */
  newest: number | null;
  /** Whether only accounts are in the database, as in a deployment that nobody has used yet. */
  isUnused: boolean;
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
  /** How far `sizeBytes` may be off, in bytes, in 19 of 20 cases; null where that is unknown. */
  marginBytes: number | null;
  /** Part of the whole size, from 0 to 1. */
  share: number;
  /** `_creationTime` of the newest document, ms since the epoch; null where it is unknown. */
  newest: number | null;
  /** Names of the fields with credentials, which fingerprints replace. */
  fingerprintedFields: string[];
  /** Names of the fields of any shape, which are searched for credentials. */
  searchedFields: string[];
  /** Names of the fields that are left out. */
  excludedFields: string[];
}

/** Without a record in any other table there is nothing to analyse: whoever looks has an account. */
const ACCOUNT_TABLES = ["users", "sessions", "accounts"];

/** What is between two documents: a comma and a newline. */
const SEPARATOR_BYTES = 2;

/** Metadata and names of the tables in a full export, measured; it hardly depends on the data. */
const FRAME_BYTES = 5_000;

/** A summary in the figures that a plan is made of. @param asOf When the database was asked. */
export function describeSummary(summary: Summary, asOf: Date): ExportOverview {
  const { sanitization, searchedFields, excludedTables } = summary;
  const tables = planTables(
    summary,
    summary.tables.map(({ name }) => name),
  );
  const margins = new Map(summary.tables.map((table) => [table.name, sizeMargin(table)]));
  const fingerprinted = sanitization.redactedFields.filter(
    (path) => !searchedFields.includes(path),
  );
  const totalRecords = sum(tables.map((table) => table.records));
  const totalBytes = sum(tables.map((table) => table.sizeBytes));
  return {
    tables: tables.map(({ name, records, sizeBytes, isSizeExact, newest }) => ({
      name,
      records,
      sizeBytes,
      isSizeExact,
      marginBytes: margins.get(name) ?? null,
      share: totalBytes === 0 ? 0 : sizeBytes / totalBytes,
      newest,
      fingerprintedFields: fieldsOf(name, fingerprinted),
      searchedFields: fieldsOf(name, searchedFields),
      excludedFields: fieldsOf(name, sanitization.excludedFields),
    })),
    totalRecords,
    totalBytes,
    isSizeExact: tables.every((table) => table.isSizeExact),
    marginBytes: combineMargins([...margins.values()]),
    fileBytes: FRAME_BYTES + totalBytes + totalRecords * SEPARATOR_BYTES,
    newest: latest(tables.map((table) => table.newest)),
    isUnused: tables.every(({ name, records }) => records === 0 || ACCOUNT_TABLES.includes(name)),
    asOf: asOf.toISOString(),
    excludedTables,
    policyVersion: sanitization.policyVersion,
  };
}

function fieldsOf(table: string, paths: readonly string[]): string[] {
  const prefix = `${table}.`;
  return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
}

function latest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : Math.max(...known);
}
