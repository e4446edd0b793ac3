import { z } from "zod";
import { internal } from "../../convex/_generated/api";
import { ExportError } from "../export/errors";
import type { ExportSource, IdentityPage, Page, PageTable, Summary } from "../export/source";
import type { Actor } from "./accounts";
import type { ConvexClient } from "./client";

export { EXPORT_TABLES } from "../../convex/model/exportTables";

const counts = z.record(z.string(), z.number());

const summarySchema: z.ZodType<Summary> = z.object({
  version: z.literal("1.0"),
  exportedBy: z.string(),
  tables: z.array(
    z.object({
      name: z.string(),
      records: z.number(),
      sampledRecords: z.number(),
      sampledBytes: z.number(),
      oldest: z.number().nullable(),
      newest: z.number().nullable(),
    }),
  ),
  relations: z.record(z.string(), z.string()),
  sanitization: z.object({
    policyVersion: z.string(),
    excludedTables: z.array(z.string()),
    excludedFields: z.array(z.string()),
    redactedFields: z.array(z.string()),
  }),
  excludedTables: z.array(z.object({ name: z.string(), reason: z.string() })),
});

const next = z
  .object({ table: z.string(), from: z.number().nullable(), cursor: z.string().nullable() })
  .nullable();

/** A page whose lines went to a sink: their length is in their place. */
const pageSchema = z.object({
  tables: z.array(z.object({ name: z.string(), records: z.number(), lines: z.number() })),
  next,
  redactions: counts,
  withheld: counts,
  pseudonymised: counts.optional(),
});

const identityPageSchema: z.ZodType<IdentityPage> = z.object({
  identities: z.object({
    participants: z.string(),
    users: z.string(),
    people: z.string(),
    phones: z.string(),
    ndisNumbers: z.string(),
    imageUrls: z.string(),
  }),
  next,
});

/** What an export would hold, as of now. @throws ExportError */
export async function readSummary(client: ConvexClient, actor: Actor): Promise<Summary> {
  const answer = await client.query(internal.exports.summarize, { actor });
  return parse(summarySchema, answer, "summarize");
}

/** The Convex database as the engine reads it, on behalf of one actor. */
export function createConvexSource(client: ConvexClient, actor: Actor): ExportSource {
  return {
    pinTimestamp: (signal) => client.pinTimestamp(signal),

    async summarize(timestamp, signal): Promise<Summary> {
      const answer = await client.queryAt(timestamp, internal.exports.summarize, { actor }, signal);
      return parse(summarySchema, answer, "summarize");
    },

    async readPage(timestamp, request, openSink, signal): Promise<Page> {
      const { tables, fingerprintKey, identities, ...page } = request;
      const privacy =
        identities === undefined ? {} : ({ privacy: "pseudonymised", identities } as const);
      const args = { actor, tables, fingerprintKey, page, ...privacy };
      const { readLines } = internal.exports;
      const { value, lengths } = await client.readPageAt(
        timestamp,
        readLines,
        args,
        openSink,
        signal,
      );
      const { pseudonymised, ...answer } = parse(pageSchema, value, "readLines");
      if ((pseudonymised === undefined) !== (identities === undefined)) {
        throw new ExportError("convex_failed", "readLines: a page of another profile");
      }
      return {
        ...answer,
        tables: streamedTables(answer.tables, lengths),
        ...(pseudonymised === undefined ? {} : { pseudonymised }),
      };
    },

    async readIdentities(timestamp, { tables, ...page }, signal): Promise<IdentityPage> {
      const { readIdentities } = internal.exports;
      const answer = await client.queryAt(
        timestamp,
        readIdentities,
        { actor, tables, page },
        signal,
      );
      return parse(identityPageSchema, answer, "readIdentities");
    },

    async authorize(signal): Promise<void> {
      await client.query(internal.sessions.authorize, { actor }, signal);
    },
  };
}

/** The tables of a page, whose lines must be those that the sink got, in the same order. */
function streamedTables(
  tables: { name: string; records: number; lines: number }[],
  lengths: readonly number[],
): PageTable[] {
  if (
    tables.length !== lengths.length ||
    tables.some(({ lines }, index) => lines !== lengths[index])
  ) {
    throw new ExportError("convex_failed", "readLines: lines that are no text, or twice");
  }
  return tables.map(({ name, records, lines }) => ({ name, records, bytes: lines }));
}

function parse<T>(schema: z.ZodType<T>, answer: unknown, name: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ExportError("convex_failed", `${name}: unexpected answer at ${issue?.path.join(".")}`);
}
