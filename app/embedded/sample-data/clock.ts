export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The sample data's "now": nothing in it was created later. */
export const REFERENCE_TIME_MS = Date.UTC(2025, 9, 1);

/** The day on which the platform's first administrator was created. */
export const PLATFORM_START_MS = Date.UTC(2025, 1, 3);

/**
 * The first day of incidents: the day after daylight saving ended in 2025, so that local time is
 * UTC+10 in every eastern state until the reference time.
 */
export const FIRST_INCIDENT_DAY_MS = Date.UTC(2025, 3, 7);

const EASTERN_OFFSET_MS = 10 * HOUR_MS;

/** The instant of `minutes` after local midnight on the day that starts at `dayMs` (UTC). */
export function localTime(dayMs: number, minutes: number): number {
  return dayMs - EASTERN_OFFSET_MS + minutes * MINUTE_MS;
}

/** Local time of day as a shift note writes it, such as `3.05 pm`. */
export function clockText(timeMs: number): string {
  const local = new Date(timeMs + EASTERN_OFFSET_MS);
  const hours = local.getUTCHours();
  const minutes = String(local.getUTCMinutes()).padStart(2, "0");
  return `${hours % 12 === 0 ? 12 : hours % 12}.${minutes} ${hours < 12 ? "am" : "pm"}`;
}
