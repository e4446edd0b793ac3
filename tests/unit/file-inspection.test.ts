import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { prepareExport } from "~/export/run";
import { inspectFile, type FileKind } from "~/workers/file-inspection";
import { MemoryRecorder, readBytes } from "../support/export-runs";
import { makeJob } from "../support/jobs";
import { makeDocuments, MemorySource } from "../support/memory-source";

async function exportBytes(): Promise<Uint8Array> {
  const source = new MemorySource({
    companies: makeDocuments("c", 40, () => ({ name: "Harbour Care" })),
    sites: makeDocuments("s", 3),
    users: [],
  });
  const { file } = await prepareExport(makeJob(source, new MemoryRecorder()));
  return new Uint8Array(await readBytes(file));
}

/** @param size Bytes of each piece. */
function streamOf(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.byteLength) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

const inspect = (bytes: Uint8Array, size = 1000) => inspectFile(streamOf(bytes, size), () => {});

test.each([1, 7, 64, 1_000_000])("a file is read %d bytes at a time", async (size) => {
  const bytes = await exportBytes();
  const progress: number[] = [];
  const inspection = await inspectFile(streamOf(bytes, size), (read) => progress.push(read));
  expect(inspection).toEqual({
    kind: "export",
    bytes: bytes.byteLength,
    digest: createHash("sha256").update(bytes).digest("hex"),
    problems: [],
    records: 43,
    snapshotTimestamp: "2026-01-31T04:05:06.123Z",
  });
  expect(progress).toHaveLength(Math.ceil(bytes.byteLength / size));
  expect(progress.at(-1)).toBe(bytes.byteLength);
});

const text = (content: string) => new TextEncoder().encode(content);

test.each<[string, FileKind, (bytes: Uint8Array) => Uint8Array]>([
  ["without bytes", "empty", () => new Uint8Array()],
  ["that ends too early", "cut_off", (bytes) => bytes.slice(0, -60)],
  ["that ends within its last line", "cut_off", (bytes) => bytes.slice(0, -1)],
  ["of another kind", "other", () => text('{"companies":[]}\n')],
  ["that is no text", "other", () => new Uint8Array([0xff, 0xfe, 0x0a, 0x00])],
  ["with something behind its end", "damaged", (bytes) => Uint8Array.of(...bytes, 0x7b, 0x0a)],
])("a file %s is %s", async (_what, kind, change) => {
  const inspection = await inspect(change(await exportBytes()));
  expect(inspection.kind).toBe(kind);
  expect(inspection.problems.length).toBeGreaterThan(0);
});

test("a changed byte changes the digest, also where the structure is as before", async () => {
  const bytes = await exportBytes();
  const changed = text(new TextDecoder().decode(bytes).replace("Harbour", "Harbor!"));
  const [before, after] = [await inspect(bytes), await inspect(changed)];
  expect(after.kind).toBe("export");
  expect(after.digest).not.toBe(before.digest);
});

test("a file that cannot be read to its end is not inspected", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: () => Promise.reject(new Error("the file was removed")),
  });
  await expect(inspectFile(broken, () => {})).rejects.toThrow("the file was removed");
});
