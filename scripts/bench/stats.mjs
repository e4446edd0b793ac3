/** The arithmetic of the benchmarks. Every function refuses an empty list. */

/**
 * The smallest value that at least `percent` of the values do not exceed (nearest rank).
 *
 * @param {readonly number[]} values
 * @param {number} percent over 0, at most 100
 * @throws {RangeError}
 */
export function percentile(values, percent) {
  if (!(percent > 0 && percent <= 100)) throw new RangeError(`${percent} is not a percentage`);
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  if (value === undefined) throw new RangeError("There is no percentile of nothing");
  return value;
}

/**
 * The middle value; the mean of the two middle ones where their number is even.
 *
 * @param {readonly number[]} values
 * @throws {RangeError}
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) {
    throw new RangeError("There is no median of nothing");
  }
  return (lower + upper) / 2;
}

/**
 * The median of the ratios of pairs. Not the ratio of the medians: the two of a pair were measured
 * one after the other, so what slowed the machine down meanwhile slowed down both.
 *
 * @param {readonly { measured: number, reference: number }[]} pairs
 * @throws {RangeError}
 */
export function medianRatio(pairs) {
  return median(
    pairs.map(({ measured, reference }) => {
      if (!(reference > 0)) throw new RangeError(`Nothing can be compared with ${reference}`);
      return measured / reference;
    }),
  );
}
