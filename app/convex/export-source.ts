import { z } from "zod";
import { internal } from "../../convex/_generated/api";
import { ExportError } from "../export/errors";
import type { ExportSource, Page, PageRequest, Summary } from "../export/source";
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

const pageSchema: z.ZodType<Page> = z.object({
  tables: z.array(z.object({ name: z.string(), records: z.number(), lines: z.string() })),
  next: z.object({ table: z.string(), cursor: z.string().nullable() }).nullable(),
  redactions: counts,
  withheld: counts,
});

/** The Convex database as the engine reads it, on behalf of one actor. */
export function createConvexSource(client: ConvexClient, actor: Actor): ExportSource {
  return {
    pinTimestamp: (signal) => client.pinTimestamp(signal),

    async summarize(timestamp, signal): Promise<Summary> {
      const answer = await client.queryAt(timestamp, internal.exports.summarize, { actor }, signal);
      return parse(summarySchema, answer, "summarize");
    },

    async readPage(timestamp, request: PageRequest, signal): Promise<Page> {
      const { tables, fingerprintKey, ...page } = request;
      const args = { actor, tables, fingerprintKey, page };
      const answer = await client.queryAt(timestamp, internal.exports.readLines, args, signal);
      return parse(pageSchema, answer, "readLines");
    },

    async authorize(signal): Promise<void> {
      await client.query(internal.sessions.authorize, { actor }, signal);
    },
  };
}

function parse<T>(schema: z.ZodType<T>, answer: unknown, name: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ExportError("convex_failed", `${name}: unexpected answer at ${issue?.path.join(".")}`);
}
