import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OversizedRest, PageDecoder } from "~/convex/page-decoder";
import { MalformedAnswer } from "~/convex/unescape";
import { collectLines } from "../../support/scripted-convex";
import { anyText, choices, cut, decode, pages, withoutLines } from "./json-text";

/** An answer as the real backend writes it: keys sorted, so that lines come before the name. */
const LINES =
  '{"_id":"k1","_creationTime":1.5,"note":"a \\"b\\" \\\\ c\\n"},\n{"_id":"k2","emoji":"😀é"}';
const ANSWER = JSON.stringify({
  status: "success",
  value: {
    next: { cursor: null, from: 1700000000000.25, table: "sites" },
    redactions: { "users.name": 3 },
    tables: [
      { lines: LINES, name: "companies", records: 2 },
      { lines: "", name: "sites", records: 0 },
    ],
    withheld: {},
  },
});

const bytesOf = (text: string) => Buffer.from(text, "utf8");

/** A page with this in the place of the value of `lines`, quotes and all. */
const pageWith = (lines: string) =>
  `{"status":"success","value":{"tables":[{"lines":${lines},"name":"a","records":1}]}}`;

function refusalOf(pieces: Iterable<Uint8Array>): unknown {
  try {
    return decode(pieces);
  } catch (error) {
    return error;
  }
}

function expectRefusal(...pieces: Uint8Array[]): void {
  expect(refusalOf(pieces)).toBeInstanceOf(MalformedAnswer);
}

