import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "~/analysis/database";
import { diffExports } from "~/analysis/diff";
import { readStream } from "~/analysis/export-input";
import { writeFolder } from "~/analysis/folder";
import { checkFolder } from "~/analysis/folder-check";
import { FOLDER_FORMATS } from "~/export/formats/format";
import { makeFile } from "../../support/export-runs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const MADE_FROM = { bytes: 1234, sha256: "ab".repeat(32) };
const { signal } = new AbortController();

let base: string;
beforeAll(async () => {
  base = mkdtempSync(path.join(tmpdir(), "supportsignal-folders-"));
  const notes = makeDocuments("n", 5, (index) => ({ text: `a "quote",\nand a line ${index}` }));
  const source = new MemorySource({ notes, empty: [] });
  for (const format of FOLDER_FORMATS) {
    const folder = path.join(base, format);
    mkdirSync(folder);
    const input = await readStream((await makeFile(source)).content(), "json");
    await writeFolder(input, folder, format, MADE_FROM, signal);
  }
});
afterAll(() => rmSync(base, { recursive: true }));

/** A copy of a folder, changed. */
function changed(format: string, change: (file: (name: string) => string) => void): string {
  const folder = mkdtempSync(path.join(base, "changed-"));
  cpSync(path.join(base, format), folder, { recursive: true });
  change((name) => path.join(folder, name));
  return folder;
}

async function problemsOf(folder: string): Promise<string[]> {
  const { problems } = await checkFolder(folder);
  return problems.map((each) => `${each.path ?? ""}: ${each.message}`);
}

describe.each(FOLDER_FORMATS)("a folder of %s", (format) => {
  test("as it was exported is complete, with the rows of every table", async () => {
    expect(await checkFolder(path.join(base, format))).toMatchObject({
      format,
      madeFrom: MADE_FROM,
      problems: [],
      recordCounts: { notes: 5, empty: 0 },
    });
  });

  test("with a changed byte in any file names the file", async () => {
    for (const name of [`notes.${format}`, "schema.json"]) {
      const folder = changed(format, (file) => {
        const bytes = readFileSync(file(name));
        bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
        writeFileSync(file(name), bytes);
      });
      expect(await problemsOf(folder)).toEqual([`${name}: its SHA-256 is not the manifest's`]);
    }
  });

  test("with a file too few, too many or too long names it", async () => {
    const folder = changed(format, (file) => {
      rmSync(file(`empty.${format}`));
      appendFileSync(file("schema.json"), "\n");
      writeFileSync(file("notes.txt"), "mine");
    });
    const problems = await problemsOf(folder);
    expect(problems).toHaveLength(3);
    expect(problems).toContain(`empty.${format}: the file is missing`);
    expect(problems).toContain("notes.txt: the manifest does not know this file");
    expect(problems.join()).toMatch(/schema\.json: \d+ bytes were exported, \d+ are here/);
  });

  test("whose manifest counts other rows than there are is not complete", async () => {
    const folder = changed(format, (file) => {
      const text = readFileSync(file("manifest.json"), "utf8");
      writeFileSync(file("manifest.json"), text.replace('"records": 5', '"records": 6'));
    });
    expect(await problemsOf(folder)).toEqual([
      `notes.${format}: the manifest says 6 documents`,
      "manifest.json: notes: 5 documents were exported, not 6",
    ]);
  });

  test("can be neither queried nor compared, and the error says what can", async () => {
    const folder = path.join(base, format);
    const refusal = { kind: "usage", message: expect.stringContaining("is a folder") as string };
    let isLoading = false;
    const onLoading = () => void (isLoading = true);
    await expect(openDatabase(folder, { isKept: true, signal, onLoading })).rejects.toMatchObject(
      refusal,
    );
    expect(isLoading).toBe(false);
    const options = { withIds: false, withFingerprints: false, signal };
    await expect(diffExports(folder, folder, options)).rejects.toMatchObject(refusal);
  });
});

test("a folder without a manifest, or with another one, is no export", async () => {
  const without = changed("csv", (file) => renameSync(file("manifest.json"), file("other.json")));
  expect(await problemsOf(without)).toEqual([": the folder has no manifest.json"]);
  for (const text of ["{}", "{"]) {
    const other = changed("csv", (file) => writeFileSync(file("manifest.json"), text));
    expect(await problemsOf(other)).toEqual([
      "manifest.json: it is not that of a folder of Parquet or CSV",
    ]);
  }
});

test("a manifest that names a file elsewhere leads nowhere", async () => {
  const folder = changed("csv", (file) => {
    const text = readFileSync(file("manifest.json"), "utf8");
    writeFileSync(
      file("manifest.json"),
      text.replace('"path": "notes.csv"', '"path": "../csv/notes.csv"'),
    );
  });
  expect(await problemsOf(folder)).toContain("../csv/notes.csv: the file is missing");
});
