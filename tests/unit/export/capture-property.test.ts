import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { captured, failure, idsOf } from "../../support/capture";
import { makeCapacity } from "../../support/export-runs";
import { makeDocuments, type StoredDocument } from "../../support/memory-documents";
import { MemorySource, type MemorySourceOptions } from "../../support/memory-source";
import { seededRandom } from "../../support/random";

/** From 0 to 1 to 0 to 1, in different ways: how the documents of a table are spread in time. */
const spread = fc.constantFrom<(share: number) => number>(
  (share) => share,
  (share) => share ** 6,
  (share) => 1 - (1 - share) ** 6,
  (share) => (share < 0.9 ? share / 1e6 : share),
  (share) => Math.floor(share * 4) / 4,
  () => 0.5,
);

/** A table with any spread in time, and often with creation times that documents share. */
const table = fc
  .record({
    count: fc.oneof(fc.nat(12), fc.nat(150)),
    spread,
    perTime: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
    width: fc.constantFrom(1e-3, 10, 1e6, 1e11),
    longest: fc.constantFrom(0, 30, 3000),
  })
  .map(
    ({ count, spread: share, perTime, width, longest }) =>
      (name: string): StoredDocument[] =>
        makeDocuments(name, count, (index) => ({
          text: "é".repeat((index * 7919) % (longest + 1)),
        }))
          .map((document, index) => ({
            ...document,
            _creationTime: 1.7e12 + width * share((index - (index % perTime)) / Math.max(1, count)),
          }))
          .sort((a, b) => a._creationTime - b._creationTime),
  );

const database = fc
  .array(table, { minLength: 1, maxLength: 6 })
  .map((makers) =>
    Object.fromEntries(makers.map((make, index) => [`t${index}`, make(`t${index}_`)])),
  );

const conditions = fc.record({
  maximumDocuments: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 100 })),
  maximumBytes: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 500, max: 1e5 })),
  queries: fc.integer({ min: 1, max: 20 }),
  sampled: fc.constantFrom(1, 10, Infinity),
  isEndNoticedLate: fc.boolean(),
  seed: fc.nat(),
});

/** A source that answers in any order, in pieces cut anywhere, and now and then at the second try. */
function restless(seed: number): MemorySourceOptions {
  const random = seededRandom(seed);
  return {
    cutSeed: seed,
    beforePage: async () => {
      for (let turns = random(4); turns > 0; turns -= 1) await setImmediate();
    },
    failingAttempts: () => (random(4) === 0 ? 1 : 0),
  };
}

test("whatever the tables, the pages and the readers, a capture has every document in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      database,
      conditions,
      fc.constantFrom("snapshot" as const, "rolling" as const),
      async (tables, { seed, queries, sampled, isEndNoticedLate, ...page }, consistency) => {
        const source = new MemorySource(tables, { ...restless(seed), sampled, isEndNoticedLate });
        const capacity = makeCapacity({ queries });
        const { capture, ids } = await captured(source, { page, capacity, consistency });
        expect(ids).toEqual(idsOf(source));
        for (const [name, documents] of Object.entries(tables)) {
          expect(capture.recordCounts[name]).toBe(documents.length);
        }
        expect(source.mostAtOnce).toBeLessThanOrEqual(queries);
        expect(capacity.idleQueries).toBe(queries);
        expect(capacity.spools.memoryHeld).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});

/** Ways in which a page can be wrong, whatever page it is; at most one of them in each capture. */
const MISBEHAVIOURS: ((documents: StoredDocument[], at: number) => StoredDocument[])[] = [
  (documents, at) => documents.toSpliced(at, 1), // one missing
  (documents, at) => documents.toSpliced(at, 0, ...documents.slice(at, at + 1)), // one twice
  (documents, at) => [...documents, ...documents.slice(at, at + 1)], // one again at the end
  (documents, at) => [...documents.slice(at, at + 1), ...documents], // one again at the start
  (documents, at) =>
    documents.toSpliced(at, 0, { _id: "new", _creationTime: documents[at]?._creationTime ?? 0 }),
  (documents, at) => documents.slice(0, at), // an early end
  (documents, at) => documents.toSpliced(at, 1, ...documents.slice(0, 1)), // one in place of another
  (documents, at) => documents.toSpliced(at, 1, ...documents.slice(-1)),
  (documents) => [...documents, { _id: "late", _creationTime: 9e12 }],
  (documents) => [{ _id: "early", _creationTime: 0 }, ...documents],
];

test("a capture with one wrong page, whichever it is, is incomplete", async () => {
  let wrongPages = 0;
  await fc.assert(
    fc.asyncProperty(
      database,
      conditions,
      fc.nat(20),
      fc.nat(1000),
      fc.constantFrom(...MISBEHAVIOURS),
      async (
        tables,
        { seed, queries, sampled, isEndNoticedLate, ...page },
        wrong,
        place,
        alter,
      ) => {
        let seen = 0;
        let isWrong = false;
        const source = new MemorySource(tables, {
          ...restless(seed),
          sampled,
          isEndNoticedLate,
          alterDocuments: (_table, documents) => {
            if (documents.length === 0 || seen++ !== wrong) return documents;
            const altered = alter(documents, place % documents.length);
            isWrong =
              altered.length !== documents.length || altered.some((d, i) => d !== documents[i]);
            return altered;
          },
        });
        const error = await failure(source, { page, queries });
        if (!isWrong) expect(error).toBeUndefined();
        else {
          wrongPages += 1;
          expect(error).toBeInstanceOf(ExportError);
          expect(error).toMatchObject({ code: "incomplete" });
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(wrongPages).toBeGreaterThan(50);
});
