import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SpoolSegment } from "~/export/spool";
import { BLOCK, collect, errorOf, fill, free, makeDirectory, makeSpace } from "./spool-support";

const DATA = randomBytes(16 * BLOCK);

describe("what is written is read back", () => {
  test("whatever the sizes of the writes, the ranges, and what of it is in memory", async () => {
    const directory = makeDirectory();
    const sizes = fc.oneof(
      fc.integer({ min: 0, max: 3 * BLOCK }),
      fc.integer({ min: 0, max: 50 }),
      fc.constantFrom(BLOCK - 1, BLOCK, BLOCK + 1),
    );
    const ends = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 6 * BLOCK }),
        fc.array(fc.array(sizes, { maxLength: 4 }), { maxLength: 4 }),
        fc.array(ends, { minLength: 1, maxLength: 4 }),
        async (memoryBytes, writes, ranges) => {
          const space = makeSpace({ directory, memoryBytes });
          const spool = space.open();
          const written = writes.map((sizes) => ({ sizes, segment: spool.segment(), bytes: 0 }));
          // In turns, so that the blocks of all segments mix.
          for (let round = 0; round < 4; round++) {
            for (const entry of written) {
              const size = entry.sizes[round] ?? 0;
              await entry.segment.write(DATA.subarray(entry.bytes, entry.bytes + size));
              entry.bytes += size;
            }
          }
          await Promise.all(written.map(({ segment }) => segment.end()));
          for (const { segment, bytes } of written) {
            expect(segment.length).toBe(bytes);
            expect((await collect(segment)).equals(DATA.subarray(0, bytes))).toBe(true);
            await Promise.all(
              ranges.map(async (range) => {
                const [start = 0, end = 0] = range.map((at) => Math.floor(at * bytes)).sort(order);
                const read = await collect(segment, start, end);
                expect(read.equals(DATA.subarray(start, end))).toBe(true);
              }),
            );
          }
          expect(space.memoryHeld).toBeLessThanOrEqual(memoryBytes);
          expect(space.memoryHeld + space.diskHeld).toBe(sum(written.map(({ bytes }) => bytes)));
          spool.dispose();
          await spool.disposed;
          expect([space.memoryHeld, space.diskHeld]).toEqual([0, 0]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ["memory", 16 * BLOCK],
    ["the file", 0],
  ])("in pieces of at most 256 KiB from %s", async (_place, memoryBytes) => {
    const spool = makeSpace({ memoryBytes }).open();
    const segment = await fill(spool, DATA.subarray(0, 3 * BLOCK + 5));
    const sizes: number[] = [];
    for await (const piece of segment.read(10)) sizes.push(piece.byteLength);
    expect(sizes).toEqual([BLOCK - 10, BLOCK, BLOCK, 5]);
    spool.dispose();
  });

  test("when the caller uses its buffer again at once", async () => {
    const spool = makeSpace().open();
    const segment = spool.segment();
    const buffer = Buffer.alloc(BLOCK + 1, "a");
    await segment.write(buffer);
    buffer.fill("b");
    await segment.write(buffer);
    buffer.fill("c");
    await segment.end();
    expect((await collect(segment)).toString()).toBe("a".repeat(BLOCK + 1) + "b".repeat(BLOCK + 1));
    spool.dispose();
  });

  test("and nothing where nothing was written or asked for", async () => {
    const spool = makeSpace().open();
    expect(await collect(await fill(spool, Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
    expect(await collect(await fill(spool, DATA), 70, 70)).toEqual(Buffer.alloc(0));
    spool.dispose();
  });
});

describe("a segment", () => {
  test("is not read before it is held safely, nor past its end", async () => {
    for (const memoryBytes of [0, 4 * BLOCK]) {
      const spool = makeSpace({ memoryBytes }).open();
      const segment = spool.segment();
      await segment.write(DATA.subarray(0, BLOCK + 10));
      expect((await errorOf(() => collect(segment, 0, 10))).code).toBe("internal");
      await segment.end();
      for (const range of [
        [-1, 5],
        [0, BLOCK + 11],
        [6, 5],
        [Number.NaN, 5],
      ]) {
        expect((await errorOf(() => collect(segment, ...range))).code).toBe("internal");
      }
      expect(await collect(segment, 0, 10)).toEqual(DATA.subarray(0, 10));
      spool.dispose();
    }
  });

  test("is read behind what of it is still on its way to the disk", async () => {
    const spool = makeSpace().open();
    const segment = spool.segment();
    void segment.write(DATA);
    void segment.end();
    expect((await collect(segment)).equals(DATA)).toBe(true);
    spool.dispose();
  });

  test("fails whoever reads it where what is still on its way cannot be written", async () => {
    const spool = makeSpace({ directory: join(makeDirectory(), "missing") }).open();
    const segment = spool.segment();
    void segment.write(DATA);
    void segment.end();
    const { code, detail } = await errorOf(() => collect(segment));
    expect([code, detail]).toEqual(["internal", "spool: open ENOENT"]);
    await free(spool);
  });

  test("is not read before its end", async () => {
    const spool = makeSpace().open();
    const segment = spool.segment();
    await segment.write(DATA);
    expect((await errorOf(() => collect(segment))).code).toBe("internal");
    spool.dispose();
  });

  test("is not written to after its end, and can be ended again", async () => {
    const spool = makeSpace().open();
    const segment = await fill(spool, DATA.subarray(0, 10));
    await segment.end();
    expect((await errorOf(() => segment.write(DATA))).code).toBe("internal");
    expect(await collect(segment)).toEqual(DATA.subarray(0, 10));
    spool.dispose();
  });

  test("that is discarded is of no use any more", async () => {
    const space = makeSpace({ memoryBytes: BLOCK });
    const spool = space.open();
    const segment = await fill(spool, DATA.subarray(0, 2 * BLOCK));
    const open = spool.segment();
    void open.write(DATA.subarray(0, 10));
    for (const discarded of [segment, open]) {
      discarded.discard();
      discarded.discard();
      expect((await errorOf(() => collect(discarded))).code).toBe("internal");
      expect((await errorOf(() => discarded.write(DATA))).code).toBe("internal");
      expect((await errorOf(() => discarded.end())).code).toBe("internal");
    }
    // A file does not shrink.
    expect([space.memoryHeld, space.diskHeld]).toEqual([0, BLOCK]);
    const next = await fill(spool, DATA);
    expect((await collect(next)).equals(DATA)).toBe(true);
    spool.dispose();
  });

  test.each([
    ["memory", 16 * BLOCK],
    ["the file", 0],
  ])("that is discarded while it is read from %s fails the reader", async (_place, memoryBytes) => {
    const spool = makeSpace({ memoryBytes }).open();
    const segment = await fill(spool, DATA);
    const error = await errorOf(() => readUntil(segment, 3, () => segment.discard()));
    expect(error.code).toBe("internal");
    spool.dispose();
  });

  test("gives back what was read ahead when its reader stops early", async () => {
    const space = makeSpace();
    const spool = space.open();
    const segment = await fill(spool, DATA);
    const reader = segment.read();
    await reader.next();
    expect(space.memoryHeld).toBe(4 * BLOCK);
    await reader.next();
    expect(space.memoryHeld).toBe(3 * BLOCK);
    await reader.return();
    expect(space.memoryHeld).toBe(0);
    spool.dispose();
  });
});

describe("a spool that is disposed of", () => {
  test("frees its memory at once and its file soon, while it is written", async () => {
    const space = makeSpace({ memoryBytes: 2 * BLOCK });
    const spool = space.open();
    const segment = spool.segment();
    const isWritten = segment.write(Buffer.alloc(64 * BLOCK));
    const other = spool.segment();
    void other.write(DATA);
    const isEnded = other.end();
    spool.dispose();
    expect(space.memoryHeld).toBe(0);
    expect((await errorOf(() => isWritten)).code).toBe("internal");
    expect((await errorOf(() => isEnded)).code).toBe("internal");
    await spool.disposed;
    expect([space.memoryHeld, space.diskHeld]).toEqual([0, 0]);
  });

  test("leaves no rejection behind that nobody handles", async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on("unhandledRejection", note);
    const spool = makeSpace().open();
    const read = await fill(spool, DATA);
    const reader = read.read();
    await reader.next();
    const segment = spool.segment();
    void segment.write(Buffer.alloc(64 * BLOCK));
    void segment.end();
    await free(spool);
    await turn();
    process.off("unhandledRejection", note);
    expect(rejections).toEqual([]);
  });

  test.each([
    ["memory", 16 * BLOCK],
    ["the file", 0],
  ])("fails a reader in the middle of %s", async (_place, memoryBytes) => {
    const space = makeSpace({ memoryBytes });
    const spool = space.open();
    const segment = await fill(spool, DATA);
    const error = await errorOf(() => readUntil(segment, 3, () => spool.dispose()));
    expect(error.code).toBe("internal");
    await spool.disposed;
    expect([space.memoryHeld, space.diskHeld]).toEqual([0, 0]);
  });

  test("fails a reader who waits for a block", async () => {
    const spool = makeSpace().open();
    const segment = await fill(spool, DATA);
    const isRead = segment.read().next();
    spool.dispose();
    expect((await errorOf(() => isRead)).code).toBe("internal");
  });

  test("is of no use any more, and can be disposed of again", async () => {
    const spool = makeSpace({ memoryBytes: BLOCK }).open();
    const open = spool.segment();
    const segment = await fill(spool, DATA);
    spool.dispose();
    await free(spool);
    spool.dispose();
    for (const use of [
      () => spool.segment(),
      () => open.write(DATA),
      () => open.end(),
      () => collect(segment),
    ]) {
      expect((await errorOf(use)).code).toBe("internal");
    }
    open.discard();
    segment.discard();
  });

  test("settles also where nothing was ever written", async () => {
    const spool = makeSpace().open();
    await free(spool);
    expect((await errorOf(() => spool.segment())).code).toBe("internal");
  });
});

/** Reads to the end, and acts when some pieces have come. */
async function readUntil(segment: SpoolSegment, pieces: number, act: () => void): Promise<void> {
  let count = 0;
  for await (const piece of segment.read()) {
    const start = count * BLOCK;
    expect(piece.equals(DATA.subarray(start, start + BLOCK))).toBe(true);
    count += 1;
    if (count === pieces) act();
    expect(count).toBeLessThanOrEqual(pieces);
  }
}

function order(a: number, b: number): number {
  return a - b;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
