/** What an estimate needs of an earlier export. */
export interface EarlierExport {
  outcome: string;
  bytes?: number;
  /** From the request to the end of the delivery. */
  durationMs?: number;
}

export interface DurationEstimate {
  ms: number;
  /** Earlier exports that it is made from. */
  basedOn: number;
}

/** Much smaller and much larger ones say little: each export has a part that does not grow with it. */
const LARGEST_RATIO = 4;

/**
 * How long an export of so many bytes may take: the median pace of completed exports of a like size.
 * @returns null where there was none, so that nothing is promised
 */
export function estimateDuration(
  bytes: number,
  earlier: readonly EarlierExport[],
): DurationEstimate | null {
  if (bytes <= 0) return null;
  const scaled = earlier
    .flatMap(({ outcome, bytes: size, durationMs }) => {
      if (outcome !== "completed" || size === undefined || durationMs === undefined) return [];
      const ratio = bytes / size;
      return ratio <= LARGEST_RATIO && ratio >= 1 / LARGEST_RATIO ? [durationMs * ratio] : [];
    })
    .sort((a, b) => a - b);
  const middle = scaled[Math.floor(scaled.length / 2)];
  return middle === undefined ? null : { ms: Math.round(middle), basedOn: scaled.length };
}

/**
 * What an export of the embedded Convex reached on two cores, in bytes per second: the slowest pace
 * of docs/performance.md. A deployment's own pace is only known from exports of it.
 */
const MEASURED_PACE = 7_500_000;

/** How long so many bytes take at a pace that was measured elsewhere, in words as rough as that. */
export function guessDuration(bytes: number): string {
  const minutes = bytes / MEASURED_PACE / 60;
  if (minutes < 1) return "less than a minute";
  return minutes < 1.5 ? "about a minute" : `about ${Math.round(minutes)} minutes`;
}
