import { expect, test } from "vitest";
import { pieceOf, readAhead, type Piece } from "~/export/spool-reader";
import { BLOCK } from "./spool-support";

/** Pieces that note when they are begun and released. `d` is on the disk, `m` in memory. */
function makePieces(places: string) {
  const begun: number[] = [];
  const released: number[] = [];
  const gone = new Set<number>();
  const pieces = [...places].map((place, index): Piece => ({
    load: () => {
      begun.push(index);
      return {
        bytes: place === "d" ? Promise.resolve(Buffer.of(index)) : Buffer.of(index),
        taken: place === "d" ? BLOCK : 0,
        check: () => {
          if (gone.has(index)) throw new Error(`${index} is gone`);
        },
        release: () => void released.push(index),
      };
    },
  }));
  return { pieces, begun, released, gone };
}

test("what is on the disk is begun while what is in memory before it is used", async () => {
  const { pieces, begun } = makePieces("mmmmmmddddd");
  const reader = readAhead(pieces);
  expect((await reader.next()).value).toEqual(Buffer.of(0));
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await reader.return();
});

test("no more than 1 MiB is read ahead, and anew once half of it is used", async () => {
  const { pieces, begun } = makePieces("dddddddddd");
  const counts: number[] = [];
  for await (const bytes of readAhead(pieces)) counts.push(begun.length - (bytes[0] ?? 0));
  // What is begun, the piece in hand included.
  expect(counts).toEqual([4, 3, 4, 3, 4, 3, 4, 3, 2, 1]);
});

test("all pieces come in order, each released when the next is asked for", async () => {
  const { pieces, released } = makePieces("mdmmddmdddmd");
  const seen: number[] = [];
  for await (const bytes of readAhead(pieces)) {
    expect(released).toEqual(seen);
    seen.push(bytes[0] ?? -1);
  }
  expect(seen).toEqual(pieces.map((_, index) => index));
  expect(released).toEqual(seen);
});

test("whoever ends early releases what was begun, and nothing twice", async () => {
  const { pieces, begun, released } = makePieces("dmdmdmdmdmdm");
  for await (const bytes of readAhead(pieces)) if (bytes[0] === 3) break;
  expect(released.sort((a, b) => a - b)).toEqual(begun);
});

test("what is gone is an error, also where it goes while it is in hand", async () => {
  const { pieces, gone, begun, released } = makePieces("md");
  const reader = readAhead(pieces);
  await reader.next();
  gone.add(0);
  await expect(reader.next()).rejects.toThrow("0 is gone");
  expect(released.sort()).toEqual(begun);
  gone.add(1);
  await expect(readAhead(pieces.slice(1)).next()).rejects.toThrow("1 is gone");
});

test("bytes at hand are read as they are, and of no pieces nothing", async () => {
  const seen: Buffer[] = [];
  for await (const bytes of readAhead([pieceOf(Buffer.from("a")), pieceOf(Buffer.from("b"))])) {
    seen.push(bytes);
  }
  expect(Buffer.concat(seen).toString()).toBe("ab");
  expect((await readAhead([]).next()).done).toBe(true);
});
