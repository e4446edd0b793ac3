import { ExportError } from "./errors";

/** What the lines of one table in one page are, once all of them have come. */
export interface CheckedLines {
  records: number;
  bytes: number;
  /** Where it begins and ends; null where there is no line. */
  ends: { first: Place; last: Place } | null;
  /** Every line, where they were asked for. */
  lines: { id: string; start: number }[];
}

/** A creation time in ms, and the ids of the documents next to the end of the page that have it. */
export interface Place {
  time: number;
  ids: ReadonlySet<string>;
}

const PREFIX = Buffer.from('{"_id":"');
const INFIX = Buffer.from('","_creationTime":');

/** The same as words, the number of the first byte in each name. */
const [PREFIX_0, PREFIX_4] = [PREFIX.readInt32BE(0), PREFIX.readInt32BE(4)];
const [INFIX_0, INFIX_4] = [INFIX.readInt32BE(0), INFIX.readInt32BE(4)];
const [INFIX_8, INFIX_12] = [INFIX.readInt32BE(8), INFIX.readInt32BE(12)];
const INFIX_16 = INFIX.readInt16BE(16);

/** Longer than the beginning of any line: 8 bytes, an id, 18 bytes and a number. */
const LONGEST_START = 256;

/** JSON's longest form of a double, `-1.7976931348623157e+308`, has 24 characters. */
const LONGEST_NUMBER = 32;

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

const EMPTY = Buffer.alloc(0);

const [NEWLINE, COMMA, QUOTE, DOT, ZERO, CLOSE] = [0x0a, 0x2c, 0x22, 0x2e, 0x30, 0x7d];

/** The last two bytes of a line that another follows. */
const LINE_END = (CLOSE << 8) | COMMA;

/**
 * Follows the lines of one table of a page while they stream by, cut anywhere, and refuses what a
 * page cannot hold: something that is no document, one out of creation order, or one twice. A
 * newline inside a value is escaped, so no line holds one.
 */
export class LinesCheck {
  private records = 0;
  private bytes = 0;
  /** The last two bytes. */
  private tail = 0;
  /** The beginning of a line that the next bytes complete; null inside a line. */
  private pending: Buffer | null = EMPTY;
  private first: Place | null = null;
  private time = -Infinity;
  /** The last id, as bytes: as text it is needed for a few lines of a page only. */
  private idBytes: Buffer = EMPTY;
  private idStart = 0;
  private idEnd = 0;
  /** The ids of the last creation time, where it has several. */
  private ids: Set<string> | null = null;
  private readonly lines: { id: string; start: number }[] = [];
  /** The line that was begun last. */
  private readonly found: LineStart = { idStart: 0, idEnd: 0, time: 0, end: 0 };

  constructor(private readonly options: { keepLines: boolean }) {}

