import fc from "fast-check";
import { PageDecoder, type DecodedPage } from "~/convex/page-decoder";
import { collectLines } from "../../support/scripted-convex";

/** JSON texts in every form that the grammar allows, and their decoding in pieces. */

/** An endless source of small decisions, so that a text is the same for the same seed. */
export type Choose = (count: number) => number;

export const choices: fc.Arbitrary<Choose> = fc.infiniteStream(fc.nat()).map(
  (numbers): Choose =>
    (count) =>
      Number(numbers.next().value) % count,
);

const SHORT_ESCAPES: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A JSON string in which each character is raw or escaped as chance has it, where it may be either. */
export function anyString(text: string, choose: Choose): string {
  const escaped = [...text].map((character) => {
    // One of them, or two for a character beyond U+FFFF.
    const units = character.split("").map((unit) => unit.charCodeAt(0));
    const digits = units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
    const short = SHORT_ESCAPES[character];
    const forms = [digits, digits.toUpperCase().replaceAll("\\U", "\\u")];
    if (short !== undefined) forms.push(short, short);
    const mustBeEscaped = character < " " || character === '"' || character === "\\";
    if (!mustBeEscaped) forms.push(character, character, character);
    return forms[choose(forms.length)] ?? digits;
  });
  return `"${escaped.join("")}"`;
}

/** JSON with its keys in any order and whitespace wherever it may be. */
export function anyText(value: unknown, choose: Choose): string {
  const space = () => ["", "", "", " ", "\n\t", "\r\n  "][choose(6)] ?? "";
  const list = (open: string, items: string[], close: string) =>
    `${open}${space()}${items.join(`${space()},${space()}`)}${space()}${close}`;
  const write = (part: unknown): string => {
    if (typeof part === "string") return anyString(part, choose);
    if (Array.isArray(part)) return list("[", part.map(write), "]");
    if (typeof part !== "object" || part === null) return JSON.stringify(part);
    const entries = Object.entries(part).map(([key, field]): [number, string] => [
      choose(1000),
      // Keys as Convex writes them: without escapes that they do not need.
      `${JSON.stringify(key)}${space()}:${space()}${write(field)}`,
    ]);
    return list(
      "{",
      entries.sort(([a], [b]) => a - b).map(([, entry]) => entry),
      "}",
    );
  };
  return `${space()}${write(value)}${space()}`;
}

/** Bytes in pieces: cut where chance has it, or each byte alone. */
export function cut(bytes: Buffer, choose: Choose): Buffer[] {
  const longest = [1, 2, 7, 40, 1000, bytes.length][choose(6)] ?? 1;
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + choose(longest);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

export interface Decoded extends DecodedPage {
  tables: string[];
}

/** @throws MalformedAnswer */
export function decode(pieces: Iterable<Uint8Array>): Decoded {
  const sink = collectLines();
  const decoder = new PageDecoder(sink);
  for (const piece of pieces) {
    for (const wait of decoder.push(piece)) throw new Error("nobody waits", { cause: wait });
  }
  return { ...decoder.end(), tables: sink.tables };
}

/**
 * Texts that lines may be: documents as JSON, and anything else without lone surrogates and without
 * the character that stands for others in them.
 */
export const linesTexts = fc
  .oneof(
    fc.array(fc.json({ stringUnit: "binary" }), { maxLength: 20 }).map((docs) => docs.join(",\n")),
    fc.string({ unit: "binary", maxLength: 400 }),
    fc
      .array(fc.constantFrom("\\", '"', "\n", "n", "\u0002", "é", "😀", "text"), { maxLength: 200 })
      .map((parts) => parts.join("")),
  )
  .map((text) => text.replaceAll("\u0001", ""));

export interface PageValue {
  tables: { lines: string; name: string; records: number }[];
  next: { table: string; from: number | null; cursor: string | null } | null;
  redactions: Record<string, number>;
  withheld: Record<string, number>;
}

const counts = fc.dictionary(fc.string(), fc.nat(), { maxKeys: 3 });

export const pages: fc.Arbitrary<PageValue> = fc.record({
  tables: fc.array(
    fc.record({ lines: linesTexts, name: fc.string({ unit: "binary" }), records: fc.nat() }),
    { maxLength: 5 },
  ),
  next: fc.option(
    fc.record({
      table: fc.string(),
      from: fc.option(fc.nat()),
      cursor: fc.option(fc.string()),
    }),
  ),
  redactions: counts,
  withheld: counts,
});

/** What the decoder must make of a value: lengths in the place of lines. */
export function withoutLines(page: PageValue): unknown {
  const tables = page.tables.map((table) => ({ ...table, lines: Buffer.byteLength(table.lines) }));
  return { ...page, tables };
}
