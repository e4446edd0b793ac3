import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MalformedAnswer, StringUnescaper } from "~/convex/unescape";
import { compileUnescape, UNESCAPE_MODULE } from "../../../scripts/wasm.mjs";
import { unescape } from "../../support/unescape";
import { anyString, choices, cut, linesTexts } from "./json-text";

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
    const texts = fc
      .string({ unit: "binary", maxLength: 2000 })
      .map((text) => text.replaceAll("\u0001", ""));
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

describe("a character beyond U+00FF in lines", () => {
  const standIn = (character: string) =>
    `\u0001${(character.codePointAt(0) ?? 0).toString(16).padStart(6, "0")}`;

  test("may be written as its code point, wherever that is escaped and cut", () => {
    fc.assert(
      fc.property(linesTexts, choices, (text, choose) => {
        const written = text.replace(/[^\0-\xff]/gu, (character) =>
          choose(3) === 0 ? character : standIn(character),
        );
        expect(unescape(cut(Buffer.from(anyString(written, choose)), choose))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["Ā", "߿", "ࠀ", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"])(
    "is read: %j",
    (character) => {
      const written = JSON.stringify(`a${standIn(character)}b`);
      expect(unescape([Buffer.from(written)])).toBe(`a${character}b`);
    },
  );

  test.each([
    ["of a character that has one byte", "0000ff"],
    ["of a surrogate", "00d800"],
    ["of another surrogate", "00dfff"],
    ["past the last one", "110000"],
    ["with a letter that is no digit", "00201g"],
    ["in capital letters", "00201A"],
    ["with a sign", "+02019"],
    ["cut by the end of the string", "00201"],
    ["cut by another one", "0020\u0001002019"],
    ["cut by a newline", "0020\n19"],
  ])("is refused as a code point %s", (_how, digits) => {
    const written = Buffer.from(JSON.stringify(`\u0001${digits}`) + ',"name":"behind it"}');
    expect(() => unescape([written])).toThrow(MalformedAnswer);
  });
});

test("the compiled module is that of its source", async () => {
  expect(await readFile(UNESCAPE_MODULE, "utf8")).toBe(await compileUnescape());
});
