import type { ExportTable } from "../exportPolicy";
import type { PageRequest } from "./exportPage";
import type { TableSummary } from "./summary";

/**
 * What fills a page more than this is read by several readers at once, and waits for none. Estimates
 * err, and what turns out larger than a page costs a further request.
 */
const FILL = 0.8;

/** Stepping through so many documents one by one takes less time than a request more. */
const FEW_DOCUMENTS = 1000;

/**
 * The tables that are read together with the plan of an export: of a database that fits a page
 * the largest, and all where the others have few documents; of a larger one none. The largest comes first, because
 * it is read in one step.
 */
export function firstTables(
  summaries: readonly TableSummary[],
  bounds: Pick<PageRequest, "maximumBytes" | "maximumDocuments">,
): ExportTable[] {
  const sized = summaries.map((table) => ({ ...table, pages: pagesOf(table, bounds) }));
  const [largest, ...others] = sized.toSorted((a, b) => b.pages - a.pages);
  if (largest === undefined || sum(sized.map(({ pages }) => pages)) > FILL) return [];
  const isFew = sum(others.map(({ records }) => records)) <= FEW_DOCUMENTS;
  return [largest, ...(isFew ? others : [])].map(({ name }) => name);
}

function pagesOf(
  { records, sampledRecords, sampledBytes }: TableSummary,
  { maximumBytes, maximumDocuments }: Pick<PageRequest, "maximumBytes" | "maximumDocuments">,
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
