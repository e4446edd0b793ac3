import { ConvexError, v, type Value } from "convex/values";
import { POLICY_VERSION } from "./exportPolicy";
import { internalQuery } from "./functions";
import { actorValidator, requireSystemAdmin, type Exporter } from "./model/actors";
import { inSchemaOrder, parseTables, readPage, WHOLE_TABLE } from "./model/exportPage";
import {
  EXCLUDED_FIELDS,
  EXCLUDED_TABLES,
  IDENTITY_TABLES,
  REDACTED_FIELDS,
  RELATIONS,
  SEARCHED_FIELDS,
} from "./model/exportTables";
import { firstTables } from "./model/firstPage";
import { asLines, joinLines, linesArgs } from "./model/lines";
import { CollectingReader, ReferenceCollector } from "./model/references";
import { identitiesValidator } from "./model/pseudonyms/identities";
import { createSanitizer, IdentityReader, privacyArgs } from "./model/privacy";
import { Sanitizer } from "./model/sanitize";
import { summarizeTables, type TableSummary } from "./model/summary";

/** Version of the file's structure, approved with the story. */
const EXPORT_VERSION = "1.0";

/** Longest array that Convex returns (`value/src/array.rs`), hence most documents of one answer. */
const MAXIMUM_ARRAY_LENGTH = 8192;

const counts = v.record(v.string(), v.number());

const nullableNumber = v.union(v.number(), v.null());

const positionArgs = {
  actor: actorValidator,
  tables: v.optional(v.array(v.string())),
  page: v.object({
    // Which part of the first table, by `_creationTime`; all of it where absent.
    range: v.optional(v.object({ from: nullableNumber, before: nullableNumber })),
    cursor: v.union(v.string(), v.null()),
    maximumBytes: v.number(),
    maximumDocuments: v.number(),
  }),
};

const pageArgs = { ...positionArgs, fingerprintKey: v.string(), ...privacyArgs };

