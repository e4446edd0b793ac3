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
const SEPARATORS = " -.()/\u00a0\u2010\u2011\u2012\u2013";
const MOST_SEPARATORS = 3;
const MOST_GROUPS = 8;
/** E.164 has 15 at most; a prefix for calling abroad has up to four. */
const MOST_DIGITS = 19;
const FEWEST_DIGITS = 8;

export function digitsOf(text: string): string {
  return text.normalize("NFKC").replace(/\D/g, "");
}

/** "+61 412 345 678", "0011 61 412…" and "0412 345 678" are one number. */
export function normalizePhone(digits: string): string {
  const international = digits.replace(/^0011|^00(?=[1-9]\d{9})/, "");
  const national = /^61(?:0?)(\d{9})$/.exec(international)?.[1];
  if (national !== undefined) return `0${national}`;
  return /^4\d{8}$/.test(international) ? `0${international}` : international;
}

/**
 * The number whose first digit is at `at`, or undefined. Of several readings the longest is taken.
 * Looks ahead by a bounded number of characters.
 */
export function findNumber(text: string, at: number, known: KnownNumbers): FoundNumber | undefined {
  if (/[-._]/.test(text[at - 1] ?? "") && isDigit(text.charCodeAt(at - 2))) return undefined;
  const ends = groupEnds(text, at);
  const hasPlus = text[at - 1] === "+";
  for (let count = ends.length; count > 0; count--) {
    const end = ends[count - 1] ?? at;
    const written = text.slice(at, end);
    const digits = written.replace(/\D/g, "");
    const kind = kindOf(digits, { written, hasPlus, after: text.slice(end, end + 2), known });
    if (kind === undefined) continue;
    const start = at - (hasPlus ? 1 : 0);
    const isBracketed = text[start - 1] === "(" && written.includes(")");
    return {
      kind,
      start: isBracketed ? start - 1 : start,
      end,
      digits: kind === "phone" ? normalizePhone(digits) : digits,
    };
  }
  return undefined;
}

/** Where each group of digits ends that may belong to a number. */
function groupEnds(text: string, at: number): number[] {
  const ends: number[] = [];
  let digits = 0;
  for (let start = at; ends.length < MOST_GROUPS;) {
    let end = start;
    while (isDigit(text.charCodeAt(end))) end += 1;
    digits += end - start;
    if (digits > MOST_DIGITS || isLetter(text[end])) break;
    ends.push(end);
    start = end;
    while (start - end < MOST_SEPARATORS && SEPARATORS.includes(text[start] ?? "?")) start += 1;
    if (start === end || !isDigit(text.charCodeAt(start))) break;
  }
  return ends;
}

interface Writing {
  /** With its separators. */
  written: string;
  hasPlus: boolean;
  /** The two characters behind it. */
  after: string;
  known: KnownNumbers;
}

function kindOf(digits: string, { written, hasPlus, after, known }: Writing) {
  if (known.ndisNumbers.has(digits)) return "ndis";
  if (known.phones.has(normalizePhone(digits))) return "phone";
  if (digits.length < FEWEST_DIGITS) return undefined;
  // The agency's numbers have nine digits and begin with 43.
  if (/^43\d{7}$/.test(digits)) return "ndis";
  return looksLikePhone(digits, written, hasPlus, after) ? "phone" : undefined;
}

function looksLikePhone(digits: string, written: string, hasPlus: boolean, after: string): boolean {
  const groups = written.split(/\D+/).map((group) => group.length);
  const shape = groups.join("-");
  const [first = 0] = groups;
  if (hasPlus) return digits.length <= 15;
  if (/^61[23478]\d{8}$|^00(?:11)?[1-9]\d{8,14}$/.test(digits)) return true;
  // Mobile, landline with its area code, and 1300 and 1800 numbers. Not the decimals of "0.4…".
  if (/^(?:0[1-9]\d{8}|1[38]00\d{6})$/.test(digits)) return first > 1;
  if (/^0[1-9]\d{9}$/.test(digits)) return /^(?:3-4-4|5-6|5-3-3|11)$/.test(shape);
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

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}_]/u.test(character);
}
