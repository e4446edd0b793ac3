import { ConvexError, v, type Value } from "convex/values";
import { POLICY_VERSION } from "./exportPolicy";
import { internalQuery } from "./functions";
import { actorValidator, requireSystemAdmin } from "./model/actors";
import { parseTables, readPage, toLines } from "./model/exportPage";
import { EXCLUDED_FIELDS, EXCLUDED_TABLES, REDACTED_FIELDS, RELATIONS } from "./model/exportTables";
import { createFingerprint } from "./model/redaction";
import { Sanitizer } from "./model/sanitize";
import { summarizeTables } from "./model/summary";

/** Version of the file's structure, approved with the story. */
const EXPORT_VERSION = "1.0";

/** Longest array that Convex returns (`value/src/array.rs`), hence most documents of one answer. */
const MAXIMUM_ARRAY_LENGTH = 8192;

const counts = v.record(v.string(), v.number());

const pageArgs = {
  actor: actorValidator,
  tables: v.optional(v.array(v.string())),
  fingerprintKey: v.string(),
  page: v.object({
    cursor: v.union(v.string(), v.null()),
    maximumBytes: v.number(),
    maximumDocuments: v.number(),
  }),
};

const nextPage = v.union(
  v.null(),
  v.object({ table: v.string(), cursor: v.union(v.string(), v.null()) }),
);

const sanitizationValidator = {
  policyVersion: v.string(),
  excludedTables: v.array(v.string()),
  excludedFields: v.array(v.string()),
  redactedFields: v.array(v.string()),
};

const sanitization = {
  policyVersion: POLICY_VERSION,
  excludedTables: EXCLUDED_TABLES.map((table) => table.name),
  excludedFields: [...EXCLUDED_FIELDS],
  redactedFields: [...REDACTED_FIELDS],
};

/**
 * What an export would hold: the exact count of each table, and sizes sampled from at most ten
 * documents of each. Costs one query and at most 180 documents, whatever the database holds.
 */
export const summarize = internalQuery({
  args: { actor: actorValidator },
  returns: v.object({
    version: v.string(),
    exportedBy: v.string(),
    tables: v.array(
      v.object({
        name: v.string(),
        records: v.number(),
        sampledRecords: v.number(),
        sampledBytes: v.number(),
      }),
    ),
    relations: v.record(v.string(), v.string()),
    sanitization: v.object(sanitizationValidator),
    excludedTables: v.array(v.object({ name: v.string(), reason: v.string() })),
  }),
  handler: async (ctx, { actor }) => {
    const exporter = await requireSystemAdmin(ctx, actor);
    // Only the length of the sampled lines is used, and all fingerprints have the same.
    const sanitizer = new Sanitizer(createFingerprint("sample"));
    return {
      version: EXPORT_VERSION,
      exportedBy: exporter.userId ?? exporter.name,
      tables: await summarizeTables(ctx, sanitizer),
      relations: { ...RELATIONS },
      sanitization,
      excludedTables: [...EXCLUDED_TABLES],
    };
  },
});

/**
 * Reads one page of the database as lines of the file, sanitised: what the portal assembles
 * without parsing a document again. Called at one pinned timestamp until `next` is null, it
 * yields the whole database of that moment.
 *
 * `fingerprintKey` must be the same for all pages of an export, and made for it alone.
 */
export const readLines = internalQuery({
  args: pageArgs,
  returns: v.object({
    tables: v.array(v.object({ name: v.string(), records: v.number(), lines: v.string() })),
    next: nextPage,
    redactions: counts,
    withheld: counts,
  }),
  handler: async (ctx, args) => {
    await requireSystemAdmin(ctx, args.actor);
    const sanitizer = new Sanitizer(createFingerprint(args.fingerprintKey));
    const tables = parseTables(args.tables);
    const { data, next } = await readPage(ctx, { ...args.page, tables }, sanitizer);
    return { tables: toLines(data), next, ...sanitizer.counts };
  },
});

/**
 * The same page in the approved structure, for people and for programs without an engine: small
 * databases are complete in one call, `npx convex run exports:generateDatabaseExport '{…}'`. The
 * counts are those of this page; `page.next` says where to go on.
 */
export const generateDatabaseExport = internalQuery({
  args: {
    ...pageArgs,
    exportType: v.union(v.literal("full"), v.literal("segmented")),
    filters: v.optional(v.object({})),
  },
  returns: v.object({
    metadata: v.object({
      exportedAt: v.string(),
      exportType: v.string(),
      version: v.string(),
      recordCounts: counts,
      totalRecords: v.number(),
      exportedBy: v.string(),
      filtersApplied: v.object({ tables: v.optional(v.array(v.string())) }),
      relations: v.record(v.string(), v.string()),
      sanitization: v.object({ ...sanitizationValidator, redactions: counts, withheld: counts }),
    }),
    data: v.record(v.string(), v.array(v.any())),
    page: v.object({ next: nextPage }),
  }),
  handler: async (ctx, args) => {
    const exporter = await requireSystemAdmin(ctx, args.actor);
    if (args.page.maximumDocuments > MAXIMUM_ARRAY_LENGTH) {
      throw new ConvexError({
        code: "bad_page",
        message: `page.maximumDocuments may be ${MAXIMUM_ARRAY_LENGTH} at most.`,
      });
    }
    const sanitizer = new Sanitizer(createFingerprint(args.fingerprintKey));
    const tables = parseTables(args.tables);
    const { data, next } = await readPage(ctx, { ...args.page, tables }, sanitizer);
    const recordCounts = Object.fromEntries(
      Object.entries(data).map(([table, documents]) => [table, documents.length]),
    );
    return {
      metadata: {
        exportedAt: new Date().toISOString(),
        exportType: args.exportType,
        version: EXPORT_VERSION,
        recordCounts,
        totalRecords: Object.values(recordCounts).reduce((sum, count) => sum + count, 0),
        exportedBy: exporter.userId ?? exporter.name,
        filtersApplied: args.tables === undefined ? {} : { tables },
        relations: { ...RELATIONS },
        sanitization: { ...sanitization, ...sanitizer.counts },
      },
      data: data satisfies Record<string, Record<string, Value>[]>,
      page: { next },
    };
  },
});
