import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { inspectFile } from "~/workers/file-inspection";
import type { FileInspection } from "~/workers/inspection";
import { makeFile, readBytes } from "../support/export-runs";
import { makeDocuments } from "../support/memory-documents";
import { MemorySource } from "../support/memory-source";
import { unzip } from "../support/unzip";

let bundle: Buffer;
beforeAll(async () => {
  const notes = makeDocuments("n", 5, (index) => ({ text: `note ${index}` }));
  const source = new MemorySource({ notes, empty: [] });
  bundle = await readBytes(await makeFile(source, { format: "zip" }));
});

const inspect = (bytes: Buffer) => inspectFile(new Blob([new Uint8Array(bytes)]), () => {});

const problemsOf = ({ problems }: FileInspection) =>
  problems.map((problem) => [problem.path, problem.message]);

type Files = Map<string, string>;

/** The files of the bundle in a new archive, once they were changed. */
async function pack(change: (files: Files) => unknown): Promise<Buffer> {
  const files: Files = new Map();
  for (const { path: name, content } of await unzip(bundle))
    files.set(name, content.toString("utf8"));
  change(files);
  const archive = new ZipFile();
  for (const [name, text] of files) archive.addBuffer(Buffer.from(text), name);
  archive.end();
  return await buffer(archive.outputStream);
}

const edit = (name: string, from: string, to: string) => (files: Files) =>
  files.set(name, (files.get(name) ?? "").replace(from, to));

test("a bundle is complete, with the digest of the whole file", async () => {
  const progress: number[] = [];
  const file = new Blob([new Uint8Array(bundle)]);
  expect(await inspectFile(file, (bytes) => progress.push(bytes))).toEqual({
    kind: "export",
    format: "zip",
    bytes: bundle.byteLength,
    digest: createHash("sha256").update(bundle).digest("hex"),
    problems: [],
    records: 5,
    snapshotTimestamp: "2026-01-31T04:05:06.123Z",
  });
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(bundle.byteLength);
});

test("a bundle that was packed anew is complete, and another file", async () => {
  const { kind, digest } = await inspect(await pack(() => {}));
  expect(kind).toBe("export");
  expect(digest).not.toBe(createHash("sha256").update(bundle).digest("hex"));
});

test("a bundle that was cut off anywhere is told as such", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: bundle.byteLength - 1 }), async (bytes) => {
      const { kind, problems } = await inspect(bundle.subarray(0, bytes));
      expect(kind).toBe("cut_off");
      expect(problems).toHaveLength(1);
    }),
    { numRuns: 100 },
  );
});

test("with any byte changed it has another digest, and is complete or told what is wrong", async () => {
  const whole = await inspect(bundle);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bundle.byteLength - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, bits) => {
        const changed = Buffer.from(bundle);
        changed[at] = (changed[at] ?? 0) ^ bits;
        const { digest, kind, problems } = await inspect(changed);
        expect(digest).not.toBe(whole.digest);
        expect(kind === "export").toBe(problems.length === 0);
      },
    ),
    { numRuns: 200 },
  );
});

describe("a bundle is damaged", () => {
  test("with a changed byte in the documents of a table, which is named", async () => {
    const at = bundle.indexOf("data/notes.ndjson") + "data/notes.ndjson".length + 20;
    const changed = Buffer.from(bundle);
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    const inspection = await inspect(changed);
    expect(inspection.kind).toBe("damaged");
    expect(problemsOf(inspection)).toContainEqual([
      "data/notes.ndjson",
      expect.stringContaining("The archive is damaged"),
    ]);
  });

  test.each<[string, (files: Files) => unknown, [string | undefined, unknown][]]>([
    [
      "with another text in a document",
      edit("data/notes.ndjson", "note 3", "note 4"),
      [["data/notes.ndjson", "its SHA-256 is not the manifest's"]],
    ],
    [
      "with another README.md",
      edit("README.md", "#", "##"),
      [["README.md", expect.stringContaining("bytes were exported")]],
    ],
    [
      "without a table",
      (files) => files.delete("data/notes.ndjson"),
      [
        ["data/notes.ndjson", "the file is missing"],
        ["manifest.json", "notes: 5 documents were exported, 0 are here"],
      ],
    ],
    [
      "with a file that the manifest does not know",
      (files) => files.set("data/more.ndjson", ""),
      [["data/more.ndjson", "the manifest does not know this file"]],
    ],
  ])("%s", async (_what, change, problems) => {
    const inspection = await inspect(await pack(change));
    expect(inspection.kind).toBe("damaged");
    expect(problemsOf(inspection)).toEqual(problems);
  });

  test("where a file is there twice, or something stands around the archive", async () => {
    const archive = new ZipFile();
    for (const { path: name, content } of await unzip(bundle)) {
      archive.addBuffer(content, name);
      if (name === "README.md") archive.addBuffer(Buffer.from("another"), name);
    }
    archive.end();
    const doubled = await buffer(archive.outputStream);
    const longer = Buffer.concat([bundle, Buffer.from("more")]);
    for (const bytes of [doubled, longer]) {
      expect(await inspect(bytes)).toMatchObject({ kind: "damaged", records: 0 });
    }
  });
});

test.each<[string, (files: Files) => unknown]>([
  ["has no manifest.json", (files) => files.delete("manifest.json")],
  ["has the manifest.json of another program", (files) => files.set("manifest.json", "{}")],
  ["has a manifest.json that is no JSON", (files) => files.set("manifest.json", "manifest")],
])("an archive that %s is no export", async (_what, change) => {
  const inspection = await inspect(await pack(change));
  expect(inspection.kind).toBe("other");
  expect(problemsOf(inspection)).toEqual([
    [undefined, expect.stringContaining("The archive is not a complete export")],
  ]);
});

test("a bundle that is removed while it is read is not inspected, and not told as damaged", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "supportsignal-bundle-"));
  try {
    const file = path.join(folder, "bundle.zip");
    await writeFile(file, bundle);
    const blob = await openAsBlob(file);
    let isRemoved = false;
    const inspecting = inspectFile(blob, () => {
      if (!isRemoved) void rm(file);
      isRemoved = true;
    });
    await expect(inspecting).rejects.toMatchObject({ name: "NotReadableError" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
