import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { checkBundle } from "~/analysis/bundle-check";
import { openDatabase } from "~/analysis/database";
import { diffExports } from "~/analysis/diff";
import { openExport } from "~/analysis/export-input";
import { makeFile, readBytes } from "../../support/export-runs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";
import { unzip } from "../../support/unzip";

/** What is sealed, and was changed after that, is read by nobody. */

let folder: string;
let ndjson: Buffer;
let zip: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-changed-"));
  [ndjson, zip] = [await write("whole.ndjson"), await write("whole.zip")];
});
afterAll(() => rmSync(folder, { recursive: true }));

async function write(name: "whole.ndjson" | "whole.zip"): Promise<Buffer> {
  const notes = makeDocuments("n", 5, (index) => ({ text: `note ${index}` }));
  const format = name === "whole.zip" ? "zip" : "ndjson";
  const bytes = await readBytes(await makeFile(new MemorySource({ notes, empty: [] }), { format }));
  writeFileSync(path.join(folder, name), bytes);
  return bytes;
}

async function readAll(name: string, bytes: Buffer): Promise<number> {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  const input = await openExport(file);
  try {
    let documents = 0;
    for await (const batch of input.batches) documents += batch.documents.length;
    return documents;
  } finally {
    input.close();
  }
}

const change = (bytes: Buffer, at: number, bits: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ bits;
  return changed;
};

const INTEGRITY = { name: "AnalysisError", kind: "integrity" };

describe("NDJSON", () => {
  test("that is whole is read, and so is a bundle", async () => {
    expect(await readAll("a.ndjson", ndjson)).toBe(5);
    expect(await readAll("a.zip", zip)).toBe(5);
  });

  test("with any byte changed behind the word by which it is recognised is refused", async () => {
    const start = '{"metadata":'.length;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: start, max: ndjson.byteLength - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, bits) => {
          await expect(readAll("a.ndjson", change(ndjson, at, bits))).rejects.toMatchObject(
            INTEGRITY,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each(["\r", "\t", " ", ""])("whose last newline became %j is refused", async (end) => {
    const bytes = Buffer.concat([ndjson.subarray(0, -1), Buffer.from(end)]);
    await expect(readAll("a.ndjson", bytes)).rejects.toMatchObject(INTEGRITY);
  });

  test.each<[string, (lines: string[]) => string[]]>([
    [
      "has a table whose name is no word",
      ([head = "", ...lines]) => [
        head,
        ...lines.map((line) => line.replace('"table":"', '"table":"\u0001')),
      ],
    ],
    ["goes on behind its end", (lines) => [...lines, lines[1] ?? ""]],
    ["has its end twice", (lines) => [...lines, lines.at(-1) ?? ""]],
    [
      "has lines in another order",
      (lines) => lines.with(1, lines[2] ?? "").with(2, lines[1] ?? ""),
    ],
  ])("that %s is refused", async (_, edit) => {
    const lines = edit(ndjson.toString("utf8").trimEnd().split("\n"));
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    await expect(readAll("a.ndjson", bytes)).rejects.toMatchObject(INTEGRITY);
  });

  test("with a changed text is neither loaded nor compared", async () => {
    const file = path.join(folder, "b.ndjson");
    writeFileSync(file, ndjson.toString("utf8").replace("note 3", "note 4"));
    const { signal } = new AbortController();
    await expect(openDatabase(file, { isKept: false, signal })).rejects.toMatchObject(INTEGRITY);
    const whole = path.join(folder, "whole.ndjson");
    const options = { withIds: false, withFingerprints: false, signal };
    await expect(diffExports(whole, file, options)).rejects.toMatchObject(INTEGRITY);
  });
});

describe("a bundle", () => {
  /** The same files in an archive without compression, one of them with another text. */
  async function pack(from = "", to = ""): Promise<Buffer> {
    const archive = new ZipFile();
    for (const { path: name, content } of await unzip(zip)) {
      const text = content.toString("utf8").replace(from, to);
      archive.addBuffer(Buffer.from(text), name, { compress: false });
    }
    archive.end();
    return await buffer(archive.outputStream);
  }

  test("that was packed anew is read", async () => {
    expect(await readAll("a.zip", await pack())).toBe(5);
  });

  test.each([
    ["schema.json", "that a document lacks", "that no document lacks"],
    ["data/notes.ndjson", "note 3", "note 4"],
  ])("whose %s was changed and packed anew is refused, and verify says so", async (_, from, to) => {
    await expect(readAll("a.zip", await pack(from, to))).rejects.toMatchObject(INTEGRITY);
    expect((await checkBundle(path.join(folder, "a.zip"))).problems).not.toEqual([]);
  });

  test("without a file of its manifest, or with one more, is named by verify", async () => {
    const archive = new ZipFile();
    for (const { path: name, content } of await unzip(zip)) {
      archive.addBuffer(content, name === "schema.json" ? "another.json" : name);
    }
    archive.end();
    writeFileSync(path.join(folder, "c.zip"), await buffer(archive.outputStream));
    const { problems, metadata } = await checkBundle(path.join(folder, "c.zip"));
    expect(problems).toEqual([
      { path: "schema.json", line: 0, message: "the file is missing" },
      { path: "another.json", line: 0, message: "the manifest does not know this file" },
    ]);
    expect(metadata?.totalRecords).toBe(5);
  });

  test("whose manifest.json has a changed byte is refused, and verify says so", async () => {
    const packed = await pack();
    const at = packed.indexOf('"exportedBy": "') + '"exportedBy": "'.length;
    await expect(readAll("a.zip", change(packed, at, 1))).rejects.toMatchObject(INTEGRITY);
    expect((await checkBundle(path.join(folder, "a.zip"))).problems).not.toEqual([]);
  });

  test("with a changed byte in what was compressed is refused, and verify says so", async () => {
    for (const name of ["schema.json", "data/notes.ndjson", "manifest.json"]) {
      const at = zip.indexOf(name) + name.length + 30;
      await expect(readAll("a.zip", change(zip, at, 0x55))).rejects.toMatchObject(INTEGRITY);
      expect((await checkBundle(path.join(folder, "a.zip"))).problems).not.toEqual([]);
    }
  });
});
