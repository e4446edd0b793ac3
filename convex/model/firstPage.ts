import type { ExportTable } from "../exportPolicy";
import type { PageRequest } from "./exportPage";
import type { SummarizedTables, TableSummary } from "./summary";

/**
 * The share of a page up to which a database comes with its plan: a larger one is read by several
 * readers at once, and none is to wait. Estimates err, and a document more costs a further request.
 */
const FILL = 0.8;

/** Stepping through so many documents one by one takes less time than a request more. */
const FEW_DOCUMENTS = 1000;

/** A function may read 16 MiB; a page may end a document of 1 MiB behind its bound. */
const MAXIMUM_READ_BYTES = 15 * 1024 * 1024;

/** How much the page may read. */
type Bounds = Pick<PageRequest, "maximumBytes" | "maximumDocuments">;

/**
 * The tables that are read together with the plan of an export. Of a database that fits a page: all
 * where those beside the largest have few documents, else the largest alone, which is read in one
 * step and comes first. Of a larger one, or where the plan has read too much already: none.
 */
export function firstTables(
  { tables, readBytes }: SummarizedTables,
  bounds: Bounds,
): ExportTable[] {
  const sized = tables.map((table) => ({ ...table, pages: pagesOf(table, bounds) }));
  const [largest, ...others] = sized.toSorted((a, b) => b.pages - a.pages);
  if (largest === undefined || sum(sized.map(({ pages }) => pages)) > FILL) return [];
  if (readBytes + bounds.maximumBytes > MAXIMUM_READ_BYTES) return [];
  const isFew = sum(others.map(({ records }) => records)) <= FEW_DOCUMENTS;
  return [largest, ...(isFew ? others : [])].map(({ name }) => name);
}

function pagesOf(
  { records, sampledRecords, sampledBytes }: TableSummary,
  { maximumBytes, maximumDocuments }: Bounds,
): number {
  if (records === 0) return 0;
  // Not sampled, because documents of other tables are so large.
  if (sampledRecords === 0) return Infinity;
  const bytes = (sampledBytes / sampledRecords) * records;
  return Math.max(bytes / maximumBytes, records / maximumDocuments);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
