import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { manifestSchema } from "~/export/formats/manifest";
import {
  capture,
  EXPORTED_AT,
  makeCapacity,
  makeFile,
  MEBIBYTE,
  readBytes,
} from "../../../support/export-runs";
import { assembleFile } from "~/export/document";
import { makeDocuments, toLine } from "../../../support/memory-documents";
import { MemorySource } from "../../../support/memory-source";
import { unzip } from "../../../support/unzip";

const TABLES = {
  people: makeDocuments("p", 3, (index) => ({ name: `Zoë ${index}` })),
  empty: [],
  notes: makeDocuments("n", 2, () => ({ text: 'two\nlines, a "quote", and ,\n' })),
};

const bundleOf = (source = new MemorySource(TABLES)) => makeFile(source, { format: "zip" });

test("a bundle has its texts, a file per table, and last the manifest", async () => {
  const file = await bundleOf();
  expect(file.name).toBe("supportsignal-db-export-2026-01-31-0405.zip");
  const entries = await unzip(await readBytes(file));
  expect(entries.map(({ path }) => path)).toEqual([
    "README.md",
    "CLAUDE.md",
    "schema.json",
    "load.sql",
    "data/people.ndjson",
    "data/empty.ndjson",
    "data/notes.ndjson",
    "manifest.json",
  ]);
  const content = (path: string) =>
    entries.find((entry) => entry.path === path)?.content.toString("utf8");
  for (const [name, documents] of Object.entries(TABLES)) {
    expect(content(`data/${name}.ndjson`)).toBe(
      documents.map((each) => `${toLine(each)}\n`).join(""),
    );
  }
  expect(entries.every(({ mode }) => mode === 0o100600)).toBe(true);
});

test("the manifest has the metadata, and records, bytes and SHA-256 of every other file", async () => {
  const file = await bundleOf();
  const entries = await unzip(await readBytes(file));
  const manifest = manifestSchema.parse(
    JSON.parse(entries.at(-1)?.content.toString("utf8") ?? "") as unknown,
  );
  expect(manifest.metadata).toEqual(file.metadata);
  expect(manifest.files).toEqual(
    entries.slice(0, -1).map(({ path, content }) => ({
      path,
      ...(path.startsWith("data/")
        ? { table: path.slice(5, -7), records: content.toString("utf8").split("\n").length - 1 }
        : {}),
      bytes: content.byteLength,
      sha256: createHash("sha256").update(content).digest("hex"),
    })),
  );
});

test("the same snapshot gives the same bytes, however it was read, and in every time zone", async () => {
  const zone = process.env["TZ"];
  try {
    const digests = [];
    for (const [TZ, maximumDocuments] of [
      ["UTC", 1],
      ["Australia/Lord_Howe", 2],
      ["America/St_Johns", 1000],
    ] as const) {
      process.env["TZ"] = TZ;
      const source = new MemorySource(TABLES, { cutSeed: maximumDocuments });
      const page = { maximumBytes: MEBIBYTE, maximumDocuments };
      const file = await makeFile(source, { format: "zip", page });
      digests.push(
        createHash("sha256")
          .update(await readBytes(file))
          .digest("hex"),
      );
      expect(file.digest.toString("hex")).toBe(digests.at(-1));
    }
    expect(new Set(digests).size).toBe(1);
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});

test("its files have the time of the snapshot, in UTC", async () => {
  const [entry] = await unzip(await readBytes(await bundleOf()));
  // 2026-01-31T04:05:06Z, in the two numbers that MS-DOS makes of it.
  expect(entry?.modified).toEqual({
    date: ((2026 - 1980) << 9) | (1 << 5) | 31,
    time: (4 << 11) | (5 << 5) | (6 / 2),
  });
});

test("any part of it can be read, as often as needed, until it is disposed of", async () => {
  const file = await bundleOf();
  const whole = await readBytes(file);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.byteLength), fc.nat(whole.byteLength), async (a, b) => {
      const range = { start: Math.min(a, b), end: Math.max(a, b) };
      expect((await readBytes(file, range)).equals(whole.subarray(range.start, range.end))).toBe(
        true,
      );
    }),
  );
  file.dispose();
  await expect(readBytes(file)).rejects.toThrow();
});

test("once it is made, the lines that it was made of take no memory", async () => {
  const capacity = makeCapacity();
  const text = "the same over and over, ".repeat(1000);
  const source = new MemorySource({ notes: makeDocuments("n", 200, () => ({ text })) });
  const file = await makeFile(source, { format: "zip", capacity });
  expect(file.bytes).toBeLessThan(MEBIBYTE / 4);
  expect(capacity.spools.memoryHeld).toBeLessThan(MEBIBYTE / 2);
  file.dispose();
  expect(capacity.spools.memoryHeld).toBe(0);
});

test.each(["zip", "ndjson"] as const)(
  "%s that is cancelled while it is made frees all that was read ahead",
  async (format) => {
    // On the disk, so that reading takes memory of its own.
    const capacity = makeCapacity({ memoryBytes: 0 });
    const text = "x".repeat(100_000);
    const source = new MemorySource({ notes: makeDocuments("n", 60, () => ({ text })) });
    const { plan, capture: captured, spool } = await capture(source, { capacity });
    const controller = new AbortController();
    const assembling = assembleFile(plan, captured, spool, {
      format,
      exportedAt: EXPORTED_AT,
      consistency: "snapshot",
      latest: plan.timestamp,
      signal: controller.signal,
    });
    controller.abort(new Error("the client went away"));
    await expect(assembling).rejects.toThrow("the client went away");
    spool.dispose();
    await spool.disposed;
    expect(capacity.spools.memoryHeld).toBe(0);
    expect(capacity.spools.diskHeld).toBe(0);
  },
);

test("a disk that is too small for it fails the export, and leaves nothing", async () => {
  const capacity = makeCapacity({ memoryBytes: 0, diskBytes: 8 * MEBIBYTE });
  const documents = makeDocuments("n", 50, () => ({ text: "x".repeat(100_000) }));
  const made = makeFile(new MemorySource({ notes: documents }), { format: "ndjson", capacity });
  await expect(made).rejects.toMatchObject({ code: "too_large" });
});

test("a spool that breaks while the archive is made fails it with the spool's own error", async () => {
  const capacity = makeCapacity({ memoryBytes: 0, diskBytes: 7 * MEBIBYTE });
  const noise = () => randomBytes(60_000).toString("base64");
  const source = new MemorySource({ notes: makeDocuments("n", 60, () => ({ text: noise() })) });
  const made = makeFile(source, { format: "zip", capacity });
  await expect(made).rejects.toMatchObject({ code: "too_large" });
});
