import type { Random } from "./random";

/**
 * Spreads `total` over as many places as there are `capacities`, evenly but not uniformly, with at
 * least `minimum` in each place and never more than its capacity.
 *
 * @throws RangeError when the places cannot hold the total.
 */
export function spread(
  random: Random,
  total: number,
  capacities: readonly number[],
  minimum: number,
): number[] {
  const counts = capacities.map((capacity) => Math.min(minimum, capacity));
  let left = total - counts.reduce((sum, count) => sum + count, 0);
  const room = capacities.reduce(
    (sum, capacity, index) => sum + capacity - (counts[index] ?? 0),
    0,
  );
  if (left < 0 || left > room) {
    throw new RangeError(`${total} do not fit into ${capacities.length} places`);
  }
  while (left > 0) {
    const index = random.int(0, capacities.length - 1);
    const count = counts[index] ?? 0;
    if (count < (capacities[index] ?? 0)) {
      counts[index] = count + 1;
      left -= 1;
    }
  }
  return counts;
}
