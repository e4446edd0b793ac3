import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StringUnescaper } from "~/convex/unescape";
import { compileUnescape, UNESCAPE_MODULE } from "../../../scripts/wasm.mjs";
import { anyString, choices, cut } from "./json-text";

/** Unescapes a JSON string that comes in pieces, its opening quote first. */
function unescape(pieces: Iterable<Uint8Array>): string {
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

describe("a JSON string", () => {
  test("is unescaped wherever in a vector its escapes, their runs and its end are", () => {
    const behind = ',"name":"more than a vector"';
    for (let before = 0; before <= 33; before += 1) {
      for (let backslashes = 0; backslashes <= 19; backslashes += 1) {
        for (const then of [
          "",
          '"',
          "n",
          "\n",
          "yyyyyyyyyyyyyyyyyy",
          '"\n"\\\n',
          "é",
          "\\n".repeat(9),
        ]) {
          const text = `${"x".repeat(before)}${"\\".repeat(backslashes)}${then}`;
          const input = Buffer.from(`${JSON.stringify(text)}${behind}`).subarray(1);
          const { bytes, used, closed } = new StringUnescaper().next(input);
          expect(Buffer.from(bytes).toString()).toBe(text);
          expect(closed).toBe(true);
          expect(input.subarray(used).toString()).toBe(behind);
        }
      }
    }
  });

  test("is unescaped whatever it holds, however it is escaped and wherever it is cut", () => {
    const texts = fc.string({ unit: "binary", maxLength: 2000 });
    fc.assert(
      fc.property(texts, choices, (text, choose) => {
        expect(unescape(cut(Buffer.from(anyString(text, choose)), choose))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test("is unescaped in pieces where it is longer than the memory for it", () => {
    const text = `${"\u0007".repeat(50_000)}${'"\\\n'.repeat(50_000)}${"plain text ".repeat(50_000)}`;
    expect(unescape([Buffer.from(JSON.stringify(text))])).toBe(text);
  });
});

test("the compiled module is that of its source", async () => {
  expect(await readFile(UNESCAPE_MODULE, "utf8")).toBe(await compileUnescape());
});
