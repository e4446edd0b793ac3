const NEWLINE = 0x0a;

/**
 * The lines of bytes, without their newlines, as many at once as a piece has.
 * @param isRestLine Whether what stands behind the last newline is a line as well.
 */
export async function* lineBatches(
  pieces: AsyncIterable<Buffer>,
  { isRestLine = true } = {},
): AsyncGenerator<Buffer[], void> {
  let pending: Buffer[] = [];
  for await (const piece of pieces) {
    const lines: Buffer[] = [];
    let start = 0;
    for (;;) {
      const newline = piece.indexOf(NEWLINE, start);
      if (newline === -1) break;
      const end = piece.subarray(start, newline);
      lines.push(pending.length === 0 ? end : Buffer.concat([...pending, end]));
      pending = [];
      start = newline + 1;
    }
    if (start < piece.byteLength) pending.push(piece.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (isRestLine && pending.length > 0) yield [Buffer.concat(pending)];
}
