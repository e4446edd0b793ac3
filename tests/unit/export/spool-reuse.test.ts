import { describe, expect, test } from "vitest";
import { BLOCK_BYTES, BlockPool, isShared } from "~/export/spool-blocks";
import type { Spool, SpoolSegment, SpoolSpace } from "~/export/spool";
import { BLOCK, fill, free, makeSpace } from "./spool-support";

const MEMORY = { memoryBytes: 8 * BLOCK };

/** A spool with a segment of blocks that are full of a letter. */
async function hold(space: SpoolSpace, letter: string, blocks = 3) {
  const spool = space.open();
  const segment = await fill(spool, Buffer.alloc(blocks * BLOCK, letter));
  return { spool, segment };
}

async function piecesOf(segment: SpoolSegment): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of segment.read()) pieces.push(piece);
  return pieces;
}

const memoryOf = (pieces: readonly Buffer[]) => new Set(pieces.map(({ buffer }) => buffer));

/** Fills as much as the space holds in memory, and returns the memory that it is in. */
async function overwrite(space: SpoolSpace): Promise<[Spool, Set<ArrayBufferLike>]> {
  const { spool, segment } = await hold(space, "z", 8);
  return [spool, memoryOf(await piecesOf(segment))];
}

describe("memory is filled anew", () => {
  test("once nobody has a piece of what was in it any more", async () => {
    const space = makeSpace(MEMORY);
    const { spool, segment } = await hold(space, "a");
    const used = memoryOf(await piecesOf(segment));
    spool.dispose({ isUnused: true });
    const [next, memory] = await overwrite(space);
    expect([...used].filter((buffer) => memory.has(buffer))).toHaveLength(3);
    await free(next);
  });

  test("where a segment is discarded that nobody has read", async () => {
    const space = makeSpace(MEMORY);
    const { spool, segment } = await hold(space, "a", 8);
    segment.discard();
    expect(space.memoryHeld).toBe(0);
    const [next, memory] = await overwrite(space);
    expect(memory.size).toBe(8);
    await free(spool, next);
    expect(space.memoryHeld).toBe(0);
  });
});

describe("a piece in hand stays as it is", () => {
  test("where its spool is freed without a word that nobody has one", async () => {
    const space = makeSpace(MEMORY);
    const { spool, segment } = await hold(space, "a");
    const pieces = await piecesOf(segment);
    spool.dispose();
    const [next, memory] = await overwrite(space);
    expect(pieces.every((piece) => piece.equals(Buffer.alloc(BLOCK, "a")))).toBe(true);
    expect(pieces.some(({ buffer }) => memory.has(buffer))).toBe(false);
    await free(next);
  });

  test("while it is being read, whatever is said of it", async () => {
    const space = makeSpace(MEMORY);
    const { spool, segment } = await hold(space, "a");
    const reader = segment.read();
    const { value: piece } = await reader.next();
    spool.dispose({ isUnused: true });
    const [next] = await overwrite(space);
    expect(piece?.equals(Buffer.alloc(BLOCK, "a"))).toBe(true);
    await expect(reader.next()).rejects.toMatchObject({ code: "internal" });
    await free(next);
  });

  test("where its segment is discarded after it was read", async () => {
    const space = makeSpace(MEMORY);
    const { spool, segment } = await hold(space, "a");
    const pieces = await piecesOf(segment);
    segment.discard();
    const [next] = await overwrite(space);
    expect(pieces.every((piece) => piece.equals(Buffer.alloc(BLOCK, "a")))).toBe(true);
    await free(spool, next);
  });
});

describe("empty blocks", () => {
  test("are kept as far as there is room that nobody holds", () => {
    const pool = new BlockPool();
    const blocks = Array.from({ length: 4 }, () => pool.take());
    for (const block of blocks) pool.giveBack(block, 3 * BLOCK_BYTES);
    const again = Array.from({ length: 4 }, () => pool.take());
    expect(again.filter((block) => blocks.includes(block))).toHaveLength(3);
    for (const block of again) pool.giveBack(block, 4 * BLOCK_BYTES);
    // What others have taken meanwhile is theirs.
    pool.giveBack(Buffer.alloc(BLOCK_BYTES), BLOCK_BYTES);
    const last = Array.from({ length: 3 }, () => pool.take());
    expect(last.filter((block) => again.includes(block))).toHaveLength(1);
  });

  test("are shared with the thread, or not, as they are asked for", () => {
    const pool = new BlockPool();
    const [own, shared] = [pool.take(), pool.takeShared()];
    expect([isShared(own), isShared(shared)]).toEqual([false, true]);
    for (const block of [own, shared]) pool.giveBack(block, BLOCK_BYTES);
    expect(pool.takeShared()).toBe(shared);
    expect(pool.take()).toBe(own);
  });
});
