import { setMaxListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { ReceivedFirstPage } from "./begin";
import type { ExportCapacity, QueryLane } from "./capacity";
import { CapturedTable } from "./captured-table";
import { ExportError } from "./errors";
import type { CheckedLines } from "./lines-check";
import { PageReceiver, type ReceivedPage } from "./page-receiver";
import type { PageBounds, PageSize } from "./page-size";
import { sum, type ExportPlan } from "./plan";
import { planReads, splitRest, type Read } from "./reads";
import { RepeatedLines } from "./repeated-lines";
import type { SnapshotClock } from "./snapshot-clock";
import type { ExportSource, Identities, LinesSink, Page } from "./source";
import type { Spool } from "./spool";

export interface CaptureOptions {
  fingerprintKey: string;
  /** Who is replaced by pseudonyms; absent for the profile `redacted`. */
  identities?: Identities;
  pageSize: PageSize;
  clock: SnapshotClock;
  capacity: ExportCapacity;
  /** Of this export. */
  query: QueryLane;
  signal: AbortSignal;
  /** Told after each page: documents per table and bytes so far. */
  onProgress?: (progress: CaptureProgress) => void;
  /**
   * Told at most once, when the answer to the only read begins, which is probably the last: Convex has
   * read all of the database by then.
   */
  onOnlyAnswer?: () => void;
  /** What came with the plan; the tables that it was to hold are read no more. */
  first?: ReceivedFirstPage;
  /** Tables of which is wanted which documents are referred to; none where absent. */
  references?: readonly string[];
}

export interface CaptureProgress {
  recordCounts: Record<string, number>;
  capturedBytes: number;
}

export interface Capture {
  /** In the plan's order. */
  tables: CapturedTable[];
  recordCounts: Record<string, number>;
  redactions: Record<string, number>;
  withheld: Record<string, number>;
  pseudonymised: Record<string, number>;
  /** What was referred to, of what was asked for: ids per table, joined by newlines. */
  references: Record<string, string>;
}

/**
 * Reads all tables of the plan into the spool with as many readers at once as the process has
 * idle queries, and checks that what arrived is complete: every document that was counted, in
 * order, none twice. It never waits for the client of the export.
 * @param source As it is: it is asked when there is a free query, with what is known by then.
 * @throws ExportError `incomplete` where it is not; whatever the source and the spool throw.
 */
export async function captureTables(
  source: ExportSource,
  plan: ExportPlan,
  spool: Spool,
  options: CaptureOptions,
): Promise<Capture> {
  const mayRepeat = options.clock.consistency === "rolling";
  const captured = new Map(
    plan.tables.map(({ name }) => [name, new CapturedTable(name, { mayRepeat })]),
  );
  const repeated = mayRepeat
    ? new RepeatedLines(spool, [...captured.values()], plan.totalRecords)
    : undefined;
  const counts = { redactions: {}, withheld: {}, pseudonymised: {} };
  const references = new Map((options.references ?? []).map((name) => [name, new Set<string>()]));
  const { pageSize, clock, capacity } = options;
  // One failed read ends the others at once: their pages would be thrown away.
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  setMaxListeners(0, signal); // all reads listen; that is no leak
  let readers = 0;

  const { first } = options;
  const left = plan.tables.filter(({ name }) => first?.asked.includes(name) !== true);
  const reads = planReads(left, pageSize.bounds, capacity.queries);
  if (first !== undefined) {
    reads.push(...take({ tables: first.asked, range: WHOLE, cursor: null }, first));
  }
  let onOnlyAnswer = reads.length === 1 ? options.onOnlyAnswer : undefined;
  await new Promise<void>((resolve, reject) => {
    const start = (read: Read) => {
      readers += 1;
      follow(read, start).then(
        () => {
          readers -= 1;
          if (readers === 0) resolve();
        },
        (error: Error) => {
          failure.abort(error);
          reject(error);
        },
      );
    };
    reads.forEach(start);
    if (reads.length === 0) resolve();
  });

  const tables = [...captured.values()];
  await repeated?.leaveOut(signal);
  if (clock.consistency === "snapshot") {
    for (const { name, records } of plan.tables) requireCount(tableOf(name), records);
  }
  return {
    tables,
    recordCounts: recordCounts(),
    ...counts,
    references: Object.fromEntries(
      [...references].map(([name, ids]) => [name, [...ids].join("\n")]),
    ),
  };

  /** Reads one page after the other; gives parts of the rest to new readers where some are idle. */
  async function follow(first: Read, start: (read: Read) => void): Promise<void> {
    let read: Read | null = first;
    while (read !== null) {
      const rest: Read[] = await readOnce(read);
      read = rest.shift() ?? null;
      rest.forEach(start);
    }
  }

  async function readOnce(read: Read): Promise<Read[]> {
    return take(read, await readPage(read));
  }

  /** Takes what a read has given. @returns what is to be read after it */
  function take(read: Read, { page, receiver, bounds }: ReceivedPage): Read[] {
    const received = receiver.match(page, tablesUpTo(read, page.next));
    for (const [index, { name, lines, start }] of received.entries()) {
      const range = index === 0 ? read.range : WHOLE;
      const number = tableOf(name).add(lines, range, receiver.segment, start);
      if (number !== undefined) repeated?.add(tableOf(name), number, lines);
    }
    addCounts(counts.redactions, page.redactions);
    addCounts(counts.withheld, page.withheld);
    addCounts(counts.pseudonymised, page.pseudonymised ?? {});
    for (const [name, ids] of Object.entries(page.references ?? {})) {
      for (const id of ids.split("\n")) references.get(name)?.add(id);
    }
    options.onProgress?.({ recordCounts: recordCounts(), capturedBytes: capturedBytes() });
    return page.next === null ? [] : goOn(read, page.next, received[0]?.lines, bounds);
  }

  /** What is to be read after a page that ended before its read was complete. */
  function goOn(
    read: Read,
    next: NonNullable<Page["next"]>,
    lines: CheckedLines | undefined,
    bounds: PageBounds,
  ): Read[] {
    const [table = "", ...others] = read.tables;
    if (next.table !== table) {
      if (next.cursor !== null || next.from !== null) throw noFurther(next.table);
      const rest = read.tables.slice(read.tables.indexOf(next.table));
      return [{ tables: rest, range: WHOLE, cursor: null }];
    }
    if (next.cursor !== null) {
      // Documents of one creation time: only the cursor tells them apart.
      if (next.from !== read.range.from || next.cursor === read.cursor) throw noFurther(table);
      return [{ ...read, cursor: next.cursor }];
    }
    const { from } = next;
    const ends = lines?.ends ?? null;
    if (from === null || ends === null || from <= ends.last.time) throw noFurther(table);
    // This reader's own query is idle now; its other readers may be between two pages.
    const atOnce = Math.min(capacity.idleQueries, capacity.queries - readers + 1);
    if (atOnce <= 1) return [{ ...read, range: { ...read.range, from }, cursor: null }];
    const planned = plan.tables.find(({ name }) => name === table);
    const { records, bytes } = tableOf(table);
    // The page was a full one, whichever of its bounds it reached.
    const pages = bounds.maximumBytes / pageSize.bounds.maximumBytes;
    const left = Math.max(
      ((planned?.sizeBytes ?? 0) - bytes) / (lines?.bytes ?? 1),
      ((planned?.records ?? 0) - records) / (lines?.records ?? 1),
    );
    const ranges = splitRest(
      {
        range: read.range,
        first: ends.first.time,
        next: from,
        pages,
        pagesLeft: Math.max(0, left) * pages,
        newest: planned?.newest ?? from,
      },
      atOnce,
    );
    const rest: Read[] = ranges.map((range) => ({ tables: [table], range, cursor: null }));
    // The tables behind have waited for this one, which turned out larger than a page.
    if (others.length > 0) rest.push({ tables: others, range: WHOLE, cursor: null });
    return rest;
  }

  /** Reads one page, and half of it where a function's limits do not allow the whole. */
  async function readPage(read: Read): Promise<ReceivedPage> {
    const { fingerprintKey, identities } = options;
    const extras = {
      ...(identities === undefined ? {} : { identities }),
      ...(references.size === 0 ? {} : { references: [...references.keys()] }),
    };
    for (;;) {
      let bounds = pageSize.bounds;
      const receiver = new PageReceiver(spool, { keepLines: mayRepeat });
      const openSink = (): LinesSink => {
        const sink = receiver.open();
        const write = (lines: Uint8Array) => {
          if (onOnlyAnswer === undefined) return sink.write(lines);
          onOnlyAnswer();
          onOnlyAnswer = undefined;
          // What it asks for goes out in the next turn, which the rest of this answer would hold up.
          return Promise.all([sink.write(lines), setImmediate()]).then(() => undefined);
        };
        return { ...sink, write };
      };
      try {
        const page = await options.query(signal, () => {
          // Not before, for others may have learnt better while this one waited.
          bounds = pageSize.bounds;
          const request = { ...read, ...bounds, fingerprintKey, ...extras };
          return clock.at((timestamp) => source.readPage(timestamp, request, openSink, signal));
        });
        // Whoever reads the file comes behind what is still to be written, and hears of its failures.
        void receiver.segment.end();
        pageSize.fitted(bounds);
        return { page, receiver, bounds };
      } catch (error) {
        receiver.discard();
        const isTooLarge = error instanceof ExportError && error.code === "page_too_large";
        if (!isTooLarge || !pageSize.failed(bounds)) throw error;
      }
    }
  }

  function tableOf(name: string): CapturedTable {
    const table = captured.get(name);
    if (table === undefined) throw new ExportError("internal", "a read of a table not planned");
    return table;
  }

  function recordCounts(): Record<string, number> {
    return Object.fromEntries([...captured.values()].map(({ name, records }) => [name, records]));
  }

  function capturedBytes(): number {
    return sum([...captured.values()].map(({ bytes }) => bytes));
  }
}

const WHOLE = { from: null, before: null };

/**
 * The tables that a page has to hold by where it goes on.
 * @throws ExportError `incomplete` where that is a table that it was not asked for.
 */
function tablesUpTo({ tables }: Read, next: Page["next"]): readonly string[] {
  if (next === null) return tables;
  const index = tables.indexOf(next.table);
  if (index === -1) throw new ExportError("incomplete", "a page goes on in a table not asked for");
  return tables.slice(0, Math.max(1, index));
}

function noFurther(table: string): ExportError {
  return new ExportError("incomplete", `${table}: the page did not get further`);
}

function requireCount({ name, records }: CapturedTable, planned: number): void {
  if (records !== planned) {
    throw new ExportError("incomplete", `${name}: planned ${planned}, captured ${records}`);
  }
}

/** Adds counts to others. */
export function addCounts(total: Record<string, number>, counts: Record<string, number>): void {
  for (const [key, count] of Object.entries(counts)) total[key] = (total[key] ?? 0) + count;
}
