/** Phone numbers and NDIS numbers, as people write them. */

export interface FoundNumber {
  kind: "phone" | "ndis";
  start: number;
  end: number;
  /** The digits, in one form for all spellings of a phone number. */
  digits: string;
}

/** The numbers that are known to be somebody's, as digits. */
export interface KnownNumbers {
  phones: ReadonlySet<string>;
  ndisNumbers: ReadonlySet<string>;
}

/** What is between the groups of one number. */
const SEPARATORS: readonly number[] = Array.from(
  " -.()/\u00a0\u2010\u2011\u2012\u2013",
  (character) => character.charCodeAt(0),
);
const MOST_SEPARATORS = 3;
const MOST_GROUPS = 8;
/** E.164 has 15 at most; a prefix for calling abroad has up to four. */
const MOST_DIGITS = 19;
const FEWEST_DIGITS = 8;

/** Shorter ones, such as 000 or 13 11 14, are nobody's own. */
export const FEWEST_KNOWN_DIGITS = 7;

export function digitsOf(text: string): string {
  return text.normalize("NFKC").replace(/\D/g, "");
}

/** "+61 412 345 678", "0011 61 412…" and "0412 345 678" are one number. */
export function normalizePhone(digits: string): string {
  if (!/^(?:00|6|4)/.test(digits)) return digits;
  const international = digits.replace(/^0011|^00(?=[1-9]\d{9})/, "");
  const national = /^61(?:0?)(\d{9})$/.exec(international)?.[1];
  if (national !== undefined) return `0${national}`;
  return /^4\d{8}$/.test(international) ? `0${international}` : international;
}

/** A group of digits of a run that may be one number. */
interface Group {
  end: number;
  /** How many digits there are up to its end. */
  digits: number;
}

/**
 * The number whose first digit is at `at`, or undefined. Of several readings the longest is taken.
 * Looks ahead by a bounded number of characters.
 */
export function findNumber(text: string, at: number, known: KnownNumbers): FoundNumber | undefined {
  const groups = readGroups(text, at);
  const last = groups.at(-1);
  if (last === undefined || last.digits < FEWEST_KNOWN_DIGITS) return undefined;
  if (/[-._]/.test(text[at - 1] ?? "") && isDigit(text.charCodeAt(at - 2))) return undefined;
  const hasPlus = text[at - 1] === "+";
  const all = text.slice(at, last.end).replace(/\D/g, "");
  for (; groups.length > 0; groups.pop()) {
    const { end = at, digits: length = 0 } = groups.at(-1) ?? {};
    if (length < FEWEST_KNOWN_DIGITS) return undefined;
    const digits = all.slice(0, length);
    const kind = kindOf(digits, { groups, hasPlus, after: text.slice(end, end + 2), known });
    if (kind === undefined) continue;
    const start = at - (hasPlus ? 1 : 0);
    const isBracketed = text[start - 1] === "(" && text.slice(at, end).includes(")");
    return {
      kind,
      start: isBracketed ? start - 1 : start,
      end,
      digits: kind === "phone" ? normalizePhone(digits) : digits,
    };
  }
  return undefined;
}

function readGroups(text: string, at: number): Group[] {
  const groups: Group[] = [];
  let digits = 0;
  for (let start = at; groups.length < MOST_GROUPS;) {
    let end = start;
    while (isDigit(text.charCodeAt(end))) end += 1;
    digits += end - start;
    if (digits > MOST_DIGITS || isLetter(text, end)) break;
    groups.push({ end, digits });
    start = end;
    while (start - end < MOST_SEPARATORS && isSeparator(text.charCodeAt(start))) start += 1;
    if (start === end || !isDigit(text.charCodeAt(start))) break;
  }
  return groups;
}

/** The number of digits of each group. */
function lengthsOf(groups: readonly Group[]): number[] {
  return groups.map(({ digits }, index) => digits - (groups[index - 1]?.digits ?? 0));
}

interface Writing {
  groups: readonly Group[];
  hasPlus: boolean;
  /** The two characters behind it. */
  after: string;
  known: KnownNumbers;
}

function kindOf(digits: string, writing: Writing): FoundNumber["kind"] | undefined {
  const { ndisNumbers, phones } = writing.known;
  if (ndisNumbers.has(digits)) return "ndis";
  if (phones.has(normalizePhone(digits))) return "phone";
  if (digits.length < FEWEST_DIGITS) return undefined;
  // The agency's numbers have nine digits and begin with 43.
  if (digits.length === 9 && digits.startsWith("43")) return "ndis";
  return looksLikePhone(digits, writing) ? "phone" : undefined;
}

function looksLikePhone(digits: string, { groups, hasPlus, after }: Writing): boolean {
  const { length } = digits;
  if (hasPlus) return length <= 15;
  if (length === 11 && /^61[23478]/.test(digits)) return true;
  if (length >= 11 && /^00(?:11)?[1-9]/.test(digits)) return true;
  if (length > 11) return false;
  const shape = lengthsOf(groups).join("-");
  // Mobile, landline with its area code, and 1300 and 1800 numbers. Not the decimals of "0.4…".
  if (length === 10 && /^(?:0[1-9]|1[38]00)/.test(digits)) return !shape.startsWith("1-");
  if (length === 11) return /^0[1-9]/.test(digits) && /^(?:3-4-4|5-6|5-3-3|11)$/.test(shape);
  if (shape === "3-3-3") return digits.startsWith("4"); // a mobile without its 0
  if (shape === "3-3-4") return true; // North America
  return isLocalNumber(digits, shape, after);
}

/** Eight digits in two groups, which are not two years and not a part of an id. */
function isLocalNumber(digits: string, shape: string, after: string): boolean {
  const years = /^(?:19|20)\d\d(?:19|20)\d\d$/;
  return (
    shape === "4-4" && /^[3-9]/.test(digits) && !years.test(digits) && !/^[-_./]\w/.test(after)
  );
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSeparator(code: number): boolean {
  return code < 0x30 ? SEPARATORS.includes(code) : code > 127 && SEPARATORS.includes(code);
}

function isLetter(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 128) return code === 0x5f || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
  return code >= 128 && /^\p{L}/u.test(text.slice(index, index + 2));
}
