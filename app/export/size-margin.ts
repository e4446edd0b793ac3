import type { TableSummary } from "./source";

/**
 * How far an estimated size may be off: Student's t for 95 %, two-sided, by degrees of freedom from 1
 * (any table of it). Samples are small, so the normal distribution's 1.96 would promise too much.
 */
const T_95 = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];
const T_95_BEYOND = 2.228; // for 10; lower for more, so it is on the safe side there

/**
 * Half the width of the 95 % confidence interval of a table's size, in bytes: N·t·(s/√n)·√(1 − n/N)
 * for a sample of n of N documents whose lines have the standard deviation s. The last factor is the
 * finite population's: what was read needs no estimate. The sample is spread evenly in time instead
 * of drawn at random, so this holds where sizes do not follow the sampled times.
 * @returns 0 for a size that was measured; null where fewer than two documents were sampled
 */
export function sizeMargin(table: TableSummary): number | null {
  const { records, sampledRecords, sampledDeviation } = table;
  if (sampledRecords === records) return 0;
  if (sampledDeviation === null || sampledRecords < 2) return null;
  const t = T_95[sampledRecords - 2] ?? T_95_BEYOND;
  const standardError = sampledDeviation / Math.sqrt(sampledRecords);
  const unread = Math.sqrt(1 - sampledRecords / records);
  return Math.round(records * t * standardError * unread);
}

/**
 * The margin of a sum: tables are sampled independently of each other, so their variances add up.
 * @returns null where one of them is unknown
 */
export function combineMargins(margins: readonly (number | null)[]): number | null {
  let squares = 0;
  for (const margin of margins) {
    if (margin === null) return null;
    squares += margin ** 2;
  }
  return Math.round(Math.sqrt(squares));
}
