import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { PageSize } from "~/export/page-size";
import { captured, failure, idsOf } from "../../support/capture";
import { MEBIBYTE } from "../../support/export-runs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const tooLarge = new ExportError("page_too_large", "page");

const page = { maximumBytes: MEBIBYTE, maximumDocuments: 1000 };

/** A database of which a function can only read so many bytes at once. */
function limited(maximumBytes: number, tables = 1): MemorySource {
  const text = "x".repeat(1000);
  return new MemorySource(
    Object.fromEntries(
      Array.from({ length: tables }, (_, index) => [
        `t${index}`,
        makeDocuments(`t${index}_`, 400, () => ({ text })),
      ]),
    ),
    {
      beforePage: (request) => {
        if (request.maximumBytes > maximumBytes) throw tooLarge;
      },
    },
  );
}

function sizesOf(source: MemorySource): number[] {
  return source.requests.map((request) => request.maximumBytes);
}

describe("a page that a function's limits do not allow", () => {
  test("is read in halves, in bytes as in documents, and so are those that follow", async () => {
    const source = limited(MEBIBYTE / 4);
    const { ids } = await captured(source, { page, queries: 1 });
    expect(ids).toEqual(idsOf(source));
    expect(sizesOf(source)).toEqual([1, 1 / 2, 1 / 4, 1 / 4].map((share) => share * MEBIBYTE));
    expect(source.requests.map((request) => request.maximumDocuments)).toEqual([
      1000, 500, 250, 250,
    ]);
  });

  test("is halved once, though many reads find it too large at the same time", async () => {
    const source = limited(MEBIBYTE / 2, 8);
    const { ids } = await captured(source, { page, queries: 8 });
    expect(ids).toEqual(idsOf(source));
    expect(sizesOf(source).toSorted((a, b) => b - a)).toEqual([
      ...Array<number>(8).fill(MEBIBYTE),
      ...Array<number>(8).fill(MEBIBYTE / 2),
    ]);
  });

  test("is not asked for by reads that were waiting when it failed", async () => {
    const source = limited(MEBIBYTE / 2, 40);
    const { ids } = await captured(source, { page, queries: 2 });
    expect(ids).toEqual(idsOf(source));
    const tooLargeOnes = sizesOf(source).filter((bytes) => bytes === MEBIBYTE);
    expect(tooLargeOnes.length).toBeLessThanOrEqual(4);
  });

  test("ends the capture where it cannot get smaller", async () => {
    const source = limited(1);
    expect(await failure(source, { page, queries: 1 })).toBe(tooLarge);
    expect(sizesOf(source)).toEqual([1, 2, 4, 8, 16].map((share) => MEBIBYTE / share));
  });

  test("is not asked for again by a capture that goes on with the same page size", async () => {
    const pageSize = new PageSize(page);
    await captured(limited(MEBIBYTE / 4), { pageSize, queries: 1 });
    const again = limited(MEBIBYTE / 4);
    await captured(again, { pageSize, queries: 1 });
    expect(sizesOf(again)).toEqual([MEBIBYTE / 4, MEBIBYTE / 4]);
  });
});
