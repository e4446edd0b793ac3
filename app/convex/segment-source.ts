import { z } from "zod";
import { internal } from "../../convex/_generated/api";
import type { FoundDocuments, FoundPage, SegmentNames, SegmentSource } from "../export/source";
import type { Actor } from "./accounts";
import type { ConvexClient } from "./client";
import { describePage, parse, privacyArgs } from "./page-answer";

const id = z.string().nullable();

const namesSchema: z.ZodType<SegmentNames> = z.object({
  companies: z.array(z.object({ key: z.string(), ids: z.array(z.string()) })),
  sites: z.array(z.object({ key: z.string(), id, company: id })),
  participants: z.array(z.object({ key: z.string(), id, company: id, site: id })),
});

/** Convex ids are of letters and digits, and times and sizes are numbers. */
const foundText = z.string().regex(/^(?:[^\s"\\]+ -?[\d.e+]+ \d+(?:\n|$))*$/);

const found = { found: foundText, references: z.record(z.string(), z.string()) };

const foundSchema: z.ZodType<FoundDocuments> = z.object(found);

const foundPageSchema: z.ZodType<FoundPage> = z.object({
  ...found,
  next: z.object({ owner: z.int().nonnegative(), cursor: z.string().nullable() }).nullable(),
});

/** Companies, and sites of those that are chosen. */
export interface SegmentChoices {
  companies: { slug: string; name: string }[];
  sites: { id: string; name: string }[];
}

/**
 * What a segment can be of, as of now; the first of each by age, sorted by name.
 * @param companies Ids or slugs of those whose sites are wanted.
 */
export async function findSegmentChoices(
  client: ConvexClient,
  actor: Actor,
  companies: string[],
): Promise<SegmentChoices> {
  return await client.query(internal.exportSegments.choices, { actor, companies });
}

/** What segments are found and read by, on behalf of one actor. */
export function createSegmentSource(client: ConvexClient, actor: Actor): SegmentSource {
  const { lookUp, find, findIds, readDocuments } = internal.exportSegments;
  return {
    async lookUp(timestamp, keys, signal): Promise<SegmentNames> {
      const answer = await client.queryAt(timestamp, lookUp, { actor, ...keys }, signal);
      return parse(namesSchema, answer, "lookUp");
    },

    async find(timestamp, request, signal): Promise<FoundPage> {
      const answer = await client.queryAt(timestamp, find, { actor, ...request }, signal);
      return parse(foundPageSchema, answer, "find");
    },

    async findIds(timestamp, table, ids, signal): Promise<FoundDocuments> {
      const answer = await client.queryAt(timestamp, findIds, { actor, table, ids }, signal);
      return parse(foundSchema, answer, "findIds");
    },

    async readDocuments(timestamp, request, openSink, signal) {
      const { identities, ...asked } = request;
      const args = { actor, ...asked, ...privacyArgs(identities) };
      const page = await client.readPageAt(timestamp, readDocuments, args, openSink, signal);
      return describePage(page, { ...(identities && { identities }) }, "readDocuments");
    },
  };
}
