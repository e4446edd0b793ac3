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
