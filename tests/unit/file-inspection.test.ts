import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { DownloadFormat } from "~/export/formats/format";
import { inspectFile } from "~/workers/file-inspection";
import type { FileKind } from "~/workers/inspection";
import { makeFile, readBytes } from "../support/export-runs";
import { makeDocuments } from "../support/memory-documents";
import { MemorySource } from "../support/memory-source";

async function exportBytes(format: DownloadFormat): Promise<Uint8Array<ArrayBuffer>> {
  const source = new MemorySource({
    companies: makeDocuments("c", 40, () => ({ name: "Harbour Care" })),
    sites: makeDocuments("s", 3),
    users: [],
  });
  return new Uint8Array(await readBytes(await makeFile(source, { format })));
}

/** A file that is read in pieces of so many bytes. */
class PiecewiseFile extends Blob {
  constructor(
    private readonly content: Uint8Array<ArrayBuffer>,
    private readonly pieceBytes: number,
  ) {
    super([content]);
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = 0;
    return new ReadableStream({
      pull: (controller) => {
        if (at >= this.content.byteLength) return controller.close();
        controller.enqueue(this.content.slice(at, at + this.pieceBytes));
        at += this.pieceBytes;
      },
    });
  }
}

const inspect = (bytes: Uint8Array<ArrayBuffer>) =>
  inspectFile(new PiecewiseFile(bytes, 1000), () => {});

const LINES = ["json", "ndjson"] as const;

test.each([1, 7, 64, 1_000_000].flatMap((size) => LINES.map((format) => ({ size, format }))))(
  "a file is read $size bytes at a time, as $format",
  async ({ size, format }) => {
    const bytes = await exportBytes(format);
    const progress: number[] = [];
    const file = new PiecewiseFile(bytes, size);
    const inspection = await inspectFile(file, (read) => progress.push(read));
    expect(inspection).toEqual({
      kind: "export",
      format,
      bytes: bytes.byteLength,
      digest: createHash("sha256").update(bytes).digest("hex"),
      problems: [],
      records: 43,
      snapshotTimestamp: "2026-01-31T04:05:06.123Z",
    });
    expect(progress).toHaveLength(Math.ceil(bytes.byteLength / size));
    expect(progress.at(-1)).toBe(bytes.byteLength);
  },
);

const text = (content: string) => new TextEncoder().encode(content);

test.each<[string, FileKind, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>]>([
  ["without bytes", "empty", () => new Uint8Array()],
  ["that ends too early", "cut_off", (bytes) => bytes.slice(0, -60)],
  ["that ends within its last line", "cut_off", (bytes) => bytes.slice(0, -1)],
  ["that ends at the end of a line", "cut_off", (bytes) => bytes.slice(0, lastLine(bytes))],
  ["of another kind", "other", () => text('{"companies":[]}\n')],
  ["that is no text", "other", () => new Uint8Array([0xff, 0xfe, 0x0a, 0x00])],
  ["with something behind its end", "damaged", (bytes) => Uint8Array.of(...bytes, 0x7b, 0x0a)],
])("a file %s is %s", async (_what, kind, change) => {
  for (const format of LINES) {
    const inspection = await inspect(change(await exportBytes(format)));
    expect(inspection.kind).toBe(kind);
    expect(inspection.problems.length).toBeGreaterThan(0);
  }
});

/** Where the last line begins. */
function lastLine(bytes: Uint8Array): number {
  return bytes.lastIndexOf(0x0a, -2) + 1;
}

/** The same but for the text of one document. */
function withChangedText(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return text(new TextDecoder().decode(bytes).replace("Harbour", "Harbor!"));
}

test("a changed byte changes the digest, also where the structure is as before", async () => {
  const bytes = await exportBytes("json");
  const [before, after] = [await inspect(bytes), await inspect(withChangedText(bytes))];
  expect(after.kind).toBe("export");
  expect(after.digest).not.toBe(before.digest);
});

test("a changed byte in NDJSON is found by the digest in its last line", async () => {
  const { kind, problems } = await inspect(withChangedText(await exportBytes("ndjson")));
  expect(kind).toBe("damaged");
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining("their SHA-256 differs"),
  ]);
});

test("a file that cannot be read to its end is not inspected", async () => {
  class BrokenFile extends Blob {
    override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
      return new ReadableStream({
        pull: () => Promise.reject(new Error("the file was removed")),
      });
    }
  }
  await expect(inspectFile(new BrokenFile(), () => {})).rejects.toThrow("the file was removed");
});
