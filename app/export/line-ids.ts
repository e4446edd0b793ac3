/** In front of an id: where its line begins, 4 bytes, and its length. `LONGEST_ID` fits a byte. */
const HEAD_BYTES = 5;

const FIRST_BYTES = 16 * 1024;

/** Where an id stands in the bytes of a `LineIds`, and where its line begins. */
export interface LineId {
  start: number;
  idStart: number;
  /** Exclusive, and where the next entry is. */
  idEnd: number;
}

/**
 * The ids of many lines, as bytes in one piece: as texts in an array they take three times the memory.
 */
export class LineIds {
  private buffer = Buffer.alloc(0);
  private used = 0;

  /** All entries, for `readLineId`. Valid until the next `push`. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.used);
  }

  push(start: number, text: Buffer, idStart: number, idEnd: number): void {
    const length = idEnd - idStart;
    if (this.used + HEAD_BYTES + length > this.buffer.byteLength) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * this.buffer.byteLength));
      this.buffer.copy(larger, 0, 0, this.used);
      this.buffer = larger;
    }
    const { buffer } = this;
    let to = buffer.writeUInt32LE(start, this.used);
    to = buffer.writeUInt8(length, to);
    for (let from = idStart; from < idEnd; from++) buffer[to++] = text[from] ?? 0;
    this.used = to;
  }

  /** The ids as texts, in the order of their lines. */
  *[Symbol.iterator](): Generator<{ id: string; start: number }, void> {
    const { bytes } = this;
    const found: LineId = { start: 0, idStart: 0, idEnd: 0 };
    while (found.idEnd < bytes.byteLength) {
      readLineId(bytes, found.idEnd, found);
      yield { id: bytes.toString("latin1", found.idStart, found.idEnd), start: found.start };
    }
  }
}

/** Reads the entry at `at` into `found`: an object for each would be most of the garbage. */
export function readLineId(bytes: Buffer, at: number, found: LineId): void {
  found.start = bytes.readUInt32LE(at);
  found.idStart = at + HEAD_BYTES;
  found.idEnd = found.idStart + (bytes[at + HEAD_BYTES - 1] ?? 0);
}
