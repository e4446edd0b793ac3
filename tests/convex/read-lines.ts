import type { FunctionReturnType } from "convex/server";
import type { CreationRange } from "~/export/source";
import { internal } from "../../convex/_generated/api";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { COMMAND_LINE, MEBIBYTE, type TestConvex } from "../support/convex";

/** What a page is asked for; without bounds all of it. */
export interface LinesRequest {
  tables?: readonly string[];
  range?: CreationRange;
  cursor?: string | null;
  maximumBytes?: number;
  maximumDocuments?: number;
  encoding?: "latin1";
}

export type LinesPage = FunctionReturnType<typeof internal.exports.readLines>;

export const WHOLE: CreationRange = { from: null, before: null };

export const FINGERPRINT_KEY = "key of these tests";

/** One page, as `exports:readLines` answers it. */
export function readLines(convex: TestConvex, request: LinesRequest = {}): Promise<LinesPage> {
  return convex.client.query(internal.exports.readLines, {
    actor: COMMAND_LINE,
    tables: [...(request.tables ?? EXPORT_TABLES)],
    fingerprintKey: FINGERPRINT_KEY,
    page: {
      range: request.range ?? WHOLE,
      cursor: request.cursor ?? null,
      maximumBytes: request.maximumBytes ?? 8 * MEBIBYTE,
      maximumDocuments: request.maximumDocuments ?? 24_000,
    },
    ...(request.encoding === undefined ? {} : { encoding: request.encoding }),
  });
}

/** Where to go on after a page, or null where all that was asked for is complete. */
export function requestAfter(request: LinesRequest, { next }: LinesPage): LinesRequest | null {
  if (next === null) return null;
  const tables = request.tables ?? EXPORT_TABLES;
  const index = tables.indexOf(next.table);
  // A range is of the first table alone.
  const before = index === 0 ? (request.range?.before ?? null) : null;
  return {
    ...request,
    tables: tables.slice(index),
    range: { from: next.from, before },
    cursor: next.cursor,
  };
}

export interface LinesRead {
  /** The lines of each table, of all its pages together. */
  lines: Record<string, string[]>;
  pages: LinesPage[];
}

/** Follows the pages of a request to its end. */
export async function readAllLines(
  convex: TestConvex,
  request: LinesRequest = {},
): Promise<LinesRead> {
  const read: LinesRead = { lines: {}, pages: [] };
  for (let rest: LinesRequest | null = request; rest !== null;) {
    const page = await readLines(convex, rest);
    read.pages.push(page);
    for (const { name, records, lines } of page.tables) {
      const documents = records === 0 ? [] : lines.split(",\n");
      if (documents.length !== records) throw new Error(`${name} has not ${records} lines`);
      read.lines[name] = [...(read.lines[name] ?? []), ...documents];
    }
    rest = requestAfter(rest, page);
  }
  return read;
}
