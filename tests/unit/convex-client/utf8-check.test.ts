import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Utf8Check } from "~/convex/utf8-check";
import { choices, cut } from "./json-text";

/** Whether all pieces are accepted. A space at the end lets no character stay open. */
function accepts(pieces: Uint8Array[]): boolean {
  const check = new Utf8Check();
  return [...pieces, Buffer.from(" ")].every((piece) => check.accepts(piece));
}

/** Bytes of which many are the beginnings and continuations of characters. */
const bytes = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 5 }).map((text) => Buffer.from(text)),
      fc
        .constantFrom(0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xa0, 0xef, 0xf0, 0xf4, 0xf8, 0xff)
        .map((byte) => Buffer.of(byte)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

test("bytes are accepted in pieces exactly where they are UTF-8 as a whole", () => {
  fc.assert(
    fc.property(bytes, choices, (whole, choose) => {
      expect(accepts(cut(whole, choose))).toBe(isUtf8(whole));
    }),
    { numRuns: 3000 },
  );
});

test("valid text is accepted in single bytes", () => {
  const whole = Buffer.from("aé€😀\u{10ffff}\u0000");
  expect(accepts(Array.from(whole, (byte) => Uint8Array.of(byte)))).toBe(true);
});
