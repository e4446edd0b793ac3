import type { Slice } from "../captured-table";

const [NEWLINE, COMMA] = [0x0a, 0x2c];
const COMMA_BYTE = Buffer.from(",");
const EMPTY = Buffer.alloc(0);

export interface Wrapping {
  before: Buffer;
  /** Without the newline. */
  after: Buffer;
}

/**
 * The captured lines of a table, each with a newline behind it and no comma, and between what they
 * are wrapped in. Lines hold no newline of their own: JSON escapes it.
 */
export async function* relayLines(
  slices: readonly Slice[],
  { before, after }: Wrapping = { before: EMPTY, after: EMPTY },
): AsyncGenerator<Buffer, void> {
  const end = Buffer.concat([after, Buffer.from([NEWLINE])]);
  for (const { segment, start, end: sliceEnd } of slices) {
    // A comma at the end of a piece is that of a document, or belongs to the newline that follows.
    let isCommaHeld = false;
    let isLineStart = true;
    for await (const piece of segment.read(start, sliceEnd)) {
      const parts: Buffer[] = [];
      for (let position = 0; position < piece.byteLength;) {
        if (isLineStart) parts.push(before);
        isLineStart = false;
        const newline = piece.indexOf(NEWLINE, position);
        const lineEnd = newline === -1 ? piece.byteLength : newline;
        if (isCommaHeld && lineEnd > position) parts.push(COMMA_BYTE);
        isCommaHeld = lineEnd > position ? piece[lineEnd - 1] === COMMA : isCommaHeld;
        parts.push(
          piece.subarray(position, isCommaHeld ? Math.max(position, lineEnd - 1) : lineEnd),
        );
        if (newline === -1) break;
        parts.push(end);
        [isCommaHeld, isLineStart, position] = [false, true, newline + 1];
      }
      yield Buffer.concat(parts);
    }
    yield end;
  }
}
