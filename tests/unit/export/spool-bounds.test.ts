import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { BLOCK, collect, errorOf, fill, free, makeSpace } from "./spool-support";

const DATA = randomBytes(4 * BLOCK);

describe("the bound on memory", () => {
  test("may be reached to the byte, and one byte past it goes to disk", async () => {
    for (const [memoryBytes, bytes, onDisk] of [
      [2 * BLOCK, 2 * BLOCK, 0],
      [2 * BLOCK, 2 * BLOCK + 1, 1],
      [2 * BLOCK + 1, 2 * BLOCK + 1, 0],
      [2 * BLOCK - 1, 2 * BLOCK, BLOCK],
      [100, 100, 0],
      [99, 100, 100],
    ] as const) {
      const space = makeSpace({ memoryBytes });
      const spool = space.open();
      await fill(spool, DATA.subarray(0, bytes));
      expect([space.memoryHeld, space.diskHeld]).toEqual([bytes - onDisk, onDisk]);
      spool.dispose();
    }
  });

  test("is one for all spools, and what is discarded or disposed of makes room", async () => {
    const space = makeSpace({ memoryBytes: 2 * BLOCK });
    const [first, second] = [space.open(), space.open()];
    const discarded = await fill(first, DATA.subarray(0, BLOCK));
    await fill(second, DATA.subarray(0, BLOCK));
    await fill(second, DATA.subarray(0, BLOCK));
    expect([space.memoryHeld, space.diskHeld]).toEqual([2 * BLOCK, BLOCK]);
    discarded.discard();
    expect([space.memoryHeld, space.diskHeld]).toEqual([BLOCK, BLOCK]);
    await fill(first, DATA.subarray(0, BLOCK));
    expect([space.memoryHeld, space.diskHeld]).toEqual([2 * BLOCK, BLOCK]);
    second.dispose();
    await second.disposed;
    expect([space.memoryHeld, space.diskHeld]).toEqual([BLOCK, 0]);
    first.dispose();
    expect(space.memoryHeld).toBe(0);
  });

  test("allows each open segment the block that it fills", () => {
    const space = makeSpace({ memoryBytes: BLOCK });
    const spool = space.open();
    const segments = Array.from({ length: 3 }, () => spool.segment());
    for (const segment of segments) expect(segment.write(DATA.subarray(0, 1))).toBeUndefined();
    expect(space.memoryHeld).toBe(3 * BLOCK);
    for (const segment of segments) segment.discard();
    expect(space.memoryHeld).toBe(0);
  });

  test("is not passed by a writer who waits when asked to", async () => {
    const space = makeSpace({ memoryBytes: 4 * BLOCK, diskBytes: 1024 * BLOCK });
    const spool = space.open();
    const segment = spool.segment();
    let most = 0;
    let asked = 0;
    for (let block = 0; block < 160; block++) {
      const isWritten = segment.write(DATA.subarray(0, BLOCK));
      most = Math.max(most, space.memoryHeld);
      if (isWritten !== undefined) asked += 1;
      await isWritten;
    }
    expect(asked).toBeGreaterThan(0);
    // What is held, 8 MiB on the way to the disk, and the block that made it too many.
    expect(most).toBeLessThanOrEqual((4 + 32 + 1) * BLOCK);
    await segment.end();
    expect([space.memoryHeld, space.diskHeld]).toEqual([4 * BLOCK, 156 * BLOCK]);
    spool.dispose();
  });
});

describe("the bound on disk", () => {
  test("may be reached to the byte, and one byte past it is too large", async () => {
    const space = makeSpace({ memoryBytes: 0, diskBytes: BLOCK + 7 });
    const spool = space.open();
    await fill(spool, DATA.subarray(0, BLOCK + 7));
    expect(space.isFull).toBe(true);
    const error = await errorOf(() => fill(spool, DATA.subarray(0, 1)));
    expect(error.code).toBe("too_large");
    expect([space.memoryHeld, space.diskHeld]).toEqual([BLOCK, BLOCK + 7]);
    await free(spool);
    expect([space.memoryHeld, space.diskHeld]).toEqual([0, 0]);
  });

  test("is a passing one where only others are in the way", async () => {
    const space = makeSpace({ memoryBytes: BLOCK, diskBytes: BLOCK });
    const [other, spool] = [space.open(), space.open()];
    await fill(other, DATA.subarray(0, BLOCK));
    await fill(spool, DATA.subarray(0, BLOCK));
    // Alone it would have the memory, too.
    const error = await errorOf(() => fill(spool, DATA.subarray(0, BLOCK)));
    expect(error.code).toBe("busy");
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
    await free(spool, other);
    const again = space.open();
    await fill(again, DATA.subarray(0, 2 * BLOCK));
    expect((await errorOf(() => fill(again, DATA.subarray(0, 1)))).code).toBe("too_large");
    again.dispose();
  });

  test("is a lasting one where it would be passed without the others, too", async () => {
    const space = makeSpace({ memoryBytes: BLOCK, diskBytes: 2 * BLOCK });
    const [other, spool] = [space.open(), space.open()];
    await fill(other, DATA.subarray(0, 100));
    const error = await errorOf(() => fill(spool, DATA.subarray(0, 4 * BLOCK)));
    expect(error.code).toBe("too_large");
    other.dispose();
    spool.dispose();
  });

  test("ends the whole spool with the same error, and no other spool", async () => {
    const space = makeSpace({ memoryBytes: BLOCK, diskBytes: BLOCK });
    const [other, spool] = [space.open(), space.open()];
    const kept = await fill(other, DATA.subarray(0, 100));
    const ended = await fill(spool, DATA.subarray(0, BLOCK));
    const open = spool.segment();
    const error = await errorOf(() => fill(spool, DATA.subarray(0, 2 * BLOCK)));
    for (const use of [
      () => spool.segment(),
      () => open.write(DATA),
      () => open.end(),
      () => collect(ended),
    ]) {
      expect(await errorOf(use)).toBe(error);
    }
    expect(await collect(kept)).toEqual(DATA.subarray(0, 100));
    spool.dispose();
    other.dispose();
  });

  test("counts as full only where memory is used up as well", async () => {
    for (const [memoryBytes, diskBytes, isFull] of [
      [BLOCK, 0, true],
      [BLOCK, BLOCK - 1, true],
      [BLOCK, BLOCK, false],
      [2 * BLOCK - 1, 0, true],
      [2 * BLOCK, 0, false],
    ] as const) {
      const space = makeSpace({ memoryBytes, diskBytes });
      expect(space.isFull).toBe(false);
      const spool = space.open();
      await fill(spool, DATA.subarray(0, BLOCK));
      expect(space.isFull).toBe(isFull);
      await free(spool);
      expect(space.isFull).toBe(false);
    }
  });
});
