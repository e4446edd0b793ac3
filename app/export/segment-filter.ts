import { z } from "zod";

/**
 * What an export is narrowed to: the one definition of segments, for the address of the download, the
 * page and the command line. Filters are combined: a document has to meet all of them.
 */
export interface SegmentFilter {
  /** Companies, by id or slug. */
  company?: string[];
  /** Sites, by id. */
  site?: string[];
  /** Participants, by id. */
  participant?: string[];
  /** Incidents and activity from this moment on, UTC: `2026-01-31T00:00:00.000Z`. */
  from?: string;
  /** And before this one. */
  to?: string;
  /** Only these tables, and what their documents refer to. */
  tables?: string[];
}

/** The names of the filters, as parameters of the address and options of the command line. */
export const SEGMENT_FILTERS = [
  "company",
  "site",
  "participant",
  "from",
  "to",
  "tables",
] as const satisfies (keyof SegmentFilter)[];

/** Most companies, sites or participants of one segment: a query string has room for so many ids. */
const MAXIMUM_KEYS = 100;

/** Convex ids have 32 characters; slugs are names. */
const MAXIMUM_KEY_LENGTH = 128;

/** What could break a line of the record, or show it in another order than it was written in. */
export const CONTROL_CHARACTER = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** A list divided by commas, of which each item is named once. */
function listOf(check: (item: string) => string | undefined) {
  return z
    .string()
    .transform((list) => list.split(","))
    .superRefine((items, context) => {
      for (const [index, item] of items.entries()) {
        const problem =
          check(item) ?? (items.indexOf(item) === index ? undefined : `names ${item} twice`);
        if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
      }
    });
}

const keys = listOf((key) => {
  if (key === "") return "has an empty name between its commas";
  if (key.length > MAXIMUM_KEY_LENGTH || CONTROL_CHARACTER.test(key)) {
    return `has a name that is longer than ${MAXIMUM_KEY_LENGTH} characters, or has control characters`;
  }
  return undefined;
}).refine((items) => items.length <= MAXIMUM_KEYS, `may name ${MAXIMUM_KEYS} at most`);

/** An ISO 8601 date, or a date-time; UTC unless it has an offset. */
const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
    error: "is not an ISO 8601 date or date-time",
  })
  .transform((text) => {
    const isLocal = text.includes("T") && !/(?:Z|[+-]\d\d:?\d\d)$/.test(text);
    return new Date(isLocal ? `${text}Z` : text).toISOString();
  });

/** The filters as the parameters of a query. */
export function segmentParameters(knownTables: readonly string[]) {
  return {
    company: keys.optional(),
    site: keys.optional(),
    participant: keys.optional(),
    from: moment.optional(),
    to: moment.optional(),
    tables: listOf((table) =>
      knownTables.includes(table) ? undefined : `has no table named "${table}"`,
    ).optional(),
  };
}

/** The filters that are given, and nothing else. */
export function pickSegment(request: SegmentFilter): SegmentFilter {
  return Object.fromEntries(
    SEGMENT_FILTERS.flatMap((name) =>
      request[name] === undefined ? [] : [[name, request[name]] as const],
    ),
  );
}

/** Whether anything is narrowed down. */
export function isSegmented(request: SegmentFilter): boolean {
  return SEGMENT_FILTERS.some((name) => request[name] !== undefined);
}