const nextPage = v.union(
  v.null(),
  v.object({ table: v.string(), from: nullableNumber, cursor: v.union(v.string(), v.null()) }),
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

const summaryValidator = v.object({
  version: v.string(),
  exportedBy: v.string(),
  tables: v.array(
    v.object({
      name: v.string(),
      records: v.number(),
      sampledRecords: v.number(),
      sampledBytes: v.number(),
      sampledDeviation: nullableNumber,
      oldest: nullableNumber,
      newest: nullableNumber,
    }),
  ),
  relations: v.record(v.string(), v.string()),
  sanitization: v.object(sanitizationValidator),
  searchedFields: v.array(v.string()),
  excludedTables: v.array(v.object({ name: v.string(), reason: v.string() })),
});

const linesOfTables = v.array(
  v.object({ name: v.string(), records: v.number(), lines: v.string() }),
);

/**
 * What an export would hold: the exact count of each table, and sizes sampled from at most nine
 * documents of each. Costs one query and at most 162 documents, whatever the database holds.
 */
export const summarize = internalQuery({
  args: { actor: actorValidator },
  returns: summaryValidator,
  handler: async (ctx, { actor }) => {
    const exporter = await requireSystemAdmin(ctx, actor);
    const { tables } = await summarizeTables(ctx, sampler(), { isBrief: false });
    return describeDatabase(exporter, tables);
  },
});

/**
 * What an export begins with: the summary, from fewer documents of small tables, and together with
 * it the first page of a small database, as `readLines` would answer it. `asked` names the tables
 * that the page was to hold; there are none where it was not asked for, or the database is large.
 */
export const begin = internalQuery({
  args: {
    actor: actorValidator,
    page: v.optional(
      v.object({
        maximumBytes: v.number(),
        maximumDocuments: v.number(),
        fingerprintKey: v.string(),
      }),
    ),
    ...linesArgs,
  },
  returns: v.object({
    summary: summaryValidator,
    asked: v.array(v.string()),
    tables: linesOfTables,
    next: nextPage,
    redactions: counts,
    withheld: counts,
  }),
  handler: async (ctx, { actor, page, encoding }) => {
    const exporter = await requireSystemAdmin(ctx, actor);
    const summarized = await summarizeTables(ctx, sampler(), { isBrief: true });
    const summary = describeDatabase(exporter, summarized.tables);
    if (page === undefined) {
      return { summary, asked: [], tables: [], next: null, redactions: {}, withheld: {} };
    }
    const { fingerprintKey, ...bounds } = page;
    const asked = firstTables(summarized, bounds);
    const sanitizer = new Sanitizer(fingerprintKey);
    const request = { ...bounds, tables: asked, range: WHOLE_TABLE, cursor: null };
    const { data, next } = await readPage(ctx, request, asLines(sanitizer));
    return { summary, asked, tables: joinLines(data, encoding), next, ...sanitizer.counts };
  },
});

/** Only the length of sampled lines is used, and all fingerprints have the same. */
function sampler(): Sanitizer {
  return new Sanitizer("sample");
}

function describeDatabase(exporter: Exporter, tables: TableSummary[]) {
  return {
    version: EXPORT_VERSION,
    exportedBy: exporter.userId ?? exporter.name,
    tables,
    relations: { ...RELATIONS },
    sanitization,
    searchedFields: [...SEARCHED_FIELDS],
    excludedTables: [...EXCLUDED_TABLES],
  };
}

/**
 * Reads one page of the database as lines of the file, sanitised: what the portal assembles
 * without parsing a document again. Called at one pinned timestamp until `next` is null, it
 * yields the whole database of that moment; ranges of one table may be read at the same time.
 *
 * `fingerprintKey` must be the same for all pages of an export, and made for it alone: fingerprints
 * and pseudonyms depend on it.
 */
export const readLines = internalQuery({
  args: {
    ...pageArgs,
    ...linesArgs,
    // Tables: the answer then tells which of their documents this page refers to.
    references: v.optional(v.array(v.string())),
  },
  returns: v.object({
    tables: linesOfTables,
    next: nextPage,
    redactions: counts,
    withheld: counts,
    pseudonymised: v.optional(counts),
    references: v.optional(v.record(v.string(), v.string())),
  }),
  handler: async (ctx, args) => {
    await requireSystemAdmin(ctx, args.actor);
    const sanitizer = createSanitizer(args);
    const asked = parseTables(args.tables);
    const request = { range: WHOLE_TABLE, ...args.page, tables: asked };
    if (args.references === undefined) {
      const { data, next } = await readPage(ctx, request, asLines(sanitizer));
      return { tables: joinLines(data, args.encoding), next, ...sanitizer.counts };
    }
    const collector = new ReferenceCollector(new Set(args.references));
    const reader = new CollectingReader(sanitizer, collector);
    const { data, next } = await readPage(ctx, request, asLines(reader));
    const tables = joinLines(data, args.encoding);
    return { tables, next, ...sanitizer.counts, references: collector.ids };
  },
});

/**
 * Reads one page of the tables that name people, and answers with who they are: what the texts of a
 * pseudonymised export are searched for. The portal joins the pages, and hands all of it to each
 * `readLines` at the same timestamp, so that no text leaves Convex before it was searched.
 */
export const readIdentities = internalQuery({
  args: positionArgs,
  returns: v.object({ identities: identitiesValidator, next: nextPage }),
  handler: async (ctx, args) => {
    await requireSystemAdmin(ctx, args.actor);
    const tables = parseTables(args.tables, IDENTITY_TABLES);
    const reader = new IdentityReader();
    const { next } = await readPage(ctx, { range: WHOLE_TABLE, ...args.page, tables }, reader);
    return { identities: reader.identities, next };
  },
});

/**
 * The same page in the approved structure, for people and for programs without an engine: small
 * databases are complete in one call, `npx convex run exports:generateDatabaseExport '{…}'`. The
 * counts are those of this page. `page.next` says where to go on: with this table and those
 * after it, its `from` in `page.range`, and its `cursor`.
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
      sanitization: v.object({
        ...sanitizationValidator,
        profile: v.string(),
        redactions: counts,
        withheld: counts,
        pseudonymised: v.optional(counts),
      }),
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
    const sanitizer = createSanitizer(args);
    const tables = inSchemaOrder(parseTables(args.tables));
    const request = { range: WHOLE_TABLE, ...args.page, tables };
    const { data, next } = await readPage(ctx, request, sanitizer);
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
        sanitization: {
          ...sanitization,
          profile: args.privacy ?? "redacted",
          ...sanitizer.counts,
        },
      },
      data: data satisfies Record<string, Record<string, Value>[]>,
      page: { next },
    };
  },
});
