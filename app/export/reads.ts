import type { PageBounds } from "./page-size";
import { sum, type TablePlan } from "./plan";
import type { CreationRange } from "./source";

/** Something that one reader follows from page to page until it is complete. */
export interface Read {
  /** The first within the range, the others whole. */
  tables: string[];
  range: CreationRange;
  /** Where in the range to go on. */
  cursor: string | null;
}

const WHOLE: CreationRange = { from: null, before: null };

/** Estimates err, and a table that does not fit costs a further request. */
const FILL = 0.8;

/** A table of so many pages is read by several readers at once; below, one needs fewer requests. */
const PAGES_TO_SPLIT = 2;

/** A table, and how many pages it takes. */
interface SizedTable extends TablePlan {
  pages: number;
}

/**
 * Groups the tables into reads that can run at once. Small tables share a read, so that a small
 * database is one request; a table that may not fit a page is read alone; a large one is split into
 * ranges, so that it is read by as many at once as many small ones.
 * @param readers Most reads that one table is split into.
 */
export function planReads(tables: readonly TablePlan[], page: PageBounds, readers: number): Read[] {
  const sized = tables.map((table): SizedTable => ({ ...table, pages: pagesOf(table, page) }));
  const reads: Read[] = [];
  for (const table of sized.filter(({ pages }) => pages > PAGES_TO_SPLIT)) {
    const parts = Math.min(readers, Math.ceil(table.pages / FILL));
    const ranges = splitEvenly(WHOLE, table.oldest ?? 0, table.newest ?? 0, parts);
    reads.push(...ranges.map((range) => ({ tables: [table.name], range, cursor: null })));
  }
  const alone = sized.filter(({ pages }) => pages > FILL && pages <= PAGES_TO_SPLIT);
  const shared = share(sized.filter(({ pages }) => pages <= FILL));
  for (const group of [...alone.map((table) => [table]), ...shared]) {
    reads.push({ tables: group.map(({ name }) => name), range: WHOLE, cursor: null });
  }
  return reads;
}

function pagesOf({ sizeBytes, records }: TablePlan, page: PageBounds): number {
  return Math.max(sizeBytes / page.maximumBytes, records / page.maximumDocuments);
}

/**
 * Divides tables among few reads of about the same size. Convex reads the first table of a page in
 * one step and those behind it document by document, so each read has its largest in front.
 */
function share(tables: readonly SizedTable[]): SizedTable[][] {
  if (tables.length === 0) return [];
  const largestFirst = tables.toSorted((a, b) => b.pages - a.pages);
  const needed = Math.ceil(sum(tables.map(({ pages }) => pages)) / FILL);
  for (let count = Math.max(1, needed); ; count++) {
    const groups = deal(largestFirst, count);
    if (groups.every(({ pages }) => pages <= FILL)) return groups.map((group) => group.tables);
  }
}

/** Puts each table to the smallest of so many groups. */
function deal(largestFirst: readonly SizedTable[], count: number) {
  const groups: { tables: SizedTable[]; pages: number }[] = [];
  for (const table of largestFirst) {
    if (groups.length < count) {
      groups.push({ tables: [table], pages: table.pages });
      continue;
    }
    const smallest = groups.reduce((a, b) => (b.pages < a.pages ? b : a));
    smallest.tables.push(table);
    smallest.pages += table.pages;
  }
  return groups;
}

/** What a page has read of a range, and where it ended. */
export interface RangeProgress {
  range: CreationRange;
  /** Creation time of the page's first document. */
  first: number;
  /** Creation time at which the range goes on. */
  next: number;
  /** Share of a full page that it was; about 1. */
  pages: number;
  /** What is not read yet of the whole table, in pages. */
  pagesLeft: number;
  /** `_creationTime` of the table's last document: a range may have no bound. */
  newest: number;
}

/**
 * Divides what is left of a range among idle readers: as documents may be anything but evenly
 * spread in time, the page just read says how long a time the next pages are likely to cover.
 * @param readers Readers at hand, this one included.
 */
export function splitRest(progress: RangeProgress, readers: number): CreationRange[] {
  const { range, first, next, newest } = progress;
  const rest = { from: next, before: range.before };
  const end = range.before ?? newest;
  const timePerPage = (next - first) / progress.pages;
  if (timePerPage <= 0 || end <= next) return [rest];
  const pages = Math.min((end - next) / timePerPage, progress.pagesLeft);
  const parts = Math.min(readers, Math.ceil(pages / FILL));
  return splitEvenly(rest, next, Math.min(end, next + pages * timePerPage), parts);
}

/** Splits a range into parts that are equal between the two times; the outer bounds stay. */
function splitEvenly(
  range: CreationRange,
  from: number,
  to: number,
  parts: number,
): CreationRange[] {
  const step = (to - from) / parts;
  const cuts = Array.from({ length: Math.max(0, parts - 1) }, (_, i) => from + (i + 1) * step);
  const bounds = [
    range.from,
    ...new Set(cuts.filter((cut) => cut > from && cut < to)),
    range.before,
  ];
  return bounds.slice(1).map((before, index) => ({ from: bounds[index] ?? null, before }));
}
