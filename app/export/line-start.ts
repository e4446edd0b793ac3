import { ExportError } from "./errors";

/** Where the id of a line stands, its creation time, and where what is known of it ends. */
export interface LineStart {
  idStart: number;
  idEnd: number;
  time: number;
  end: number;
}

const PREFIX = Buffer.from('{"_id":"');
const INFIX = Buffer.from('","_creationTime":');

/** The same as words, the number of the first byte in each name. */
const [PREFIX_0, PREFIX_4] = [PREFIX.readInt32BE(0), PREFIX.readInt32BE(4)];
const [INFIX_0, INFIX_4] = [INFIX.readInt32BE(0), INFIX.readInt32BE(4)];
const [INFIX_8, INFIX_12] = [INFIX.readInt32BE(8), INFIX.readInt32BE(12)];
const INFIX_16 = INFIX.readInt16BE(16);

/** Longer than the beginning of any line: 8 bytes, an id, 18 bytes and a number. */
export const LONGEST_START = 256;

/** JSON's longest form of a double, `-1.7976931348623157e+308`, has 24 characters. */
const LONGEST_NUMBER = 32;

/** What is left of it for an id. Those of Convex have 31 to 37 characters (`id_v6.rs`). */
export const LONGEST_ID = LONGEST_START - PREFIX.length - INFIX.length - LONGEST_NUMBER;

const DIGITS_AT_ONCE = 9;
const POWERS_OF_TEN = Array.from({ length: DIGITS_AT_ONCE + 1 }, (_, exponent) => 10 ** exponent);

/** What is read digit by digit with an exact result: a double holds 15 digits. */
const LONGEST_PLAIN_INTEGER = 15;

/**
 * With a fraction, the same goes for times since April 1970 of up to 19 digits: adding the fraction
 * is off by less than 2^-53, and no such number is that close to the middle between two doubles.
 */
const SMALLEST_PLAIN_TIME = 1e10;
const LONGEST_PLAIN_NUMBER = 20;

const [COMMA, QUOTE, DOT, ZERO, CLOSE] = [0x2c, 0x22, 0x2e, 0x30, 0x7d];

/** Four bytes at once: as words they take little more than half the time of a loop over bytes. */
const WORD_BYTES = 4;
const [FOUR_QUOTES, FOUR_ZEROS] = [0x22222222, 0x30303030];
const [LOW_BITS, HIGH_BITS, HIGH_HALVES] = [0x01010101, 0x80808080, 0xf0f0f0f0];
/** Lifts what is above 9 out of the row of the digits. */
const FOUR_SIXES = 0x06060606;

/**
 * Reads the beginning of the line at `start` into `found`; false where more bytes are needed to tell.
 * Reads bytes and words itself, because a call into Node for each line takes longer than all of it, and has
 * its result filled in, because an object for each line is most of the garbage of an export.
 */
export function parseStart(
  bytes: Buffer,
  view: DataView,
  start: number,
  likelyIdLength: number,
  found: LineStart,
): boolean {
  found.idStart = start + PREFIX.byteLength;
  // The ids of a table usually have one length, so the end is where the last one had it.
  found.idEnd = found.idStart + likelyIdLength;
  const isGuessed = likelyIdLength > 0 && isLikelyStart(view, start, found.idEnd);
  // An id that is shorter may end where the next line has its own in the place that was guessed.
  if (!isGuessed || holdsQuote(view, found.idStart, found.idEnd)) {
    if (!matches(bytes, start, PREFIX)) return false;
    const { byteLength } = bytes;
    found.idEnd = found.idStart;
    while (found.idEnd < byteLength && bytes[found.idEnd] !== QUOTE) found.idEnd += 1;
    if (!matches(bytes, found.idEnd, INFIX)) return false;
    if (found.idEnd === found.idStart) throw incomplete("a document has no id");
    if (found.idEnd > found.idStart + LONGEST_ID) throw incomplete("a document has a long id");
  }
  return parseNumber(bytes, view, found.idEnd + INFIX.byteLength, found);
}

