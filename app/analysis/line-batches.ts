const NEWLINE = 0x0a;

/** The lines of bytes, without their newlines, as many at once as a piece has. */
export async function* lineBatches(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer[], void> {
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
  if (pending.length > 0) yield [Buffer.concat(pending)];
}
