import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NdjsonCheck } from "~/export/formats/ndjson-check";
import type { FileReport } from "~/export/document-check";
import { makeFile, readBytes } from "../../../support/export-runs";
import { makeDocuments } from "../../../support/memory-documents";
import { MemorySource } from "../../../support/memory-source";

const TABLES = {
  people: makeDocuments("p", 3, (index) => ({ name: `Zoë ${index}` })),
  empty: [],
  notes: makeDocuments("n", 4, (index) => ({
    author: index === 0 ? "p1" : "nobody",
    text: '},{"table":"x",\n',
  })),
};

const ndjson = async () =>
  await readBytes(await makeFile(new MemorySource(TABLES), { format: "ndjson" }));

function check(bytes: Buffer, pieceBytes = 7): FileReport {
  const checking = new NdjsonCheck(createHash("sha256"));
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    checking.write(bytes.subarray(at, at + pieceBytes));
  }
  return checking.end();
}

test("has the metadata, each document with its table, and what is complete", async () => {
  const bytes = await ndjson();
  const lines = bytes.toString("utf8").trimEnd().split("\n");
  const values = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(values[0]).toMatchObject({
    metadata: { recordCounts: { people: 3, empty: 0, notes: 4 } },
  });
  expect(values.slice(1, -1)).toEqual(
    Object.entries(TABLES).flatMap(([table, documents]) =>
      documents.map((document) => ({ table, document })),
    ),
  );
  const before = Buffer.byteLength(`${lines.slice(0, -1).join("\n")}\n`);
  expect(values.at(-1)).toEqual({
    complete: {
      records: 7,
      bytes: before,
      sha256: createHash("sha256").update(bytes.subarray(0, before)).digest("hex"),
      tables: { people: { records: 3 }, empty: { records: 0 }, notes: { records: 4 } },
    },
  });
});

describe("a check", () => {
  test("finds a whole file complete, and counts references that lead nowhere", async () => {
    const report = check(await ndjson());
    expect(report).toMatchObject({
      problems: [],
      recordCounts: { people: 3, empty: 0, notes: 4 },
      danglingReferences: { "notes.author": 1 },
    });
  });

  test("finds a file that was cut at the end of any line", async () => {
    const bytes = await ndjson();
    for (let at = bytes.indexOf("\n"); at !== bytes.length - 1; at = bytes.indexOf("\n", at + 1)) {
      const { problems } = check(bytes.subarray(0, at + 1));
      expect(problems.map(({ message }) => message).join()).toContain("the file is cut off");
    }
  });

  test("finds every cut and every changed byte", async () => {
    const bytes = await ndjson();
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        expect(check(bytes.subarray(0, at)).problems).not.toEqual([]);
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(check(changed, 64).problems).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, (lines: string[]) => string[], string]>([
    ["a removed line", (lines) => lines.toSpliced(2, 1), "bytes were written before this line"],
    ["a doubled line", (lines) => lines.toSpliced(2, 0, lines[2] ?? ""), "is there twice"],
    [
      "lines in another order",
      (lines) => lines.with(1, lines[2] ?? "").with(2, lines[1] ?? ""),
      "older than",
    ],
    ["a line behind the end", (lines) => [...lines, "{}"], "goes on behind its end"],
    [
      "a table that comes again",
      (lines) => lines.toSpliced(-1, 0, lines[1] ?? ""),
      "people is there twice",
    ],
    ["a line that is none", (lines) => lines.with(2, "[]"), "is not a JSON object"],
    ["another first line", (lines) => lines.slice(1), "not the metadata"],
    [
      "a line that is neither",
      (lines) => lines.with(2, '{"a":1}'),
      "neither a document nor the end",
    ],
  ])("names %s", async (_, change, message) => {
    const lines = (await ndjson()).toString("utf8").trimEnd().split("\n");
    const { problems } = check(Buffer.from(`${change(lines).join("\n")}\n`), 1000);
    expect(problems.map((problem) => problem.message).join("; ")).toContain(message);
  });
});
