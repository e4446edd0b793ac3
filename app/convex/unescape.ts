import { UNESCAPE_WASM } from "./unescape-wasm";

/**
 * JSON strings unescaped as bytes while they arrive, cut anywhere, and with them what stands for
 * characters beyond U+00FF in the lines of `convex/model/lines.ts`. The common case is a loop in
 * WebAssembly, see `unescape.wat`: `JSON.parse` takes five times as long and needs the whole text.
 */

/** Input taken at once. Twice that, and a little more, fits below the table of `unescape.wat`. */
const PIECE_BYTES = 64 * 1024;

/** Addresses in that memory. The output is as long as the input and one escape before it at most. */
const INPUT = 0;
const OUTPUT = INPUT + PIECE_BYTES;

/** What `unescape` returns, see `unescape.wat`. */
const INPUT_ENDED = 0;
const STRING_ENDED = 1;
const OTHER_ESCAPE = 2;

interface UnescapeModule {
  memory: WebAssembly.Memory;
  read: WebAssembly.Global<"i32">;
  written: WebAssembly.Global<"i32">;
  unescape(input: number, end: number, output: number): number;
}

const wasm = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(UNESCAPE_WASM, "base64")))
  .exports as unknown as UnescapeModule;

/** Shared by all strings: a call fills it and hands out its result before another one begins. */
const memory = Buffer.from(wasm.memory.buffer);

/** An answer that Convex did not mean to send: cut, or not JSON. The message quotes nothing of it. */
export class MalformedAnswer extends Error {
  override readonly name = "MalformedAnswer";
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** What the escapes of one letter stand for, by that letter. */
const LETTER_ESCAPES = new Map(
  ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"].map((pair) => [
    pair.charCodeAt(0),
    pair.charCodeAt(1),
  ]),
);

/** Lengths of `\uXXXX`, and of two of them, which a character beyond U+FFFF needs. */
const UNIT_LENGTH = 6;
const PAIR_LENGTH = 12;

/** In lines: a character beyond U+00FF follows, as so many hexadecimal digits. */
const WIDE_MARK = 1;
const WIDE_DIGITS = 6;

export interface Unescaped {
  /** Valid until the next call for any string. */
  bytes: Uint8Array;
  /** Bytes of the input that were used, the closing quote included. */
  used: number;
  /** The string is complete. */
  closed: boolean;
}

/** Unescapes one JSON string, from behind its opening quote. */
export class StringUnescaper {
  /** An escape that was begun, and how much of it is there. */
  private readonly escape = Buffer.alloc(PAIR_LENGTH);
  private escapeLength = 0;
  /** Of the code point of a wide character, what is there; undefined where none was begun. */
  private wide: string | undefined;

  /**
   * Unescapes the beginning of the input. To be called again with what was not used, until closed.
   * @throws MalformedAnswer
   */
  next(input: Uint8Array): Unescaped {
    const piece = input.length > PIECE_BYTES ? input.subarray(0, PIECE_BYTES) : input;
    memory.set(piece, INPUT);
    const end = INPUT + piece.length;
    let from = INPUT;
    let to = OUTPUT;
    let closed = false;
    while (from < end && !closed) {
      if (this.escapeLength > 0) {
        to = this.continueEscape(memory.readUInt8(from), to);
        from += 1;
        continue;
      }
      if (this.wide !== undefined) {
        const byte = memory.readUInt8(from);
        from += 1;
        if (byte === BACKSLASH) this.escapeLength = this.escape.writeUInt8(BACKSLASH);
        else to = this.put(byte, to);
        continue;
      }
      const reason = wasm.unescape(from, end, to);
      from = wasm.read.value;
      to = wasm.written.value;
      if (reason === INPUT_ENDED) break;
      from += 1;
      if (reason === STRING_ENDED) closed = true;
      else if (reason === OTHER_ESCAPE) this.escapeLength = this.escape.writeUInt8(BACKSLASH);
      else throw new MalformedAnswer("a control character in a string");
    }
    return { bytes: memory.subarray(OUTPUT, to), used: from - INPUT, closed };
  }

  /** Takes the next byte of an escape, writes what it stands for once it is complete. */
  private continueEscape(byte: number, to: number): number {
    this.escapeLength = this.escape.writeUInt8(byte, this.escapeLength);
    const codePoint = this.codePoint(byte);
    if (codePoint === undefined) return to;
    this.escapeLength = 0;
    return this.put(codePoint, to);
  }

  /** Writes a character, or takes it for a part of a wide one, which it writes once it is complete. */
  private put(codePoint: number, to: number): number {
    const character = String.fromCodePoint(codePoint);
    if (this.wide === undefined) {
      if (codePoint !== WIDE_MARK) return to + memory.write(character, to, "utf8");
      this.wide = "";
      return to;
    }
    const digits = this.wide + character;
    if (digits.length < WIDE_DIGITS) {
      this.wide = digits;
      return to;
    }
    this.wide = undefined;
    return to + memory.write(wideCharacter(digits), to, "utf8");
  }

  /** What the escape stands for; undefined while it is not complete. `last` is its last byte. */
  private codePoint(last: number): number | undefined {
    if (this.escapeLength === 2 && last !== LETTER_U) {
      return LETTER_ESCAPES.get(last) ?? malformedEscape();
    }
    if (this.escapeLength === UNIT_LENGTH) {
      const unit = this.unitAt(0);
      if (isLowSurrogate(unit)) return malformedEscape();
      return isHighSurrogate(unit) ? undefined : unit;
    }
    if (this.escapeLength < PAIR_LENGTH) return undefined;
    const low = this.unitAt(UNIT_LENGTH);
    if (!isLowSurrogate(low)) return malformedEscape();
    return 0x10000 + (this.unitAt(0) - 0xd800) * 0x400 + (low - 0xdc00);
  }

  private unitAt(offset: number): number {
    const text = this.escape.toString("latin1", offset, offset + UNIT_LENGTH);
    return /^\\u[\da-f]{4}$/i.test(text) ? Number.parseInt(text.slice(2), 16) : malformedEscape();
  }
}

function wideCharacter(digits: string): string {
  const codePoint = /^[\da-f]{6}$/.test(digits) ? Number.parseInt(digits, 16) : 0;
  const isSurrogate = isHighSurrogate(codePoint) || isLowSurrogate(codePoint);
  if (codePoint > 0xff && codePoint <= 0x10ffff && !isSurrogate) {
    return String.fromCodePoint(codePoint);
  }
  throw new MalformedAnswer("a wide character that is none");
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function malformedEscape(): never {
  throw new MalformedAnswer("an escape that is none");
}
