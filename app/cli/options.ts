import { tmpdir } from "node:os";
import { DEFAULT_LIMITS } from "../analysis/mcp/rows";
import { DOWNLOAD_FORMATS, FOLDER_FORMATS } from "../export/formats/format";
import type { SEGMENT_FILTERS } from "../export/segment-filter";
import type { Consistency, Privacy } from "../export/source";
import { connectionOptions } from "./connection";

/** For yargs: the options of the commands, with what `--help` says of them. */

export const EXPORT_FORMATS = [...DOWNLOAD_FORMATS, ...FOLDER_FORMATS];

export const json = {
  type: "boolean",
  default: false,
  describe: "JSON for programs",
} as const;

/** The filters of a segment, see `app/export/segment-filter.ts`. */
const segmentOptions = {
  company: {
    type: "string",
    requiresArg: true,
    describe: "only of these companies: slugs or ids, with commas between",
  },
  site: { type: "string", requiresArg: true, describe: "only of these sites, by id" },
  participant: { type: "string", requiresArg: true, describe: "only of these people, by id" },
  from: {
    type: "string",
    requiresArg: true,
    describe: "incidents and activity from this date or date-time on, UTC",
  },
  to: { type: "string", requiresArg: true, describe: "and before this one" },
  tables: { type: "string", requiresArg: true, describe: "only these tables" },
} as const satisfies Record<(typeof SEGMENT_FILTERS)[number], object>;

export const exportOptions = {
  ...connectionOptions,
  out: {
    type: "string",
    alias: "o",
    requiresArg: true,
    describe:
      "file, or folder for parquet and csv; - for standard output; the export's own name where it is left out",
  },
  overwrite: { type: "boolean", default: false, describe: "replace a file that is there" },
  ...segmentOptions,
  format: {
    type: "string",
    requiresArg: true,
    choices: EXPORT_FORMATS,
    default: "json",
    describe: "a file, or a folder for parquet and csv",
  },
  privacy: {
    type: "string",
    requiresArg: true,
    choices: ["redacted", "pseudonymised"] satisfies Privacy[],
    default: "redacted",
    describe: "pseudonymised for an AI tool",
  },
  consistency: {
    type: "string",
    requiresArg: true,
    choices: ["snapshot", "rolling"] satisfies Consistency[],
    default: "snapshot",
    describe: "rolling where the database changes too fast to be read as one snapshot",
  },
  reason: { type: "string", requiresArg: true, describe: "for the audit trail" },
  "key-file": {
    type: "string",
    requiresArg: true,
    describe: "keep the key of fingerprints and pseudonyms, to compare two exports",
  },
  concurrency: {
    type: "number",
    requiresArg: true,
    default: 16,
    describe: "queries at once, 1 to 1024",
  },
  timeout: {
    type: "number",
    requiresArg: true,
    default: 300,
    describe: "seconds that reading may take",
  },
  "spool-directory": {
    type: "string",
    requiresArg: true,
    default: tmpdir(),
    defaultDescription: "the system's",
    describe: "where an encrypted file goes while a large database is read",
  },
  json,
} as const;

export const verifyOptions = {
  digest: { type: "string", requiresArg: true, describe: "the SHA-256 that it must have" },
  "strict-references": {
    type: "boolean",
    default: false,
    describe: "a reference to a document that is not in the file is a problem",
  },
  json,
} as const;

export const diffOptions = {
  ids: { type: "boolean", default: false, describe: "which documents, by _id" },
  fingerprints: {
    type: "boolean",
    default: false,
    describe: "compare fingerprints too: both exports were made with one --key-file",
  },
  "exit-code": {
    type: "boolean",
    default: false,
    describe: "end with 6 where documents differ",
  },
  json,
} as const;

/** The loaded tables of a file, see `app/analysis/database.ts`. */
const cacheOption = {
  type: "boolean",
  default: true,
  describe: "keep the loaded tables beside the file as FILE.duckdb; --no-cache does not",
} as const;

export const queryOptions = {
  output: {
    type: "string",
    requiresArg: true,
    choices: ["table", "json", "csv"],
    default: "table",
    describe: "a table for people, json or csv for programs",
  },
  limit: {
    type: "number",
    requiresArg: true,
    describe: "rows at most; 1,000 for a table, all for json and csv where it is left out",
  },
  cache: cacheOption,
  forget: {
    type: "boolean",
    default: false,
    describe: "remove the loaded tables that are kept; the query may be left out",
  },
} as const;

export const mcpOptions = {
  cache: cacheOption,
  "max-rows": {
    type: "number",
    requiresArg: true,
    default: DEFAULT_LIMITS.rows,
    describe: "rows that one call may give",
  },
  "max-bytes": {
    type: "number",
    requiresArg: true,
    default: DEFAULT_LIMITS.bytes,
    describe: "bytes of rows that one call may give",
  },
  timeout: {
    type: "number",
    requiresArg: true,
    default: DEFAULT_LIMITS.ms / 1000,
    describe: "seconds that one query may take",
  },
} as const;
