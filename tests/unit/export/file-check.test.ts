import { describe, expect, test } from "vitest";
import { FileCheck, MAXIMUM_PROBLEMS, type FileReport } from "~/export/file-check";
import { prepareExport } from "~/export/run";
import { MemoryRecorder, readBytes } from "../../support/export-runs";
import { makeJob } from "../../support/jobs";
import { makeDocuments, type Tables } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const TABLES: Tables = {
  companies: makeDocuments("c", 3, () => ({ name: 'He said "]," and\nleft' })),
  sites: makeDocuments("s", 5, (index) => ({ company_id: `c${index % 3}` })),
  users: [],
  incidents: makeDocuments("i", 8, () => ({ text: "ü😀 \u2028" })),
};

async function exportOf(tables: Tables): Promise<string> {
  const source = new MemorySource(tables);
  const { file } = await prepareExport(makeJob(source, new MemoryRecorder()));
  return (await readBytes(file)).toString("utf8");
}

/** @param size Bytes that come at once; all where absent. */
function check(content: string | Uint8Array, size?: number): FileReport {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const fileCheck = new FileCheck();
  const step = size ?? Math.max(1, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += step) {
    // A reader uses its buffer again.
    const chunk = bytes.slice(at, at + step);
    fileCheck.write(chunk);
    chunk.fill(0);
  }
  return fileCheck.end();
}

const messages = (content: string | Uint8Array) =>
  check(content).problems.map(({ line, message }) =>
    line === 0 ? message : `${line}: ${message}`,
  );

const lineOf = (text: string, part: string) =>
  text.split("\n").findIndex((line) => line.includes(part)) + 1;

describe("a file as it was exported", () => {
  test.each([1, 2, 7, 64, undefined])("is complete, read %s bytes at a time", async (size) => {
    const text = await exportOf(TABLES);
    const report = check(text, size);
    expect(report.problems).toEqual([]);
    expect(report.bytes).toBe(Buffer.byteLength(text));
    expect(report.recordCounts).toEqual({ companies: 3, sites: 5, users: 0, incidents: 8 });
    expect(report.metadata?.totalRecords).toBe(16);
  });

  test("is complete without any document, and with tables that are all empty", async () => {
    expect(messages(await exportOf({ users: [], sites: [] }))).toEqual([]);
  });
});

describe("a file that was cut", () => {
  test("at any byte is not complete", async () => {
    const bytes = new TextEncoder().encode(await exportOf(TABLES));
    for (let length = 0; length < bytes.byteLength; length += 1) {
      expect(check(bytes.subarray(0, length)).problems, `${length} bytes`).not.toEqual([]);
    }
  });

  test("at the end of a line says so", async () => {
    const lines = (await exportOf(TABLES)).split("\n");
    const half = lines.slice(0, -8).join("\n");
    expect(messages(`${half}\n`)).toContain("the file is cut off");
  });
});

describe("a file that was changed", () => {
  test("by taking out a document has other counts than its head says", async () => {
    const text = await exportOf(TABLES);
    const line = text.split("\n").find((each) => each.includes('"_id":"i3"')) ?? "";
    expect(messages(text.replace(`${line}\n`, ""))).toEqual([
      "incidents: 8 documents were exported, 7 are here",
    ]);
  });

  test("by a document that is there twice names its line", async () => {
    const text = await exportOf(TABLES);
    const line = text.split("\n").find((each) => each.includes('"_id":"i3"')) ?? "";
    expect(messages(text.replace(line, `${line}\n${line}`))).toEqual([
      `${lineOf(text, '"_id":"i3"') + 1}: the document is there twice`,
    ]);
  });

  test("by the order of its documents names the line", async () => {
    const text = await exportOf({ users: makeDocuments("u", 3) });
    const [first = "", second = ""] = text.split("\n").filter((line) => line.startsWith('{"_id"'));
    const swapped = text.replace(first, "FIRST").replace(second, first).replace("FIRST", second);
    expect(messages(swapped)).toEqual([
      `${lineOf(swapped, first)}: the document is older than the one before it`,
    ]);
  });

  test.each([
    ["a byte that is no UTF-8", (bytes: Uint8Array, at: number) => bytes.fill(0xff, at, at + 1)],
    ["a quote in a value", (bytes: Uint8Array, at: number) => bytes.fill(0x22, at, at + 1)],
  ])("by %s is not complete", async (_what, change) => {
    const text = await exportOf(TABLES);
    const bytes = new TextEncoder().encode(text);
    change(bytes, Buffer.from(text).indexOf("He said"));
    expect(messages(bytes)).not.toEqual([]);
  });

  test("by another program's formatting is no export any more", async () => {
    const text = await exportOf(TABLES);
    expect(messages(JSON.stringify(JSON.parse(text), null, 2))).not.toEqual([]);
    expect(messages(JSON.stringify(JSON.parse(text)))).not.toEqual([]);
  });

  test("by text behind its end is not complete", async () => {
    expect(messages(`${await exportOf(TABLES)}{}\n`)).toEqual([
      expect.stringMatching(/: the file goes on behind its end$/),
    ]);
  });

  test("in every line does not give more problems than can be read", async () => {
    const documents = makeDocuments("u", 4 * MAXIMUM_PROBLEMS);
    const text = (await exportOf({ users: documents })).replaceAll('"_id":"u', '"_id":"u0", "x":"');
    expect(check(text).problems).toHaveLength(MAXIMUM_PROBLEMS);
  });

  test.each(["", "\n", "{}", "[]\n", "null", "PK\u0003\u0004", '{\n  "data": {\n  }\n}\n'])(
    "into %j is no export",
    (text) => {
      const { problems, metadata } = check(text);
      expect(problems).not.toEqual([]);
      expect(metadata).toBeUndefined();
    },
  );
});

test("references to documents that are not in the file are counted, and no problem", async () => {
  const sites = makeDocuments("s", 4, (index) => ({
    company_id: index < 2 ? "c0" : `lost${index}`,
  }));
  const text = await exportOf({ companies: makeDocuments("c", 1), sites });
  const related = text.replace('"notes.author": "people"', '"sites.company_id": "companies"');
  const { problems, danglingReferences } = check(related);
  expect(problems).toEqual([]);
  expect(danglingReferences).toEqual({ "sites.company_id": 2 });
});