describe("the answer of a page", () => {
  test("gives its lines to the sink and the rest with their lengths", () => {
    const { tables, lengths, rest } = decode([bytesOf(ANSWER)]);
    expect(tables).toEqual([LINES, ""]);
    expect(lengths).toEqual([Buffer.byteLength(LINES), 0]);
    expect(rest).toEqual({
      status: "success",
      value: {
        next: { cursor: null, from: 1700000000000.25, table: "sites" },
        redactions: { "users.name": 3 },
        tables: [
          { lines: Buffer.byteLength(LINES), name: "companies", records: 2 },
          { lines: 0, name: "sites", records: 0 },
        ],
        withheld: {},
      },
    });
  });

  test("is the same wherever it is cut in two", () => {
    const bytes = bytesOf(ANSWER);
    const whole = decode([bytes]);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(decode([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
  });

  test("is the same in single bytes", () => {
    const bytes = bytesOf(ANSWER);
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(decode(single)).toEqual(decode([bytes]));
  });

  test("arrives byte for byte, whatever the texts, order of keys, whitespace, escapes and cuts", () => {
    fc.assert(
      fc.property(pages, choices, (value, choose) => {
        const text = anyText(
          { value, status: "success", logLines: ["lines", '"lines":"x"'] },
          choose,
        );
        const parsed = JSON.parse(text) as { value: typeof value };
        const { tables, rest } = decode(cut(bytesOf(text), choose));
        expect(tables).toEqual(parsed.value.tables.map(({ lines }) => lines));
        expect(rest).toEqual({ ...parsed, value: withoutLines(parsed.value) });
      }),
      { numRuns: 1000 },
    );
  });

  test("may have lines longer than what is unescaped at once", () => {
    const lines = `{"note":"${'\\"\\\\é😀text '.repeat(40_000)}"}`;
    expect(decode([bytesOf(pageWith(JSON.stringify(lines)))]).tables).toEqual([lines]);
  });

  test("may come between the pieces of others", () => {
    const texts = ["first", "second"].map((name) => `${name} "\\\n😀`.repeat(500));
    const decoders = texts.map((text) => {
      const sink = collectLines();
      const bytes = bytesOf(pageWith(JSON.stringify(text)));
      return { sink, decoder: new PageDecoder(sink), bytes };
    });
    const longest = Math.max(...decoders.map(({ bytes }) => bytes.length));
    for (let at = 0; at < longest; at += 3) {
      for (const { decoder, bytes } of decoders) {
        expect([...decoder.push(bytes.subarray(at, at + 3))]).toEqual([]);
      }
    }
    for (const { decoder } of decoders) decoder.end();
    expect(decoders.map(({ sink }) => sink.tables)).toEqual(texts.map((text) => [text]));
  });
});

describe("only the lines of a table are lines", () => {
  test.each<[string, unknown]>([
    ["the value of another key", { status: "error", errorMessage: '"lines": "x" lines' }],
    ["a key elsewhere", { status: "error", errorData: { lines: "x", value: { lines: "y" } } }],
    ["a key one level too high", { status: "success", value: { tables: [], lines: "x" } }],
    ["a key one level too deep", { value: { tables: [{ more: { lines: "x" } }] } }],
    ["a key of an object in their place", { value: { tables: [{ lines: { x: "y" } }] } }],
    ["a key of another list", { value: { other: [{ lines: "x" }], tables: [] } }],
    ["a text in the list", { value: { tables: ["lines", "x"] } }],
    ["a key that only begins alike", { value: { tables: [{ lines2: "x", line: "y" }] } }],
    ["a number", { value: { tables: [{ lines: 7 }] } }],
    ["a list", { value: { tables: [{ lines: ["x"] }] } }],
    ["null", { value: { tables: [{ lines: null }] } }],
  ])("not %s", (_name, answer) => {
    expect(decode([bytesOf(JSON.stringify(answer))])).toEqual({
      rest: answer,
      lengths: [],
      tables: [],
    });
  });

  test("not a key with escapes, which Convex does not write", () => {
    const text = pageWith('"x"').replace('"lines"', '"line\\u0073"');
    expect(decode([bytesOf(text)])).toMatchObject({
      rest: { value: { tables: [{ lines: "x" }] } },
      lengths: [],
    });
  });
});

describe("an answer is refused", () => {
  test("wherever it ends too early", () => {
    const bytes = bytesOf(ANSWER);
    for (let end = 0; end < bytes.length; end += 1) expectRefusal(bytes.subarray(0, end));
  });

  test.each([
    ["a lone high surrogate", '"\\ud83d"'],
    ["a lone high surrogate before text", '"\\ud83d and more text"'],
    ["a high surrogate before another escape", '"\\ud83d\\n12345"'],
    ["two high surrogates", '"\\ud83d\\ud83d"'],
    ["a lone low surrogate", '"\\ude00"'],
    ["surrogates in the wrong order", '"\\ude00\\ud83d"'],
    ["an escape of no letter", '"\\x41"'],
    ["an escape that is an apostrophe", `"\\'"`],
    ["an escape in capitals", '"\\U0041"'],
    ["hexadecimal digits that are none", '"\\u12g4"'],
    ["a sign among the digits", '"\\u+123"'],
    ["a space among the digits", '"\\u 123"'],
    ["an escape that the quote cuts", '"\\u12"'],
    ["a line break", '"a\nb"'],
    ["a tab", '"a\tb"'],
    ["a null character", '"a\u0000b"'],
    ["the last control character", '"a\u001fb"'],
    ["a control character after a backslash", '"a\\\u0001b"'],
    ["a control character far in", `"${"text ".repeat(50)}\u0008"`],
    ["a number at its end", '"a"7'],
    ["another text at its end", '"a""b"'],
    ["no comma after it", '"a" "name":"a"'],
    ["two commas after it", '"a",'],
    ["no end", '"a'],
  ])("for lines with %s", (_name, lines) => {
    const text = pageWith(lines);
    expectRefusal(bytesOf(text));
    expectRefusal(...Array.from(bytesOf(text), (byte) => Uint8Array.of(byte)));
  });

  test.each([
    ["nothing", ""],
    ["a page twice", pageWith('"a"').repeat(2)],
    ["too many brackets", `${pageWith('"a"')}}]`],
    ["a bracket of the other kind", pageWith('"a"').replace("]", "}")],
    ["only brackets", "]]}}"],
    ["only a colon", ':"a"'],
    ["HTML", "<html><body>502</body></html>"],
  ])("that is %s", (_name, text) => {
    expectRefusal(bytesOf(text));
  });

  test.each([
    [
      "in lines",
      Buffer.concat([bytesOf('{"value":{"tables":[{"lines":"'), Buffer.of(0xff), bytesOf('"}]}}')]),
    ],
    ["beside lines", Buffer.concat([bytesOf('{"status":"'), Buffer.of(0xc3), bytesOf('"}')])],
  ])("for bytes that are not UTF-8 %s", (_name, bytes) => {
    expectRefusal(bytes);
    expectRefusal(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
  });

  test("as too large, not as malformed, when there is more than 1 MiB beside the lines", () => {
    const fits = `{"logLines":["${"x".repeat(1024 * 1024 - 20)}"]}`;
    expect(decode([bytesOf(fits)]).lengths).toEqual([]);
    const tooLong = bytesOf(fits.replace("x", "x".repeat(20)));
    expect(refusalOf([tooLong])).toBeInstanceOf(OversizedRest);
  });

  test("without quoting it", () => {
    for (const text of [pageWith('"secret\u0000"'), '{"secret', pageWith('"\\q secret"')]) {
      expect(String(refusalOf([bytesOf(text)]))).not.toMatch(/secret|q/);
    }
  });

  test("or decoded as JSON.parse would, whichever byte is changed", () => {
    const bytes = bytesOf(ANSWER);
    const byte = fc.oneof(
      fc.constantFrom(...bytesOf('"\\,:{}[]nu0 \n')),
      fc.integer({ max: 255, min: 0 }),
    );
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), byte, choices, (at, value, choose) => {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        const expected = parseOrUndefined(changed);
        const decoded = refusalOf(cut(changed, choose));
        if (expected === undefined) expect(decoded).toBeInstanceOf(MalformedAnswer);
        else expect(restored(decoded)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });
});

function parseOrUndefined(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** A decoded answer with its lines put back where their lengths are. */
function restored(decoded: unknown): unknown {
  if (decoded instanceof Error) return decoded;
  const { rest, tables } = decoded as ReturnType<typeof decode>;
  const texts = [...tables];
  const list = (rest as { value?: { tables?: unknown } }).value?.tables;
  if (Array.isArray(list)) {
    for (const table of list as { lines?: unknown }[]) {
      if (typeof table.lines === "number") table.lines = texts.shift();
    }
  }
  return rest;
}
