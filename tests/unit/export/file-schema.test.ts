import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { exportFileJsonSchema, exportFileSchema } from "~/export/file-schema";
import { makeFile, readContent, type TestCapture } from "../../support/export-runs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const ID = "http://127.0.0.1:3200/schemas/database-export-1.0.json";

const ajv = new Ajv2020({ strict: true, allErrors: true });
formats(ajv);
const jsonSchema = exportFileJsonSchema(ID);
const validate = ajv.compile(jsonSchema);

const isValid = {
  "the zod schema": (content: unknown) => exportFileSchema.safeParse(content).success,
  "the published JSON Schema": (content: unknown) => validate(content),
};

async function exportedContent(options: TestCapture = {}) {
  const source = new MemorySource({
    people: makeDocuments("p", 3, () => ({
      value: { $integer: "AQAAAAAAAAA=" },
      list: [null, {}],
    })),
    notes: [],
  });
  return await readContent(await makeFile(source, options));
}

describe.each(Object.entries(isValid))("%s", (_name, accepts) => {
  test("accepts a file of the engine: whole, in part, or rolling", async () => {
    expect(accepts(await exportedContent())).toBe(true);
    expect(accepts(await exportedContent({ tables: ["people"] }))).toBe(true);
    expect(accepts(await exportedContent({ consistency: "rolling" }))).toBe(true);
  });

  test("accepts metadata keys and document fields that are added later", async () => {
    const content = await exportedContent();
    const { metadata } = content;
    const later = {
      ...content,
      metadata: {
        ...metadata,
        generator: "later",
        sanitization: { ...metadata.sanitization, method: "later" },
        filtersApplied: { ...metadata.filtersApplied, region: "later" },
      },
    };
    expect(accepts(later)).toBe(true);
  });

  test.each<[string, (content: Awaited<ReturnType<typeof exportedContent>>) => unknown]>([
    ["another version", (c) => ({ ...c, metadata: { ...c.metadata, version: "2.0" } })],
    ["another consistency", (c) => ({ ...c, metadata: { ...c.metadata, consistency: "none" } })],
    ["another type of export", (c) => ({ ...c, metadata: { ...c.metadata, exportType: "part" } })],
    ["a last read that is no date", (c) => ({ ...c, metadata: { ...c.metadata, readUntil: 5 } })],
    ["a date that is none", (c) => ({ ...c, metadata: { ...c.metadata, exportedAt: "now" } })],
    ["a negative count", (c) => ({ ...c, metadata: { ...c.metadata, totalRecords: -1 } })],
    ["a broken count", (c) => ({ ...c, metadata: { ...c.metadata, recordCounts: { a: 0.5 } } })],
    ["no metadata", (c) => ({ data: c.data })],
    ["no data", (c) => ({ metadata: c.metadata })],
    ["a further key at the top", (c) => ({ ...c, value: {} })],
    ["the envelope of the first implementation", (c) => ({ status: "success", value: c })],
    ["a document without an id", (c) => ({ ...c, data: { people: [{ _creationTime: 1 }] } })],
    ["a document without a time", (c) => ({ ...c, data: { people: [{ _id: "p" }] } })],
    ["a table that is no list", (c) => ({ ...c, data: { people: {} } })],
    ["nothing", () => null],
  ])("refuses %s", async (_change, change) => {
    expect(accepts(change(await exportedContent()))).toBe(false);
  });
});

test("the published schema names its draft and its own address", () => {
  expect(jsonSchema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: ID,
    title: "SupportSignal database export",
  });
});

test("the published schema is plain JSON", () => {
  expect(JSON.parse(JSON.stringify(jsonSchema))).toEqual(jsonSchema);
});
