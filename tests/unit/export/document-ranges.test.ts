import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ByteRange, ExportFile } from "~/export/document";
import {
  capture,
  makeCapacity,
  makeFile,
  MEBIBYTE,
  readBytes,
  readPieces,
} from "../../support/export-runs";
import { assembleFile } from "~/export/document";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";
import { untilFree } from "../../support/jobs";

const PIECE_BYTES = 256 * 1024;

/** Three tables of many pages, of which some are in memory and most on disk. */
function makeSource(): MemorySource {
  return new MemorySource({
    notes: makeDocuments("n", 900, (index) => ({ text: "né\u2028".repeat(index) })),
    empty: [],
    large: makeDocuments("l", 3, (index) => ({ text: String(index).repeat(700_000) })),
  });
}

const OPTIONS = { page: { maximumBytes: 100_000, maximumDocuments: 100 } };

const capacity = makeCapacity({ memoryBytes: MEBIBYTE, queries: 2 });
let file: ExportFile;
let whole: Buffer;

beforeAll(async () => {
  file = await makeFile(makeSource(), { ...OPTIONS, capacity });
  whole = await readBytes(file);
});

afterAll(() => file.dispose());

describe("a part of a file", () => {
  test("is the same bytes as the same part of the whole, wherever it begins and ends", async () => {
    expect(file.bytes).toBe(whole.byteLength);
    expect(file.digest).toEqual(createHash("sha256").update(whole).digest());
    const offset = fc.oneof(
      fc.nat(whole.byteLength),
      fc.nat(600), // within the metadata
      fc.nat(40).map((behind) => whole.byteLength - behind),
      fc.nat(20).map((piece) => Math.min(piece * PIECE_BYTES, whole.byteLength)),
    );
    await fc.assert(
      fc.asyncProperty(offset, offset, async (a, b) => {
        const range = { start: Math.min(a, b), end: Math.max(a, b) };
        const pieces = await readPieces(file, range);
        for (const piece of pieces) {
          expect(piece.byteLength).toBeGreaterThan(0);
          expect(piece.byteLength).toBeLessThanOrEqual(PIECE_BYTES);
        }
        const isSame = Buffer.concat(pieces).equals(whole.subarray(range.start, range.end));
        expect(isSame).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("of one byte is that byte, all along the seams of the file", async () => {
    const text = whole.toString("latin1");
    const seams = [...text.matchAll(/"(notes|empty|large)": \[|\],?\n/g)].map(({ index }) => index);
    expect(seams.length).toBeGreaterThan(5);
    for (const seam of seams) {
      for (let start = Math.max(0, seam - 3); start < seam + 6; start += 1) {
        const byte = await readBytes(file, { start, end: start + 1 });
        expect(byte).toEqual(whole.subarray(start, start + 1));
      }
    }
  });

  test("is read by several at once, each in its own place", async () => {
    const ranges: ByteRange[] = Array.from({ length: 12 }, (_, index) => ({
      start: Math.floor((index / 20) * whole.byteLength),
      end: Math.floor(((index + 8) / 20) * whole.byteLength),
    }));
    const parts = await Promise.all(ranges.map((range) => readBytes(file, range)));
    for (const [index, { start, end }] of ranges.entries()) {
      expect(parts[index]?.equals(whole.subarray(start, end))).toBe(true);
    }
  });

  test.each([
    [-1, 5],
    [5, 4],
    [0, Infinity],
    [NaN, 5],
  ])("from %d to %d is refused, for there is none", async (start, end) => {
    await expect(readPieces(file, { start, end })).rejects.toMatchObject({ code: "internal" });
  });

  test("that ends behind the file is refused", async () => {
    const range = { start: 0, end: whole.byteLength + 1 };
    await expect(readPieces(file, range)).rejects.toMatchObject({ code: "internal" });
  });

  test("may be left unread", async () => {
    for (let reader = 0; reader < 5; reader += 1) {
      for await (const piece of file.content()) {
        expect(piece.byteLength).toBeGreaterThan(0);
        if (piece.byteLength === PIECE_BYTES) break;
      }
    }
    expect((await readBytes(file)).equals(whole)).toBe(true);
  });
});

describe("a file that is disposed of", () => {
  test("while it is read fails for every reader, however far it is", async () => {
    const mortal = await makeFile(makeSource(), { ...OPTIONS, capacity });
    const early = mortal.content();
    const late = mortal.content({ start: 0, end: 700_000 });
    const atEnd = mortal.content({ start: mortal.bytes - 10, end: mortal.bytes });
    await early.next();
    for (let read = 0; read < 600_000;) {
      const { value, done } = await late.next();
      if (done === true) throw new Error("the part was shorter than it was to be");
      read += value.byteLength;
    }
    while ((await atEnd.next()).value?.at(-1) !== "\n".charCodeAt(0));
    mortal.dispose();
    for (const reader of [early, late, atEnd]) {
      await expect(reader.next()).rejects.toMatchObject({ code: "internal" });
    }
    await expect(readPieces(mortal, { start: 0, end: 0 })).rejects.toMatchObject({
      code: "internal",
    });
  });

  test("leaves nothing in memory or on disk", async () => {
    const own = makeCapacity({ memoryBytes: MEBIBYTE, queries: 2 });
    const mortal = await makeFile(makeSource(), { ...OPTIONS, capacity: own });
    expect(own.spools.memoryHeld).toBeGreaterThan(0);
    expect(own.spools.diskHeld).toBeGreaterThan(0);
    const reader = mortal.content();
    await reader.next();
    mortal.dispose();
    mortal.dispose();
    await expect(reader.next()).rejects.toMatchObject({ code: "internal" });
    await untilFree(own);
  });
});

describe("while a file is put together or read", () => {
  /** How often the event loop turns while work is done. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
    let turns = 0;
    let isWorking = true;
    const count = () => {
      turns += 1;
      if (isWorking) setImmediate(count);
    };
    setImmediate(count);
    await work().finally(() => (isWorking = false));
    return turns;
  }

  test("others get their turn also where many small pieces are gathered", async () => {
    const source = new MemorySource({
      notes: makeDocuments("n", 1000, () => ({ text: "x".repeat(1000) })),
    });
    const page = { maximumBytes: MEBIBYTE, maximumDocuments: 2 };
    const small = await makeFile(source, { page });
    const turns = await turnsDuring(async () => {
      const sizes = (await readPieces(small)).map((piece) => piece.byteLength);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024);
      // A piece more would not have fitted.
      expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(64 * 1024 - 3000);
    });
    expect(turns).toBeGreaterThanOrEqual(Math.floor(small.bytes / PIECE_BYTES));
  });

  test("a client that goes away ends it, long before the file has been read", async () => {
    const text = "x".repeat(MEBIBYTE / 2);
    const source = new MemorySource({ large: makeDocuments("l", 40, () => ({ text })) });
    const { plan, capture: captured, spool, clock } = await capture(source);
    const controller = new AbortController();
    const gone = new Error("gone");
    const turns = await turnsDuring(async () => {
      setImmediate(() => controller.abort(gone));
      const assembling = assembleFile(plan, captured, spool, {
        exportedAt: new Date(),
        consistency: "snapshot",
        latest: await clock.latest,
        signal: controller.signal,
      });
      await expect(assembling).rejects.toBe(gone);
    });
    spool.dispose();
    // The whole of it takes 80 turns, one for each 256 KiB.
    expect(turns).toBeLessThan(20);
  });
});
