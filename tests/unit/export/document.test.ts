import { createHash } from "node:crypto";
import { setImmediate as immediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exportFileName } from "~/export/formats/format";
import type { ExportFileContent } from "~/export/file-schema";
import { makeFile, MEBIBYTE, readBytes, readContent, readPieces } from "../../support/export-runs";
import { makeDocuments, toLine } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const PIECE_BYTES = 256 * 1024;

const TABLES = {
  people: makeDocuments("p", 3, (index) => ({ name: `Zoë ${index}` })),
  empty: [],
  notes: makeDocuments("n", 2, () => ({ text: 'two\nlines, a "quote" and \u2028' })),
};

describe("the file", () => {
  test("is valid JSON with the metadata first and pretty-printed", async () => {
    const file = await makeFile(new MemorySource(TABLES));
    const text = (await readBytes(file)).toString("utf8");
    const { metadata } = JSON.parse(text) as ExportFileContent;
    const pretty = JSON.stringify({ metadata }, null, 2);
    expect(text.startsWith(pretty.slice(0, -"\n}".length))).toBe(true);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(["metadata", "data"]);
    expect(text.endsWith("\n  }\n}\n")).toBe(true);
    expect(metadata).toEqual(file.metadata);
  });

  test("has one line per document, and every table with its documents in order", async () => {
    const file = await makeFile(new MemorySource(TABLES));
    const text = (await readBytes(file)).toString("utf8");
    const { data } = JSON.parse(text) as ExportFileContent;
    expect(Object.keys(data)).toEqual(["people", "empty", "notes"]);
    expect(data).toEqual(TABLES);
    const lines = text.slice(text.indexOf('  "data": {')).split("\n");
    expect(lines).toEqual([
      '  "data": {',
      '    "people": [',
      ...TABLES.people.map((document, index) => toLine(document) + (index < 2 ? "," : "")),
      "    ],",
      '    "empty": [],',
      '    "notes": [',
      ...TABLES.notes.map((document, index) => toLine(document) + (index < 1 ? "," : "")),
      "    ]",
      "  }",
      "}",
      "",
    ]);
  });

  test("says what it holds: counts, times, relations and sanitisation", async () => {
    const source = new MemorySource(TABLES, {
      redactedFields: ["notes.token"],
      excludedFields: ["people.password"],
      excludedTables: [{ name: "logs", reason: "diagnostics" }],
      alterPage: (page) => ({
        ...page,
        redactions: { "notes.token": 2, "notes.any": 1 },
        withheld: { "people.new": 1 },
      }),
    });
    const { metadata } = await readContent(await makeFile(source));
    expect(metadata).toEqual({
      exportedAt: "2026-01-31T04:05:06.789Z",
      exportType: "full",
      version: "1.0",
      recordCounts: { people: 3, empty: 0, notes: 2 },
      totalRecords: 5,
      snapshotTimestamp: "2026-01-31T04:05:06.123Z",
      consistency: "snapshot",
      exportedBy: "memory",
      filtersApplied: {},
      relations: { "notes.author": "people" },
      sanitization: {
        policyVersion: "1.0",
        profile: "redacted",
        excludedTables: ["logs"],
        excludedFields: ["people.password"],
        redactedFields: ["notes.token"],
        redactions: { "notes.any": 1, "notes.token": 2 },
        withheld: { "people.new": 1 },
      },
    });
  });

  test("of a part of the tables names them as its filter and holds no other", async () => {
    const file = await makeFile(new MemorySource(TABLES), { tables: ["notes", "empty"] });
    const { metadata, data } = await readContent(file);
    expect(metadata).toMatchObject({
      exportType: "segmented",
      filtersApplied: { tables: ["notes", "empty"] },
      recordCounts: { empty: 0, notes: 2 },
      totalRecords: 2,
    });
    expect(Object.keys(data)).toEqual(["empty", "notes"]);
  });

  test("of a database without documents, and of one without tables, is valid", async () => {
    const empty = await readContent(await makeFile(new MemorySource({ a: [], b: [] })));
    expect(empty.data).toEqual({ a: [], b: [] });
    const nothing = await readContent(await makeFile(new MemorySource({})));
    expect(nothing.data).toEqual({});
    expect(nothing.metadata.totalRecords).toBe(0);
  });

  test("has the length and SHA-256 that it states, each time it is read", async () => {
    const file = await makeFile(new MemorySource(TABLES));
    for (const bytes of [await readBytes(file), await readBytes(file)]) {
      expect(file.bytes).toBe(bytes.byteLength);
      expect(file.digest).toEqual(createHash("sha256").update(bytes).digest());
    }
  });

  test("cannot be read once it is disposed of: an early end would look complete", async () => {
    const file = await makeFile(new MemorySource(TABLES));
    const content = file.content();
    await content.next();
    file.dispose();
    await expect(content.next()).rejects.toMatchObject({ code: "internal" });
    await expect(readPieces(file)).rejects.toMatchObject({ code: "internal" });
  });

  test("is the same bytes in whatever order the pages come, and whatever their size", async () => {
    const tables = Object.fromEntries(
      ["c", "a", "b", "d"].map((name, index) => [name, makeDocuments(name, index * 5)]),
    );
    const reference = await readBytes(await makeFile(new MemorySource(tables)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(6), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        async (delays, maximumDocuments) => {
          let index = 0;
          const source = new MemorySource(tables, {
            beforePage: async () => {
              const turns = delays[index++ % delays.length] ?? 0;
              for (let turn = 0; turn < turns; turn++) await immediate();
            },
          });
          const file = await makeFile(source, {
            page: { maximumBytes: MEBIBYTE, maximumDocuments },
          });
          expect((await readBytes(file)).equals(reference)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("names its redactions in an order that does not depend on the pages", async () => {
    const tables = { a: makeDocuments("a", 4), b: makeDocuments("b", 4) };
    const bytes = await Promise.all(
      [0, 1].map(async (slow) => {
        const source = new MemorySource(tables, {
          beforePage: async ({ tables: [first] }) => {
            if (first === ["a", "b"][slow]) await immediate();
          },
          alterPage: (page, { tables: [first] }) => ({
            ...page,
            redactions: { [`${first}.x`]: 1 },
          }),
        });
        const page = { maximumBytes: MEBIBYTE, maximumDocuments: 4 };
        return await readBytes(await makeFile(source, { page }));
      }),
    );
    expect(bytes[0]?.equals(bytes[1] ?? Buffer.alloc(0))).toBe(true);
    expect(bytes[0]?.toString()).toContain('"a.x": 1');
  });
});

describe("the pieces of a large file", () => {
  async function largeFile(offset: number) {
    const text = "x".repeat(offset) + "💜é\u2028".repeat(200_000);
    return await makeFile(new MemorySource({ notes: makeDocuments("n", 1, () => ({ text })) }), {
      page: { maximumBytes: 16 * MEBIBYTE, maximumDocuments: 10 },
    });
  }

  test("are at most 256 KiB, also where one splits a character, and add up to valid UTF-8", async () => {
    let splits = 0;
    for (let offset = 0; offset < 4; offset++) {
      const pieces = await readPieces(await largeFile(offset));
      expect(pieces.length).toBeGreaterThan(4);
      for (const piece of pieces) {
        expect(piece.byteLength).toBeLessThanOrEqual(PIECE_BYTES);
        // 10xxxxxx: the piece begins inside a character.
        if (((piece[0] ?? 0) & 0xc0) === 0x80) splits += 1;
      }
      const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
      const { data } = JSON.parse(text) as ExportFileContent;
      expect(data["notes"]?.[0]?.["text"]).toHaveLength(offset + 200_000 * 4);
    }
    expect(splits).toBeGreaterThan(0);
  });

  test("let the event loop turn between them", async () => {
    const file = await largeFile(0);
    let turns = 0;
    let isReading = true;
    const count = () => {
      turns += 1;
      if (isReading) setImmediate(count);
    };
    setImmediate(count);
    const pieces = await readPieces(file);
    isReading = false;
    expect(turns).toBeGreaterThanOrEqual(pieces.filter((p) => p.byteLength === PIECE_BYTES).length);
  });
});

test.each([
  ["2026-01-31T04:05:06.789Z", "supportsignal-db-export-2026-01-31-0405.json"],
  ["2026-12-01T23:59:59.999Z", "supportsignal-db-export-2026-12-01-2359.json"],
  ["2026-02-28T00:00:00.000Z", "supportsignal-db-export-2026-02-28-0000.json"],
])("a file made at %s is called %s", (date, name) => {
  expect(exportFileName(new Date(date))).toBe(name);
});
