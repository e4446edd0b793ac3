import pLimit from "p-limit";
import { ExportError } from "./errors";
import { planReads, type ExportPlan, type PageBounds } from "./plan";
import { SequenceCheck } from "./sequence-check";
import type { ExportSource, Page } from "./source";
import type { Spool } from "./spool";

/** A page is not made smaller than this: a single document may have 1 MiB and is read in any case. */
const SMALLEST_PAGE_BYTES = 64 * 1024;

export interface CaptureOptions {
  fingerprintKey: string;
  page: PageBounds;
  /** Queries at once. */
  concurrency: number;
  signal: AbortSignal;
}

export interface Capture {
  recordCounts: Record<string, number>;
  redactions: Record<string, number>;
  withheld: Record<string, number>;
}

/**
 * Reads all tables of the plan at its timestamp into the spool, one line per document, and
 * checks that what arrived is complete: each table has as many documents as planned, in order,
 * none of them twice.
 * @throws ExportError `incomplete` where it is not; whatever the source throws.
 */
export async function captureTables(
  source: ExportSource,
  plan: ExportPlan,
  spool: Spool,
  options: CaptureOptions,
): Promise<Capture> {
  const capture: Capture = { recordCounts: {}, redactions: {}, withheld: {} };
  const checks = new Map(plan.tables.map(({ name }) => [name, new SequenceCheck(name)]));
  // One failed read ends the others at once: their pages would be thrown away.
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const limit = pLimit(options.concurrency);
  // Shared by all reads: a page that was too large for one is too large for the next.
  let pageBounds = options.page;

  await Promise.all(
    planReads(plan.tables, options.page).map((tables) =>
      limit(async () => {
        try {
          await readTables(tables);
        } catch (error) {
          failure.abort(error);
          throw error;
        }
      }),
    ),
  );

  for (const { name, records } of plan.tables) {
    const count = checks.get(name)?.count ?? 0;
    if (count !== records) {
      throw new ExportError("incomplete", `${name}: planned ${records}, captured ${count}`);
    }
    capture.recordCounts[name] = count;
  }
  return capture;

  /** Follows one read from page to page until its tables are complete. */
  async function readTables(tables: readonly string[]): Promise<void> {
    let remaining = [...tables];
    let cursor: string | null = null;
    while (remaining.length > 0) {
      signal.throwIfAborted();
      const page = await readPage(remaining, cursor);
      spoolPage(page, remaining);
      if (page.next === null) return;
      const { table } = page.next;
      if (table === remaining[0] && page.next.cursor === cursor) {
        throw new ExportError("incomplete", `${table}: the page did not get further`);
      }
      remaining = remaining.slice(indexOf(remaining, table));
      cursor = page.next.cursor;
    }
  }

  /** Reads one page, and half of it where a function's limits do not allow the whole. */
  async function readPage(tables: string[], cursor: string | null): Promise<Page> {
    const { fingerprintKey } = options;
    for (;;) {
      const bounds = pageBounds;
      try {
        const request = { ...bounds, fingerprintKey, tables, cursor };
        return await source.readPage(plan.timestamp, request, signal);
      } catch (error) {
        const isTooLarge = error instanceof ExportError && error.code === "page_too_large";
        if (!isTooLarge || bounds.maximumBytes <= SMALLEST_PAGE_BYTES) throw error;
        // Another read may have shrunk the pages meanwhile.
        if (bounds === pageBounds) pageBounds = halve(bounds);
      }
    }
  }

  function spoolPage(page: Page, asked: readonly string[]): void {
    for (const { name, records, lines } of page.tables) {
      indexOf(asked, name);
      checks.get(name)?.add(records, lines);
      if (records === 0) continue;
      const isFirst = spool.read(name).length === 0;
      spool.append(name, Buffer.from(isFirst ? lines : `,\n${lines}`));
    }
    addCounts(capture.redactions, page.redactions);
    addCounts(capture.withheld, page.withheld);
  }
}

function halve({ maximumBytes, maximumDocuments }: PageBounds): PageBounds {
  return {
    maximumBytes: Math.ceil(maximumBytes / 2),
    maximumDocuments: Math.ceil(maximumDocuments / 2),
  };
}

function indexOf(tables: readonly string[], table: string): number {
  const index = tables.indexOf(table);
  if (index === -1) throw new ExportError("incomplete", `a page held ${table}, not asked for`);
  return index;
}

function addCounts(total: Record<string, number>, counts: Record<string, number>): void {
  for (const [key, count] of Object.entries(counts)) total[key] = (total[key] ?? 0) + count;
}
