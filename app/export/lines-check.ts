import { LineIds } from "./line-ids";
import { LONGEST_START, incomplete, parseStart, type LineStart } from "./line-start";

/** What the lines of one table in one page are, once all of them have come. */
export interface CheckedLines {
  records: number;
  bytes: number;
  /** Where it begins and ends; null where there is no line. */
  ends: { first: Place; last: Place } | null;
  /** Every line, where they were asked for. */
  lines: LineIds;
}

/** A creation time in ms, and the ids of the documents next to the end of the page that have it. */
export interface Place {
  time: number;
  ids: ReadonlySet<string>;
}

const EMPTY = Buffer.alloc(0);

const [NEWLINE, COMMA, CLOSE] = [0x0a, 0x2c, 0x7d];

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
  private readonly lines = new LineIds();
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
      this.lines.push(this.bytes + at - carried, text, found.idStart, found.idEnd);
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

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The two bytes in front of `end`, of bytes that follow others which end on `tail`. */
function lastTwo(tail: number, bytes: Buffer, end: number): number {
  if (end === 0) return tail;
  const before = end === 1 ? tail & 0xff : (bytes[end - 2] ?? 0);
  return (before << 8) | (bytes[end - 1] ?? 0);
}
