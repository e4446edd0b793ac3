import { z } from "zod";
import { internal } from "../../convex/_generated/api";
import { ExportError } from "../export/errors";
import type { Beginning, ExportSource, IdentityPage, Page, Summary } from "../export/source";
import type { Actor } from "./accounts";
import type { ConvexClient } from "./client";
import { describePage, nextPage, parse, privacyArgs } from "./page-answer";
import { createSegmentSource } from "./segment-source";

export { EXPORT_TABLES } from "../../convex/model/exportTables";

const summarySchema: z.ZodType<Summary> = z.object({
  version: z.literal("1.0"),
  exportedBy: z.string(),
  tables: z.array(
    z.object({
      name: z.string(),
      records: z.number(),
      sampledRecords: z.number(),
      sampledBytes: z.number(),
      sampledDeviation: z.number().nullable(),
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
  searchedFields: z.array(z.string()),
  excludedTables: z.array(z.object({ name: z.string(), reason: z.string() })),
});

const beginningSchema = z.object({ summary: summarySchema, asked: z.array(z.string()) });

const identityPageSchema: z.ZodType<IdentityPage> = z.object({
  identities: z.object({
    participants: z.string(),
    users: z.string(),
    people: z.string(),
    phones: z.string(),
    ndisNumbers: z.string(),
    imageUrls: z.string(),
  }),
  next: nextPage,
});

/** What an export would hold, as of now. @throws ExportError */
export async function readSummary(client: ConvexClient, actor: Actor): Promise<Summary> {
  const answer = await client.query(internal.exports.summarize, { actor });
  return parse(summarySchema, answer, "summarize");
}

/**
 * The Convex database as the engine reads it, on behalf of one actor.
 * @param runKey Of the export that it is for, so that its last check sees that it was cancelled.
 */
export function createConvexSource(
  client: ConvexClient,
  actor: Actor,
  runKey?: string,
): ExportSource {
  return {
    pinTimestamp: (signal) => client.pinTimestamp(signal),

    async begin(timestamp, page, signal): Promise<Beginning> {
      const { begin } = internal.exports;
      if (page === null) {
        const answer = await client.queryAt(timestamp, begin, { actor }, signal);
        return { summary: parse(beginningSchema, answer, "begin").summary, first: null };
      }
      const { openSink, ...bounds } = page;
      const args = { actor, page: bounds };
      const streamed = await client.readPageAt(timestamp, begin, args, openSink, signal);
      const { summary, asked } = parse(beginningSchema, streamed.value, "begin");
      const first = { asked, page: describePage(streamed, {}, "begin") };
      if (asked.length > 0) return { summary, first };
      if (first.page.tables.length > 0 || first.page.next !== null) {
        throw new ExportError("convex_failed", "begin: a page that was to hold no table");
      }
      return { summary, first: null };
    },

    async readPage(timestamp, request, openSink, signal): Promise<Page> {
      const { tables, fingerprintKey, identities, references, ...page } = request;
      const args = {
        actor,
        tables,
        fingerprintKey,
        page,
        ...privacyArgs(identities),
        ...(references === undefined ? {} : { references: [...references] }),
      };
      const { readLines } = internal.exports;
      const streamed = await client.readPageAt(timestamp, readLines, args, openSink, signal);
      return describePage(streamed, request, "readLines");
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

    ...createSegmentSource(client, actor),

    async authorize(signal): Promise<void> {
      await client.query(internal.sessions.authorize, { actor, runKey }, signal);
    },
  };
}
