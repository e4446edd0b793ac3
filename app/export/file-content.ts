import { setImmediate } from "node:timers/promises";
import type { Slice } from "./captured-table";
import type { ByteRange, ExportFile } from "./document";
import { ExportError } from "./errors";
import { sum } from "./plan";
import type { Release, Spool } from "./spool";
import { pieceOf, readAhead, type Piece } from "./spool-reader";

/** What a file is made of: text of its own, and bytes in the spool. */
export type Part = Buffer | Slice;

/** So many bytes take about 0.1 ms to hash or send. */
const BUSY_BYTES = 128 * 1024;

/** Smaller pieces are copied together: handing one on takes longer than copying so many bytes. */
const GATHERED_BYTES = 64 * 1024;

/** The bytes of a file that stands in a spool, until it is disposed of. */
export function contentOf(
  parts: Part[],
  spool: Spool,
): Pick<ExportFile, "bytes" | "content" | "dispose"> {
  const bytes = sum(parts.map(lengthOf));
  let isDisposed = false;
  // An end without an error would look like a complete file.
  function requireContent(): void {
    if (isDisposed) throw new ExportError("internal", "the file was freed before it was read");
  }
  async function* content(
    { start, end }: ByteRange = { start: 0, end: bytes },
  ): AsyncGenerator<Buffer, void> {
    if (!(start >= 0 && start <= end && end <= bytes)) {
      throw new ExportError("internal", `read from ${start} to ${end} of a file of ${bytes}`);
    }
    requireContent();
    let sinceTurn = 0;
    for await (const piece of gather(readAhead(piecesOf(parts, start, end)))) {
      requireContent();
      yield piece;
      sinceTurn += piece.byteLength;
      if (sinceTurn < BUSY_BYTES) continue;
      // Without it a large file would keep every other request waiting.
      await setImmediate();
      sinceTurn = 0;
    }
    requireContent();
  }
  return {
    bytes,
    content,
    dispose(release?: Release) {
      isDisposed = true;
      parts.length = 0;
      spool.dispose(release);
    },
  };
}

/** The same bytes without small pieces. What is held back is a copy: its memory may be filled anew. */
async function* gather(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let gathered = Buffer.alloc(0);
  let filled = 0;
  for await (const piece of pieces) {
    if (filled > 0 && filled + piece.byteLength > GATHERED_BYTES) {
      yield gathered.subarray(0, filled);
      filled = 0;
    }
    if (piece.byteLength >= GATHERED_BYTES) {
      yield piece;
      continue;
    }
    if (filled === 0) gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES);
    piece.copy(gathered, filled);
    filled += piece.byteLength;
  }
  if (filled > 0) yield gathered.subarray(0, filled);
}

function lengthOf(part: Part): number {
  return Buffer.isBuffer(part) ? part.byteLength : part.end - part.start;
}

/** The bytes [start, end) of parts that follow each other. */
function* piecesOf(parts: readonly Part[], start: number, end: number): Generator<Piece, void> {
  let position = 0;
  for (const part of parts) {
    const from = Math.max(0, start - position);
    const to = Math.min(lengthOf(part), end - position);
    position += lengthOf(part);
    if (from >= to) continue;
    if (Buffer.isBuffer(part)) yield pieceOf(part.subarray(from, to));
    else yield* part.segment.pieces(part.start + from, part.start + to);
  }
}
