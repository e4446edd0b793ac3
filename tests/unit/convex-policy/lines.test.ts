import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LinesCheck } from "~/export/lines-check";
import { joinLines, toLine } from "../../../convex/model/lines";
import { hasOneByteCharacters } from "../../support/text-memory";
import { unescape } from "../../support/unescape";

type Fields = Record<string, Value>;

function linesOf(documents: Fields[]): string {
  return joinLines({ notes: documents.map(toLine) })[0]?.lines ?? "";
}

test("a line is a document in Convex's JSON, ids first and its own fields in their order", () => {
  const document = {
    text: "two\nlines",
    _creationTime: 1.25,
    _id: "n1",
    data: { z: [{ d: 1, c: 2 }], a: null },
  };
  const line =
    '{"_id":"n1","_creationTime":1.25,"text":"two\\nlines","data":{"a":null,"z":[{"c":2,"d":1}]}}';
  expect(linesOf([document])).toBe(line);
  expect(linesOf([document, document])).toBe(`${line},\n${line}`);
});

test("values that JSON lacks are tagged, and come back as they were", () => {
  const document: Fields = {
    _id: "n1",
    _creationTime: 1,
    values: [2n ** 62n, -1n, NaN, Infinity, -Infinity, -0, new Uint8Array([0, 255]).buffer],
  };
  const [line] = JSON.parse(`[${linesOf([document])}]`) as JSONValue[];
  expect(line).toEqual({
    _id: "n1",
    _creationTime: 1,
    values: [
      { $integer: "AAAAAAAAAEA=" },
      { $integer: "//////////8=" },
      { $float: "AAAAAAAA+H8=" },
      { $float: "AAAAAAAA8H8=" },
      { $float: "AAAAAAAA8P8=" },
      { $float: "AAAAAAAAAIA=" },
      { $bytes: "AP8=" },
    ],
  });
  expect(jsonToConvex(line as JSONValue)).toEqual(document);
});

test("tables come in the order of the page, with their counts, empty ones too", () => {
  const page = { b: [toLine({ _id: "b", _creationTime: 1 })], a: [], c: [] };
  expect(joinLines(page).map(({ name, records, lines }) => [name, records, lines === ""])).toEqual([
    ["b", 1, false],
    ["a", 0, true],
    ["c", 0, true],
  ]);
});

/** Lines as the portal reads them from an answer. */
const received = (lines: string) => unescape([Buffer.from(JSON.stringify(lines))]);

test("lines in latin1 have no character beyond U+00FF, and come back as they were", () => {
  const rare = toLine({
    _id: "n1",
    _creationTime: 1,
    text: `caf\u00e9 \u2013 \u{1f49c}${"x".repeat(99)}`,
  });
  const plain = toLine({ _id: "n2", _creationTime: 2, text: "\u0001\u00ff" });
  const [table] = joinLines({ notes: [rare, plain] }, "latin1");
  expect(table?.records).toBe(2);
  expect(table?.lines).toContain("caf\u00e9 \u0001002013 \u000101f49cx");
  expect(table?.lines).not.toMatch(/[^\0-\xff]/);
  expect(hasOneByteCharacters(`${rare},\n${plain}`)).toBe(false);
  expect(hasOneByteCharacters(table?.lines ?? "")).toBe(true);
  expect(received(table?.lines ?? "")).toBe(`${rare},\n${plain}`);
});

test("a table of another script keeps its characters, beside one that does not", () => {
  const notes = [toLine({ _id: "n1", _creationTime: 1, text: "\u4e2d\u6587".repeat(50) })];
  const names = [toLine({ _id: "u1", _creationTime: 1, text: `\u4e2d${"x".repeat(50)}` })];
  const [first, second] = joinLines({ notes, names }, "latin1");
  expect(first?.lines).toBe(notes[0]);
  expect(second?.lines).toContain("\u0001004e2dx");
});

test.each([
  [4, true],
  [5, false],
])("of lines with 100 characters, %i that take six more each are written so: %s", (wide, isSo) => {
  const line = "\u2013".repeat(wide).padEnd(100, "x");
  const [table] = joinLines({ notes: [line] }, "latin1");
  expect(table?.lines !== line).toBe(isSo);
  expect(received(table?.lines ?? "")).toBe(line);
});

test("whatever documents hold, their lines are what the portal's check of them expects", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(',\n{"_id":"x","_creationTime":0}', "\u2028", "\n", "\\n", '"', "\ud800"),
  );
  const value = fc.oneof(
    text,
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constant(null),
    fc.array(text, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "_id", "_creationTime", "0"), text),
  ) as fc.Arbitrary<Value>;
  const fields = fc.dictionary(fc.constantFrom("a", "b", "created_at", "z"), value);
  fc.assert(
    fc.property(fc.array(fields, { maxLength: 8 }), (list) => {
      const documents = list.map((content, index) => ({
        ...content,
        _id: `j${index}`,
        _creationTime: 1_700_000_000_000.25 + index,
      }));
      const lines = linesOf(documents);
      const [encoded] = joinLines({ notes: documents.map(toLine) }, "latin1");
      expect(received(encoded?.lines ?? "")).toBe(lines);
      const check = new LinesCheck({ keepLines: true });
      check.write(Buffer.from(lines));
      expect([...check.end().lines].map(({ id }) => id)).toEqual(documents.map(({ _id }) => _id));
      expect(lines.split("\n")).toHaveLength(Math.max(1, documents.length));
      expect((JSON.parse(`[${lines}]`) as { _id: string }[]).map(({ _id }) => _id)).toEqual(
        documents.map(({ _id }) => _id),
      );
    }),
  );
});
