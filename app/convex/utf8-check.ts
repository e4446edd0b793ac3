import { isUtf8 } from "node:buffer";

/** Checks that bytes which come in pieces, cut anywhere, are valid UTF-8. */
export class Utf8Check {
  /** The beginning of a character that the last piece cut. */
  private cut = Buffer.alloc(0);

  /** Whether the bytes so far are valid, but for a character that a later piece may complete. */
  accepts(piece: Uint8Array): boolean {
    let rest = piece;
    const missing = missingBytes(this.cut);
    if (missing > 0) {
      const completion = piece.subarray(0, missing);
      this.cut = Buffer.concat([this.cut, completion]);
      if (completion.length < missing) return completion.every(isContinuation);
      if (!isUtf8(this.cut)) return false;
      rest = piece.subarray(missing);
    }
    const end = endOfWhole(rest);
    this.cut = Buffer.from(rest.subarray(end));
    return isUtf8(rest.subarray(0, end));
  }
}

/** The length without a character at the end that is not complete. */
function endOfWhole(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at -= 1) {
    if (isContinuation(bytes[at] ?? 0)) continue;
    return missingBytes(bytes.subarray(at)) > 0 ? at : bytes.length;
  }
  return bytes.length;
}

/** Bytes that a character lacks, by its first byte. */
function missingBytes(character: Uint8Array): number {
  const [first] = character;
  if (first === undefined || first < 0xc0) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return Math.max(0, length - character.length);
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
