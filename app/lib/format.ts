/** Everything that turns a value into text for people. Australian English; times in UTC or local. */

const LOCALE = "en-AU";

const counts = new Intl.NumberFormat(LOCALE);

// Decimal units, as browsers and operating systems show the size of a download.
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const BYTES_PER_STEP = 1000;
// From here on a value would be rounded to 1,000 of its unit, so it belongs to the next one.
const NEXT_STEP_FROM = { bytes: 999.5, larger: 999.95 };

const sizes = BYTE_UNITS.map(
  (unit, step) =>
    new Intl.NumberFormat(LOCALE, {
      style: "unit",
      unit,
      unitDisplay: step === 0 ? "long" : "short",
      minimumFractionDigits: step === 0 ? 0 : 1,
      maximumFractionDigits: step === 0 ? 0 : 1,
    }),
);

const utcTimes = new Intl.DateTimeFormat(LOCALE, {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** A count of things, e.g. `3,412`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A count with its noun, whose plural ends in s, e.g. `1 field` and `3 fields`. */
export function formatCountOf(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`;
}

/**
 * A size in decimal units with one digit after the point, e.g. `12.3 kB`.
 * @throws RangeError for a negative or non-finite size
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) throw new RangeError(`Not a size in bytes: ${bytes}`);
  let value = bytes;
  let step = 0;
  while (
    step < sizes.length - 1 &&
    value >= (step === 0 ? NEXT_STEP_FROM.bytes : NEXT_STEP_FROM.larger)
  ) {
    value /= BYTES_PER_STEP;
    step += 1;
  }
  return sizes[step]!.format(value);
}

/** A size with what is known of its error. */
export interface Size {
  bytes: number;
  isExact: boolean;
  /** How far an estimate may be off, in bytes; null where nobody knows. */
  marginBytes: number | null;
}

/** A size that says whether it was measured or estimated, e.g. `12.3 kB` and `≈ 1.2 MB ± 8 %`. */
export function formatSize(size: Size): string {
  const about = formatAmount(size);
  const margin = formatMargin(size);
  return margin === null ? about : `${about} ${margin}`;
}

/** The first part of a size, e.g. `≈ 1.2 MB`. */
export function formatAmount({ bytes, isExact }: Size): string {
  return isExact ? formatBytes(bytes) : `≈ ${formatBytes(bytes)}`;
}

/** The second part of a size, e.g. `± 8 %`; null where there is none, or it is not known. */
export function formatMargin({ bytes, isExact, marginBytes }: Size): string | null {
  if (isExact || marginBytes === null || bytes === 0) return null;
  // Rounded up, as an error must not be understated.
  return `± ${formatCount(Math.ceil((marginBytes / bytes) * 100))} %`;
}

/** A part of a whole in percent, e.g. `12 %`; `< 1 %` for what would look like nothing. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  return `${formatCount(Math.round(share * 100))} %`;
}

/** How long something took, e.g. `0.4 s`, `12.3 s` and `3 min 5 s`. */
export function formatDuration(ms: number): string {
  const tenths = Math.round(ms / 100) / 10;
  if (tenths < 60) return `${tenths} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * A moment in UTC, e.g. `31 Jan 2026, 04:05:06 UTC`. The same text on server and client.
 * @param moment ISO date-time, or ms since the epoch
 * @throws RangeError for what is not a moment
 */
export function formatUtc(moment: string | number): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) throw new RangeError(`Not a moment: ${moment}`);
  return `${utcTimes.format(date)} UTC`;
}

/**
 * A moment in the language and time zone of whoever reads it, e.g. `31/01/2026, 3:05 pm AEDT`. For
 * browsers; a server has none of its own.
 * @param isToTheSecond for what is compared with logs, and for what may take less than a minute
 */
export function formatLocal(moment: string | number, isToTheSecond = false): string {
  // Made once and when it is needed: it takes longer than all that it formats.
  const format = (localTimes[isToTheSecond ? "second" : "minute"] ??= new Intl.DateTimeFormat(
    undefined,
    {
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: isToTheSecond ? "2-digit" : undefined,
      timeZoneName: "short",
    },
  ));
  return format.format(new Date(moment));
}

const localTimes: { minute?: Intl.DateTimeFormat; second?: Intl.DateTimeFormat } = {};

const ROLE_NAMES: Record<string, string> = {
  system_admin: "System administrator",
  demo_admin: "Demo administrator",
  company_admin: "Company administrator",
  team_lead: "Team lead",
  frontline_worker: "Frontline worker",
};

/** The name of a role for people; a role that is not known yet keeps its own name. */
export function formatRole(role: string): string {
  return ROLE_NAMES[role] ?? role;
}

/** The first letters of the first and the last name, e.g. `SA`. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const picked = words.length > 1 ? [words[0]!, words[words.length - 1]!] : words;
  return picked.map((word) => ([...word][0] ?? "").toLocaleUpperCase(LOCALE)).join("");
}
