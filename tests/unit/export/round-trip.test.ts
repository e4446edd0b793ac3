import fc from "fast-check";
import { expect, test } from "vitest";
import { makeFile, MEBIBYTE, readContent } from "../../support/export-runs";
import type { StoredDocument } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const key = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toJSON",
    "hasOwnProperty",
    "valueOf",
    "length",
    "0",
    "",
    'quote"d',
    "back\\slash",
    "💜",
    "\u2028",
    "$integer",
  ),
  fc.string({ maxLength: 8 }),
);

const text = fc.oneof(
  { weight: 10, arbitrary: fc.string({ unit: "grapheme" }) },
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      "\u2028\u2029",
      "\u0000\u001f\u007f",
      '"],"data":{',
      "\\u0022",
      "👩‍👩‍👧‍👦",
      "\ud800",
      "</script>",
      "\ufeff",
      ",\n",
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 10_000, max: 60_000 })
      .map((length) => "long🙂".repeat(length / 5)),
  },
);

const { object } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.array(fc.tuple(key, tie("value")), { maxLength: 6 }).map((fields) => {
    const json = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    // Only JSON.parse makes `__proto__` a field like others.
    return JSON.parse(`{${json.join(",")}}`) as unknown;
  }),
}));

const documents = fc.array(object, { maxLength: 6 }).map((contents) =>
  contents.map((content, index): StoredDocument => ({
    _id: `d${index}`,
    _creationTime: index,
    content,
  })),
);

test("whatever documents hold, JSON.parse of the file gives back what the source gave", async () => {
  await fc.assert(
    fc.asyncProperty(
      documents,
      documents,
      fc.integer({ min: 1, max: 4 }),
      async (a, b, pageSize) => {
        const source = new MemorySource({ a, b });
        const page = { maximumBytes: 8 * MEBIBYTE, maximumDocuments: pageSize };
        const { data, metadata } = await readContent(await makeFile(source, { page }));
        // As text: it shows `__proto__` fields and the order of fields, which equality may not.
        expect(JSON.stringify(data)).toBe(JSON.stringify({ a, b }));
        expect(metadata.totalRecords).toBe(a.length + b.length);
      },
    ),
    { numRuns: 150 },
  );
});
