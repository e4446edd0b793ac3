import { ExportError } from "./errors";

/**
 * Holds the captured lines of one export until all of it is there, in memory up to a bound.
 * Chunks are appended per table, so tables may be captured in any order.
 */
export class Spool {
  private readonly chunks = new Map<string, Buffer[]>();
  private heldBytes = 0;

  constructor(private readonly maximumBytes: number) {}

  get bytes(): number {
    return this.heldBytes;
  }

  /** @throws ExportError `too_large` past the bound. */
  append(table: string, chunk: Buffer): void {
    if (this.heldBytes + chunk.byteLength > this.maximumBytes) {
      throw new ExportError("too_large", `the spool's bound is ${this.maximumBytes} bytes`);
    }
    this.heldBytes += chunk.byteLength;
    const chunks = this.chunks.get(table);
    if (chunks === undefined) this.chunks.set(table, [chunk]);
    else chunks.push(chunk);
  }

  /** What was appended for a table, in order. */
  read(table: string): readonly Buffer[] {
    return this.chunks.get(table) ?? [];
  }

  /** Frees the memory. The spool is empty afterwards. */
  dispose(): void {
    this.chunks.clear();
    this.heldBytes = 0;
  }
}
