import { describe, expect, test } from "vitest";
import { captured, idsOf } from "../../support/capture";
import { capture, makeCapacity, MEBIBYTE } from "../../support/export-runs";
import { makeDocuments, type StoredDocument } from "../../support/memory-documents";
import { MemorySource, type MemorySourceOptions } from "../../support/memory-source";
import { Rounds } from "../../support/rounds";

const page = { maximumBytes: MEBIBYTE, maximumDocuments: 10 };

/** Pages of ten documents that a table of so many has at least. */
const DOCUMENTS = 1600;
const PAGES = 160;

/** A table whose documents are spread over a year by a function of their place, from 0 to 1. */
function spread(prefix: string, share: (place: number) => number): StoredDocument[] {
  const year = 3.15e10;
  return makeDocuments(prefix, DOCUMENTS).map((document, index) => ({
    ...document,
    _creationTime: 1.7e12 + year * share(index / DOCUMENTS),
  }));
}

const SPREADS: [how: string, share: (place: number) => number, rounds: number][] = [
  ["evenly", (place) => place, 15],
  ["more and more", (place) => Math.sqrt(place), 20],
  ["less and less", (place) => place ** 3, 25],
  ["within the first thousandth of their time", (p) => (p < 0.999 ? p / 1000 : p), 20],
  ["within the last thousandth of their time", (p) => (p < 0.001 ? p : 0.999 + p / 1000), 20],
  ["in two heaps far apart", (p) => (p < 0.5 ? p / 1e4 : 1 - (1 - p) / 1e4), 25],
  ["in imports of 200 documents a second", (p) => Math.floor(p * 8) / 8 + (p % 0.125) / 1e6, 30],
];

/** Captures in virtual time. */
async function inRounds(source: MemorySource, rounds: Rounds, queries: number) {
  return await rounds.drive(captured(source, { page, queries }));
}

function paced(rounds: Rounds): MemorySourceOptions {
  return { beforePage: () => rounds.next() };
}

describe("one huge table", () => {
  test.each(SPREADS)(
    "is read by as many readers at once as many small ones, its documents spread %s",
    async (_how, share, mostRounds) => {
      const rounds = new Rounds();
      const source = new MemorySource({ huge: spread("h", share) }, paced(rounds));
      const { ids } = await inRounds(source, rounds, 16);
      expect(ids).toEqual(idsOf(source));
      expect(source.mostAtOnce).toBe(16);
      // One reader alone needs a round for each of its 160 pages.
      expect(rounds.count).toBeLessThanOrEqual(mostRounds);
      expect(source.requests.length).toBeLessThan(2 * PAGES);
    },
  );

  test("is read by many at once also where the plan thought it small", async () => {
    const rounds = new Rounds();
    const documents = spread("h", (place) => place).map((document, index) => ({
      ...document,
      text: index < 10 ? "" : "x".repeat(1000),
    }));
    const source = new MemorySource(
      { huge: documents, behind: makeDocuments("b", 5) },
      { ...paced(rounds), sampled: 10 },
    );
    const bounds = { maximumBytes: 100_000, maximumDocuments: 2000 };
    const capturing = captured(source, { page: bounds, queries: 16 });
    const { ids } = await rounds.drive(capturing);
    expect(ids).toEqual(idsOf(source));
    // 17 pages of 100 kB, and a table behind that was to share the first of them.
    expect(source.mostAtOnce).toBeGreaterThan(8);
    expect(rounds.count).toBeLessThanOrEqual(6);
  });

  test("of one creation time is read by one reader, and completely", async () => {
    const source = new MemorySource({ huge: spread("h", () => 0) });
    const { ids } = await captured(source, { page, queries: 16 });
    expect(ids).toEqual(idsOf(source));
    expect(source.mostAtOnce).toBe(1);
  });

  test("leaves its readers to the tables that have none yet", async () => {
    const rounds = new Rounds();
    const source = new MemorySource(
      { huge: spread("h", (place) => place), large: spread("l", (place) => place ** 2) },
      paced(rounds),
    );
    const { ids } = await inRounds(source, rounds, 16);
    expect(ids).toEqual(idsOf(source));
    expect(rounds.count).toBeLessThanOrEqual(30);
  });
});

test("many small tables are read by as many at once as queries may run", async () => {
  const rounds = new Rounds();
  const tables = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`t${index}`, makeDocuments(`t${index}_`, 9)]),
  );
  const source = new MemorySource(tables, paced(rounds));
  await inRounds(source, rounds, 16);
  expect(source.mostAtOnce).toBe(16);
  expect(source.requests).toHaveLength(40);
  expect(rounds.count).toBe(3);
});

test.each([1, 3, 16])(
  "with a bound of %i queries, exactly that many run at once",
  async (queries) => {
    const source = new MemorySource({
      huge: spread("h", (place) => place),
      ...Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [`t${index}`, makeDocuments(`t${index}_`, 9)]),
      ),
    });
    await captured(source, { page, queries });
    expect(source.mostAtOnce).toBe(queries);
  },
);

test("several captures of a process together never run more queries than it may", async () => {
  const rounds = new Rounds();
  let atOnce = 0;
  let most = 0;
  const options: MemorySourceOptions = {
    beforePage: async () => {
      most = Math.max(most, (atOnce += 1));
      await rounds.next();
      atOnce -= 1;
    },
  };
  const capacity = makeCapacity({ queries: 5 });
  const sources = SPREADS.slice(0, 4).map(
    ([, share]) =>
      new MemorySource({ huge: spread("h", share), small: makeDocuments("s", 3) }, options),
  );
  const capturing = Promise.all(sources.map((source) => captured(source, { page, capacity })));
  const all = await rounds.drive(capturing);
  expect(all.map(({ ids }) => ids)).toEqual(sources.map(idsOf));
  expect(most).toBe(5);
  expect(capacity.idleQueries).toBe(5);
  expect(capacity.spools.memoryHeld).toBe(0);
});

test("a small export does not wait for the pages of a large one that were there before", async () => {
  const rounds = new Rounds();
  const capacity = makeCapacity({ queries: 4 });
  const large = new MemorySource(
    Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`t${index}`, makeDocuments(`t${index}_`, 30)]),
    ),
    paced(rounds),
  );
  const small = new MemorySource({ a: makeDocuments("a", 3) }, paced(rounds));
  let pagesMeanwhile = 0;
  const capturing = capture(large, { page, capacity });
  const overtaking = (async () => {
    await rounds.next(); // all readers of the large one are waiting
    const before = large.requests.length;
    await capture(small, { page, capacity });
    pagesMeanwhile = large.requests.length - before;
  })();
  await rounds.drive(Promise.all([capturing, overtaking]));
  // It makes three queries, one after the other, and each waits for one round of four.
  expect(pagesMeanwhile).toBeLessThanOrEqual(16);
  expect(large.requests.length).toBeGreaterThan(150);
});
