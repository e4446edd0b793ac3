import { ConvexError, v } from "convex/values";
import { internalQuery } from "./functions";
import { actorValidator, requireSystemAdmin } from "./model/actors";
import { parseTables } from "./model/exportPage";
import { asLines, joinLines, linesArgs } from "./model/lines";
import { createSanitizer, privacyArgs } from "./model/privacy";
import { findByIds, findDocuments, getAll } from "./model/segments";
import { listChoices, lookUp as lookUpKeys } from "./model/segmentScope";
import { OWNERS } from "./model/segmentTables";

/**
 * What segments need beside `exports`: who is meant, which documents that are, and those documents as
 * lines. All of it through indexes: the cost follows the segment and not the database.
 */

/**
 * Most ids in one call. Each is an interval of its own, of which a function may read 4,096
 * (`TRANSACTION_MAX_READ_SET_INTERVALS`, common/src/knobs.rs); the check of the role needs some.
 */
const MAXIMUM_IDS = 4000;

const nullable = <T extends ReturnType<typeof v.string> | ReturnType<typeof v.number>>(value: T) =>
  v.union(value, v.null());

const counts = v.record(v.string(), v.number());

const found = { found: v.string(), references: v.record(v.string(), v.string()) };

/** Which companies, sites and participants are meant, and whose they are. Null: there is none. */
export const lookUp = internalQuery({
  args: {
    actor: actorValidator,
    companies: v.array(v.string()),
    sites: v.array(v.string()),
    participants: v.array(v.string()),
  },
  returns: v.object({
    companies: v.array(v.object({ key: v.string(), ids: v.array(v.id("companies")) })),
    sites: v.array(
      v.object({
        key: v.string(),
        id: v.union(v.id("sites"), v.null()),
        company: v.union(v.id("companies"), v.null()),
      }),
    ),
    participants: v.array(
      v.object({
        key: v.string(),
        id: v.union(v.id("participants"), v.null()),
        company: v.union(v.id("companies"), v.null()),
        site: v.union(v.id("sites"), v.null()),
      }),
    ),
  }),
  handler: async (ctx, { actor, ...keys }) => {
    await requireSystemAdmin(ctx, actor);
    requireFew([...keys.companies, ...keys.sites, ...keys.participants]);
    return await lookUpKeys(ctx, keys);
  },
});

/**
 * Companies and sites to choose from: the first of them, which is more than anybody reads. Whoever
 * wants another one names it.
 * @param companies Ids or slugs, whose sites are told; no sites where there are none.
 */
export const choices = internalQuery({
  args: { actor: actorValidator, companies: v.array(v.string()) },
  returns: v.object({
    companies: v.array(v.object({ slug: v.string(), name: v.string() })),
    sites: v.array(v.object({ id: v.id("sites"), name: v.string() })),
  }),
  handler: async (ctx, { actor, companies }) => {
    await requireSystemAdmin(ctx, actor);
    requireFew(companies);
    return await listChoices(ctx, companies);
  },
});

/** The documents of a table that belong to one of the owners: which they are, not what is in them. */
export const find = internalQuery({
  args: {
    actor: actorValidator,
    table: v.string(),
    by: v.union(...OWNERS.map((owner) => v.literal(owner))),
    owners: v.array(v.string()),
    range: v.object({ from: nullable(v.number()), before: nullable(v.number()) }),
    cursor: nullable(v.string()),
    maximumBytes: v.number(),
    maximumDocuments: v.number(),
  },
  returns: v.object({
    ...found,
    next: v.union(v.object({ owner: v.number(), cursor: nullable(v.string()) }), v.null()),
  }),
  handler: async (ctx, { actor, ...request }) => {
    await requireSystemAdmin(ctx, actor);
    requireFew(request.owners);
    const [table] = parseTables([request.table]);
    if (table === undefined) throw unknownTable(request.table);
    return await findDocuments(ctx, { ...request, table });
  },
});

/** The same of documents whose ids are known. Those that do not exist are left out. */
export const findIds = internalQuery({
  args: { actor: actorValidator, table: v.string(), ids: v.array(v.string()) },
  returns: v.object(found),
  handler: async (ctx, { actor, ids, ...asked }) => {
    await requireSystemAdmin(ctx, actor);
    requireFew(ids);
    const [table] = parseTables([asked.table]);
    if (table === undefined) throw unknownTable(asked.table);
    return await findByIds(ctx, table, ids);
  },
});

/**
 * The documents of these ids as lines of the file, in the order of the ids, sanitised as
 * `exports:readLines` does it.
 * @throws ConvexError `incomplete` where one of them does not exist
 */
export const readDocuments = internalQuery({
  args: {
    actor: actorValidator,
    tables: v.array(v.object({ name: v.string(), ids: v.array(v.string()) })),
    fingerprintKey: v.string(),
    ...privacyArgs,
    ...linesArgs,
  },
  returns: v.object({
    tables: v.array(v.object({ name: v.string(), records: v.number(), lines: v.string() })),
    next: v.null(),
    redactions: counts,
    withheld: counts,
    pseudonymised: v.optional(counts),
  }),
  handler: async (ctx, args) => {
    await requireSystemAdmin(ctx, args.actor);
    requireFew(args.tables.flatMap(({ ids }) => ids));
    const sanitizer = createSanitizer(args);
    const names = parseTables(args.tables.map(({ name }) => name));
    const reader = asLines(sanitizer);
    const data: Record<string, string[]> = {};
    for (const name of names) {
      const asked = args.tables.find((table) => table.name === name);
      const documents = await getAll(ctx, name, asked?.ids ?? []);
      data[name] = documents.map((document) => {
        if (document === null) {
          throw new ConvexError({ code: "incomplete", message: `${name}: a document is gone.` });
        }
        return reader.document(name, document);
      });
    }
    return { tables: joinLines(data, args.encoding), next: null, ...sanitizer.counts };
  },
});

function requireFew(ids: readonly string[]): void {
  if (ids.length <= MAXIMUM_IDS) return;
  throw new ConvexError({
    code: "bad_page",
    message: `One call takes ${MAXIMUM_IDS} ids at most.`,
  });
}

function unknownTable(table: string): ConvexError<{ code: string; message: string }> {
  return new ConvexError({
    code: "unknown_table",
    message: `${table} is not an exported table.`,
  });
}
