import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LinesCheck } from "~/export/lines-check";
import { joinLines, toLine } from "../../../convex/model/lines";

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
      const check = new LinesCheck({ keepLines: true });
      check.write(Buffer.from(lines));
      expect(check.end().lines.map(({ id }) => id)).toEqual(documents.map(({ _id }) => _id));
      expect(lines.split("\n")).toHaveLength(Math.max(1, documents.length));
      expect((JSON.parse(`[${lines}]`) as { _id: string }[]).map(({ _id }) => _id)).toEqual(
        documents.map(({ _id }) => _id),
      );
    }),
  );
});
