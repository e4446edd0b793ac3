import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { captured, failure, idsOf } from "../../support/capture";
import { MEBIBYTE } from "../../support/export-runs";
import { makeDocuments, MemorySource } from "../../support/memory-source";

const SMALL_PAGES = { maximumBytes: MEBIBYTE, maximumDocuments: 3 };

describe("a page that a function's limits do not allow", () => {
  const tooLarge = new ExportError("page_too_large", "page");

  /** A database of whose documents a function can only read so many bytes. */
  function limited(maximumBytes: number): MemorySource {
    const text = "x".repeat(1000);
    return new MemorySource(
      {
        a: makeDocuments("a", 400, () => ({ text })),
        b: makeDocuments("b", 400, () => ({ text })),
      },
      {
        beforePage: (request) => {
          if (request.maximumBytes > maximumBytes) throw tooLarge;
        },
      },
    );
  }

  test("is read in halves, by all reads from then on", async () => {
    const source = limited(MEBIBYTE / 4);
    const { ids } = await captured(source, { concurrency: 1 });
    expect(ids).toEqual(idsOf(source));
    const sizes = source.requests.map((request) => request.maximumBytes);
    expect(sizes.slice(0, 3)).toEqual([MEBIBYTE, MEBIBYTE / 2, MEBIBYTE / 4]);
    expect(new Set(sizes.slice(2))).toEqual(new Set([MEBIBYTE / 4]));
  });

  test("is halved once, though many reads find it too large at the same time", async () => {
    const source = limited(MEBIBYTE / 2);
    const page = { maximumBytes: MEBIBYTE, maximumDocuments: 100 };
    const { ids } = await captured(source, { page, concurrency: 16 });
    expect(ids).toEqual(idsOf(source));
    expect(Math.min(...source.requests.map((request) => request.maximumBytes))).toBe(MEBIBYTE / 2);
  });

  test("ends the capture where it cannot get smaller", async () => {
    const source = limited(1);
    expect(await failure(source, { concurrency: 1 })).toBe(tooLarge);
    expect(source.requests.length).toBeLessThan(10);
  });
});

test.each([1, 3, 16])(
  "with a bound of %i queries at once, exactly that many run",
  async (bound) => {
    const tables = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`t${index}`, makeDocuments(`t${index}_`, 7)]),
    );
    const source = new MemorySource(tables, {
      beforePage: async () => {
        await setImmediate();
        await setImmediate();
      },
    });
    await captured(source, { page: SMALL_PAGES, concurrency: bound });
    expect(source.requests).toHaveLength(120);
    expect(source.mostAtOnce).toBe(bound);
  },
);
