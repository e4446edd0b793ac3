/** A document has 1 MiB in Convex, and may be six times that as JSON (`\u0000` is one byte there). */
const LONGEST_LINE = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

export interface LineHandler {
  /** A line without its newline, and its bytes. They are valid during the call only. */
  line(text: string, bytes: Uint8Array): void;
  /** Nothing behind this is read: the line is no text, or too long. */
  fail(message: string): void;
}

/** Cuts bytes, which come in any pieces, into lines of UTF-8. It needs nothing of Node. */
export class LineReader {
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private isFailed = false;

  /** @param longest What the first line may take, in bytes, where it is more than a document. */
  constructor(
    private readonly handler: LineHandler,
    private longest = LONGEST_LINE,
  ) {}

  /** Whether the last line has no newline behind it. */
  get isInsideLine(): boolean {
    return this.pendingBytes > 0;
  }

  write(bytes: Uint8Array): void {
    let start = 0;
    while (!this.isFailed) {
      const newline = bytes.indexOf(NEWLINE, start);
      this.keep(bytes.subarray(start, newline === -1 ? undefined : newline), newline !== -1);
      if (newline === -1) return;
      this.endLine();
      start = newline + 1;
    }
  }

  /** Reads no further: whoever gets the lines has seen enough. */
  stop(): void {
    this.isFailed = true;
    this.pending = [];
  }

  private keep(part: Uint8Array, isWhole: boolean): void {
    this.pendingBytes += part.byteLength;
    if (this.pendingBytes > this.longest) this.fail("the line is longer than any of an export");
    // The bytes are the caller's again.
    else if (part.byteLength > 0) this.pending.push(isWhole ? part : part.slice());
  }

  private endLine(): void {
    if (this.isFailed) return;
    const [first] = this.pending;
    const line = this.pending.length === 1 && first !== undefined ? first : concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    this.longest = LONGEST_LINE;
    let text: string;
    try {
      text = this.decoder.decode(line);
    } catch {
      return this.fail("the line is not UTF-8");
    }
    this.handler.line(text, line);
  }

  private fail(message: string): void {
    this.stop();
    this.handler.fail(message);
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.byteLength, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.byteLength;
  }
  return whole;
}