/** Reads a creation time and where it ends into `found`; false where more bytes are needed. */
function parseNumber(bytes: Buffer, view: DataView, start: number, found: LineStart): boolean {
  found.end = start;
  found.time = readDigits(view, found);
  let digits = found.end - start;
  if (digits === DIGITS_AT_ONCE) {
    const low = readDigits(view, found);
    digits = found.end - start;
    found.time = found.time * powerOfTen(digits - DIGITS_AT_ONCE) + low;
  }
  let isPlain = digits > 0 && digits <= LONGEST_PLAIN_INTEGER;
  if (bytes[found.end] === DOT) {
    found.end += 1;
    const point = found.end;
    const fraction = readDigits(view, found);
    const isLate = found.time >= SMALLEST_PLAIN_TIME && found.end - start <= LONGEST_PLAIN_NUMBER;
    isPlain &&= isLate && found.end > point;
    found.time += fraction / powerOfTen(found.end - point);
  }
  if (found.end >= bytes.byteLength) return false;
  const next = bytes[found.end];
  if (isPlain && (next === COMMA || next === CLOSE)) return true;
  return parseOtherNumber(bytes, start, found);
}

/** Reads digits from `found.end` on, as many as an integer of 32 bits holds: a double takes longer. */
function readDigits(view: DataView, found: LineStart): number {
  let { end } = found;
  const limit = Math.min(end + DIGITS_AT_ONCE, view.byteLength);
  let value = 0;
  for (; end + WORD_BYTES <= limit; end += WORD_BYTES) {
    const word = view.getInt32(end);
    if (!areDigits(word)) break;
    const high = ((word >>> 24) & 15) * 10 + ((word >>> 16) & 15);
    value = value * 10_000 + high * 100 + ((word >>> 8) & 15) * 10 + (word & 15);
  }
  for (; end < limit; end += 1) {
    const digit = view.getUint8(end) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  found.end = end;
  return value;
}

function areDigits(word: number): boolean {
  return (word & HIGH_HALVES) === FOUR_ZEROS && ((word + FOUR_SIXES) & HIGH_HALVES) === FOUR_ZEROS;
}

function powerOfTen(exponent: number): number {
  return POWERS_OF_TEN[exponent] ?? NaN;
}

/** A creation time that is long, negative or has an exponent: legal, and not worth speed. */
function parseOtherNumber(bytes: Buffer, start: number, found: LineStart): boolean {
  const text = bytes.toString("latin1", start, start + LONGEST_NUMBER);
  const [number] = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?=[,}])/.exec(text) ?? [];
  if (number !== undefined) {
    found.time = Number(number);
    found.end = start + number.length;
    return true;
  }
  if (text.length < LONGEST_NUMBER) return false;
  throw incomplete("a line has no creation time");
}

/** Whether the bytes stand there; false where the last of them may still come. */
function matches(bytes: Buffer, at: number, expected: Buffer): boolean {
  const length = Math.min(expected.byteLength, bytes.byteLength - at);
  for (let i = 0; i < length; i += 1) {
    if (bytes[at + i] !== expected[i]) throw incomplete("a line does not begin as a document");
  }
  return length === expected.byteLength;
}

function holdsQuote(view: DataView, start: number, end: number): boolean {
  let at = start;
  for (; at + WORD_BYTES <= end; at += WORD_BYTES) {
    // A byte that is a quote becomes 0, the only one from which 1 cannot be taken without a carry.
    const word = view.getInt32(at) ^ FOUR_QUOTES;
    if (((word - LOW_BITS) & ~word & HIGH_BITS) !== 0) return true;
  }
  for (; at < end; at += 1) if (view.getUint8(at) === QUOTE) return true;
  return false;
}

/** Whether a line begins at `start` whose id ends at `idEnd`: by words, in a fifth of the time. */
function isLikelyStart(view: DataView, start: number, idEnd: number): boolean {
  return (
    idEnd + INFIX.byteLength <= view.byteLength &&
    view.getInt32(start) === PREFIX_0 &&
    view.getInt32(start + 4) === PREFIX_4 &&
    view.getInt32(idEnd) === INFIX_0 &&
    view.getInt32(idEnd + 4) === INFIX_4 &&
    view.getInt32(idEnd + 8) === INFIX_8 &&
    view.getInt32(idEnd + 12) === INFIX_12 &&
    view.getInt16(idEnd + 16) === INFIX_16
  );
}

export function incomplete(detail: string): ExportError {
  return new ExportError("incomplete", detail);
}
