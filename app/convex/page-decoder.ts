import type { LinesSink } from "../export/source";
import { MalformedAnswer, StringUnescaper } from "./unescape";
import { Utf8Check } from "./utf8-check";

/**
 * The answer of `exports:readLines`, or of another function with a page, decoded while it arrives:
 * `{"status": "success", "value": {"tables": [{"lines": "…", "name": "users", "records": 12}, …], …}}`
 * The lines, which are nearly all of it, go to a sink as bytes and never exist as a text. The rest,
 * with the length of the lines in their place, is small enough for `JSON.parse`.
 */

/**
 * Longest answer without its lines: names, counts, a cursor, the plan, the ids that a page refers to, or
 * the message of an error. Only the ids grow with the page, by about 34 bytes for each.
 */
const MAXIMUM_REST_BYTES = 1024 * 1024;

/** Where lines are: keys of the objects around them, and "" for an array. */
const LINES_PATH = ["value", "tables", "", "lines"];

const LONGEST_KEY = Math.max(...LINES_PATH.map((key) => key.length));

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** An answer that may be sound, but holds more beside its lines than is kept of one page. */
export class OversizedRest extends Error {
  override readonly name = "OversizedRest";
  constructor() {
    super(`more than ${MAXIMUM_REST_BYTES} bytes beside lines`);
  }
}

export interface DecodedPage {
  /** The answer as parsed, each text of lines replaced by its length in bytes. Unchecked. */
  rest: unknown;
  /** Those lengths, in the order in which the lines went to the sink. */
  lengths: number[];
}

export class PageDecoder {
  private readonly utf8 = new Utf8Check();
  private readonly rest: Buffer[] = [];
  private restBytes = 0;
  private readonly lengths: number[] = [];

  /** The lines that are being read, and how many bytes of them there were. */
  private lines: StringUnescaper | undefined;
  private length = 0;

  /** Of the rest: the last key in each object around, and "" for what has none. */
  private readonly path: string[] = [];
  /** The beginning of the last string, escapes as they are: enough to recognise a key. */
  private text = "";
  private inString = false;
  private afterBackslash = false;
  private afterColon = false;

  constructor(private readonly sink: LinesSink) {}

  /**
   * Takes the next bytes of the answer. Each promise that it yields must settle before it goes on,
   * as the sink asks for that.
   * @throws MalformedAnswer, OversizedRest, and what the sink throws
   */
  *push(chunk: Uint8Array): Generator<Promise<void>, void, void> {
    if (!this.utf8.accepts(chunk)) throw new MalformedAnswer("bytes that are not UTF-8");
    let at = 0;
    while (at < chunk.length) {
      if (this.lines === undefined) {
        at = this.scanRest(chunk, at);
        continue;
      }
      const { bytes, used, closed } = this.lines.next(chunk.subarray(at));
      at += used;
      this.length += bytes.length;
      const wait = bytes.length > 0 ? this.sink.write(bytes) : undefined;
      if (wait !== undefined) yield wait;
      if (closed) this.endLines();
    }
  }

  /** The answer is complete. @throws MalformedAnswer */
  end(): DecodedPage {
    try {
      const rest = JSON.parse(Buffer.concat(this.rest).toString("utf8")) as unknown;
      return { rest, lengths: this.lengths };
    } catch {
      // Without the parser's message, which quotes the text.
      throw new MalformedAnswer("no JSON, or not all of it");
    }
  }

  /** Keeps the rest up to the next lines or the end of the chunk; returns where it stopped. */
  private scanRest(chunk: Uint8Array, start: number): number {
    let at = start;
    let found = false;
    while (at < chunk.length && !found) {
      found = this.scanByte(chunk[at] ?? 0);
      at += 1;
    }
    this.keep(chunk.subarray(start, found ? at - 1 : at));
    if (found) this.lines = new StringUnescaper();
    return at;
  }

  /** Follows the structure by one byte; says whether that is the opening quote of lines. */
  private scanByte(byte: number): boolean {
    if (this.inString) {
      this.scanStringByte(byte);
      return false;
    }
    const { afterColon } = this;
    switch (String.fromCharCode(byte)) {
      case " ":
      case "\n":
      case "\r":
      case "\t":
        return false;
      case ":":
        this.path.splice(-1, 1, this.text);
        this.afterColon = true;
        return false;
      case "{":
      case "[":
        this.path.push("");
        break;
      case "}":
      case "]":
        this.path.pop();
        break;
      case '"':
        if (afterColon && this.isAtLines()) return true;
        this.inString = true;
        this.text = "";
    }
    this.afterColon = false;
    return false;
  }

  private scanStringByte(byte: number): void {
    if (byte === QUOTE && !this.afterBackslash) {
      this.inString = false;
      return;
    }
    this.afterBackslash = byte === BACKSLASH && !this.afterBackslash;
    if (this.text.length <= LONGEST_KEY) this.text += String.fromCharCode(byte);
  }

  private isAtLines(): boolean {
    const { path } = this;
    return (
      path.length === LINES_PATH.length && LINES_PATH.every((key, depth) => path[depth] === key)
    );
  }

  /** The number must stay one of its own: a space keeps it from what may follow. */
  private endLines(): void {
    this.keep(Buffer.from(`${this.length} `));
    this.lengths.push(this.length);
    this.lines = undefined;
    this.length = 0;
    this.afterColon = false;
    this.sink.endTable();
  }

  private keep(bytes: Uint8Array): void {
    this.restBytes += bytes.length;
    if (this.restBytes > MAXIMUM_REST_BYTES) throw new OversizedRest();
    this.rest.push(Buffer.from(bytes));
  }
}