  /** @throws ExportError `incomplete` */
  write(bytes: Buffer): void {
    const view = viewOf(bytes);
    let at = 0;
    if (this.pending !== null) at = this.readStart(bytes, view, 0);
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline === -1) break;
      const isEnd = lastTwo(this.tail, bytes, newline) === LINE_END;
      if (!isEnd) throw incomplete("a line does not end as one");
      this.pending = EMPTY;
      at = this.readStart(bytes, view, newline + 1);
    }
    this.bytes += bytes.byteLength;
    this.tail = lastTwo(this.tail, bytes, bytes.byteLength);
    // The bytes are the caller's again.
    this.idBytes = Buffer.from(this.idBytes.subarray(this.idStart, this.idEnd));
    this.idStart = 0;
    this.idEnd = this.idBytes.byteLength;
  }

  /** @throws ExportError `incomplete` */
  end(): CheckedLines {
    const { records, bytes, lines } = this;
    if (this.pending !== null && bytes > 0) throw incomplete("the last line is missing");
    if (bytes > 0 && (this.tail & 0xff) !== CLOSE) throw incomplete("the last line is cut");
    const last = this.place();
    return {
      records,
      bytes,
      lines,
      ends: records === 0 ? null : { first: this.first ?? last, last },
    };
  }

  /** Reads how a line begins, or keeps what there is of it. @returns where to go on. */
  private readStart(bytes: Buffer, view: DataView, at: number): number {
    const carried = this.pending?.byteLength ?? 0;
    const text =
      carried === 0
        ? bytes
        : Buffer.concat([this.pending ?? EMPTY, bytes.subarray(at, at + LONGEST_START)]);
    const textView = carried === 0 ? view : viewOf(text);
    const start = carried === 0 ? at : 0;
    const { found } = this;
    if (!parseStart(text, textView, start, this.idEnd - this.idStart, found)) {
      const rest = text.subarray(start);
      if (rest.byteLength >= LONGEST_START) throw incomplete("a line does not begin as a document");
      this.pending = Buffer.from(rest);
      return bytes.byteLength;
    }
    this.pending = null;
    this.follow(text);
    if (this.options.keepLines) {
      this.lines.push({ id: this.lastId(), start: this.bytes + at - carried });
    }
    return at + found.end - start - carried;
  }

  /** Takes the line that was found into what is known of the page. */
  private follow(bytes: Buffer): void {
    const { idStart, idEnd, time } = this.found;
    if (time < this.time) throw incomplete("documents out of order");
    if (time === this.time) {
      this.ids ??= new Set([this.lastId()]);
      const id = bytes.toString("latin1", idStart, idEnd);
      if (this.ids.has(id)) throw incomplete("a document came twice");
      this.ids.add(id);
    } else {
      if (this.records > 0) this.first ??= this.place();
      this.ids = null;
    }
    this.idBytes = bytes;
    this.idStart = idStart;
    this.idEnd = idEnd;
    this.time = time;
    this.records += 1;
  }

  private lastId(): string {
    return this.idBytes.toString("latin1", this.idStart, this.idEnd);
  }

  private place(): Place {
    return { time: this.time, ids: this.ids ?? new Set([this.lastId()]) };
  }
}

/** Where the id of a line stands, its creation time, and where what is known of it ends. */
interface LineStart {
  idStart: number;
  idEnd: number;
  time: number;
  end: number;
}

/**
 * Reads the beginning of the line at `start` into `found`; false where more bytes are needed to tell.
 * Loops over bytes, because a call into Node for each line takes longer than all of them, and has its
 * result filled in, because an object for each line is most of the garbage of an export.
 */
function parseStart(
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
  if (!isGuessed || holdsQuote(bytes, found.idStart, found.idEnd)) {
    if (!matches(bytes, start, PREFIX)) return false;
    const { byteLength } = bytes;
    found.idEnd = found.idStart;
    while (found.idEnd < byteLength && bytes[found.idEnd] !== QUOTE) found.idEnd += 1;
    if (!matches(bytes, found.idEnd, INFIX)) return false;
    if (found.idEnd === found.idStart) throw incomplete("a document has no id");
  }
  return parseNumber(bytes, found.idEnd + INFIX.byteLength, found);
}

/** Reads a creation time and where it ends into `found`; false where more bytes are needed. */
function parseNumber(bytes: Buffer, start: number, found: LineStart): boolean {
  found.end = start;
  found.time = readDigits(bytes, found);
  let digits = found.end - start;
  if (digits === DIGITS_AT_ONCE) {
    const low = readDigits(bytes, found);
    digits = found.end - start;
    found.time = found.time * powerOfTen(digits - DIGITS_AT_ONCE) + low;
  }
  let isPlain = digits > 0 && digits <= LONGEST_PLAIN_INTEGER;
  if (bytes[found.end] === DOT) {
    found.end += 1;
    const point = found.end;
    const fraction = readDigits(bytes, found);
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
function readDigits(bytes: Buffer, found: LineStart): number {
  let { end } = found;
  const limit = Math.min(end + DIGITS_AT_ONCE, bytes.byteLength);
  let value = 0;
  for (; end < limit; end += 1) {
    const digit = (bytes[end] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  found.end = end;
  return value;
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

function holdsQuote(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === QUOTE) return true;
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

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The two bytes in front of `end`, of bytes that follow others which end on `tail`. */
function lastTwo(tail: number, bytes: Buffer, end: number): number {
  if (end === 0) return tail;
  const before = end === 1 ? tail & 0xff : (bytes[end - 2] ?? 0);
  return (before << 8) | (bytes[end - 1] ?? 0);
}

function incomplete(detail: string): ExportError {
  return new ExportError("incomplete", detail);
}
