import type { ExportRequest } from "./filters";
import { sum, type ExportPlan, type TablePlan } from "./plan";
import { isSegmented } from "./segment-filter";
import { sizeMargin } from "./size-margin";
import type { TableSummary } from "./source";

/** Documents of a sample may be alike where the others are not, which its margin does not tell. */
const SAMPLED_SHARE = 0.9;

/** Sizes that are not those of lines of the file: as Convex counts, or of the other profile. */
const ROUGH_SHARE = 0.5;

/**
 * How many bytes an export takes in its spool at least, as far as its plan tells: where they do not
 * fit, it cannot succeed. Far below what is likely, because a refusal must not be a guess.
 */
export function leastBytes({ tables, summary }: ExportPlan, request: ExportRequest): number {
  const lines = sum(
    tables.map((table) => {
      const sample = summary.tables.find(({ name }) => name === table.name);
      return sample === undefined ? 0 : leastOfTable(table, sample);
    }),
  );
  const isSampled = !isSegmented(request) && request.privacy === "redacted";
  // NDJSON stands in the spool beside the lines that it is made of. So does a bundle, but compressed.
  const copies = request.format === "ndjson" ? 2 : 1;
  return Math.floor(lines * copies * (isSampled ? SAMPLED_SHARE : ROUGH_SHARE));
}

function leastOfTable({ records, sizeBytes }: TablePlan, sample: TableSummary): number {
  // Of a part of a table the size of each document is known.
  if (records !== sample.records) return sizeBytes;
  const margin = sizeMargin(sample);
  if (margin === null) return sample.sampledBytes;
  return Math.max(sample.sampledBytes, sizeBytes - margin);
}
