import { expect } from "vitest";
import { StringUnescaper } from "~/convex/unescape";

/** Unescapes a JSON string that comes in pieces, its opening quote first. */
export function unescape(pieces: Iterable<Uint8Array>): string {
  const unescaper = new StringUnescaper();
  const output: Buffer[] = [];
  let isClosed = false;
  let isFirst = true;
  for (const piece of pieces) {
    let rest = isFirst ? piece.subarray(1) : piece;
    isFirst = false;
    while (rest.length > 0) {
      expect(isClosed).toBe(false);
      const { bytes, used, closed } = unescaper.next(rest);
      expect(used).toBeGreaterThan(0);
      output.push(Buffer.from(bytes));
      isClosed = closed;
      rest = rest.subarray(used);
    }
  }
  expect(isClosed).toBe(true);
  return Buffer.concat(output).toString("utf8");
}
