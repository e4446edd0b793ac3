import { describe, expect, test } from "vitest";
import { PageSize, type PageBounds } from "~/export/page-size";

const KIBIBYTE = 1024;
const MAXIMUM: PageBounds = { maximumBytes: 8192 * KIBIBYTE, maximumDocuments: 24_000 };

/** Bytes of the pages that come, one after the other, where those up to a limit fit. */
function sizes(pageSize: PageSize, pages: number, limit: number): number[] {
  return Array.from({ length: pages }, () => {
    const { bounds } = pageSize;
    if (bounds.maximumBytes <= limit) pageSize.fitted(bounds);
    else expect(pageSize.failed(bounds)).toBe(true);
    return bounds.maximumBytes;
  });
}

function bytesOf(pageSize: PageSize): number {
  return pageSize.bounds.maximumBytes;
}

describe("a page", () => {
  test("has the size that it may have, for as long as it fits", () => {
    const pageSize = new PageSize(MAXIMUM);
    for (let page = 0; page < 100; page += 1) {
      expect(pageSize.bounds).toEqual(MAXIMUM);
      pageSize.fitted(pageSize.bounds);
    }
  });

  test("is halved in both bounds when it was too large", () => {
    const pageSize = new PageSize(MAXIMUM);
    expect(pageSize.failed(pageSize.bounds)).toBe(true);
    expect(pageSize.bounds).toEqual({ maximumBytes: 4096 * KIBIBYTE, maximumDocuments: 12_000 });
  });

  test("is never asked to hold no document", () => {
    const pageSize = new PageSize({ maximumBytes: 1024 * KIBIBYTE, maximumDocuments: 1 });
    while (pageSize.failed(pageSize.bounds));
    expect(pageSize.bounds.maximumDocuments).toBe(1);
  });

  test("that is small already cannot be smaller", () => {
    const pageSize = new PageSize(MAXIMUM);
    let halvings = 0;
    while (pageSize.failed(pageSize.bounds)) halvings += 1;
    expect(halvings).toBe(7);
    expect(bytesOf(pageSize)).toBe(64 * KIBIBYTE);
    expect(
      new PageSize({ ...MAXIMUM, maximumBytes: 1000 }).failed({ ...MAXIMUM, maximumBytes: 1000 }),
    ).toBe(false);
  });
});

describe("several pages under way", () => {
  test("halve their size once, however many of them were too large", () => {
    const pageSize = new PageSize(MAXIMUM);
    const { bounds } = pageSize;
    for (let page = 0; page < 16; page += 1) expect(pageSize.failed(bounds)).toBe(true);
    expect(bytesOf(pageSize)).toBe(4096 * KIBIBYTE);
  });

  test("of which a larger one fails late do not undo what a smaller one found", () => {
    const pageSize = new PageSize(MAXIMUM);
    const { bounds: large } = pageSize;
    pageSize.failed(large);
    pageSize.failed(pageSize.bounds);
    pageSize.failed(large);
    expect(bytesOf(pageSize)).toBe(2048 * KIBIBYTE);
  });

  test("of which smaller ones fit say nothing about the present size", () => {
    const pageSize = new PageSize(MAXIMUM);
    pageSize.failed(pageSize.bounds);
    const small = { maximumBytes: 64 * KIBIBYTE, maximumDocuments: 10 };
    for (let page = 0; page < 100; page += 1) pageSize.fitted(small);
    expect(bytesOf(pageSize)).toBe(4096 * KIBIBYTE);
  });
});

describe("pages that fit", () => {
  test("grow after four in a row, and never to a size that failed", () => {
    const pageSize = new PageSize(MAXIMUM);
    const limit = 4096 * KIBIBYTE;
    expect(sizes(pageSize, 6, limit).map((bytes) => bytes / KIBIBYTE)).toEqual([
      8192, 4096, 4096, 4096, 4096, 5120,
    ]);
    // 5 MiB did not fit, so the next ones stay below it.
    expect(sizes(pageSize, 20, limit).every((bytes) => bytes < 5120 * KIBIBYTE)).toBe(true);
  });

  test("grow only by four in a row", () => {
    const pageSize = new PageSize(MAXIMUM);
    pageSize.failed(pageSize.bounds);
    pageSize.failed(pageSize.bounds);
    for (let page = 0; page < 3; page += 1) pageSize.fitted(pageSize.bounds);
    pageSize.failed(MAXIMUM);
    for (let page = 0; page < 3; page += 1) pageSize.fitted(pageSize.bounds);
    expect(bytesOf(pageSize)).toBe(2048 * KIBIBYTE);
    pageSize.fitted(pageSize.bounds);
    expect(bytesOf(pageSize)).toBe(2560 * KIBIBYTE);
  });

  test("never grow beyond what they may have", () => {
    const pageSize = new PageSize(MAXIMUM);
    pageSize.failed(pageSize.bounds);
    expect(Math.max(...sizes(pageSize, 500, Infinity))).toBe(MAXIMUM.maximumBytes);
  });

  test("reach their full size again when a hard part of the table is over", () => {
    const pageSize = new PageSize(MAXIMUM);
    for (let failures = 0; failures < 3; failures += 1) pageSize.failed(pageSize.bounds);
    sizes(pageSize, 200, Infinity);
    expect(bytesOf(pageSize)).toBe(MAXIMUM.maximumBytes);
  });

  test("do not try a size again that was just a little too large", () => {
    const pageSize = new PageSize(MAXIMUM);
    const limit = 8000 * KIBIBYTE; // 4 MiB grows to it in three steps, and to 8 MiB in four
    const asked = sizes(pageSize, 30, limit);
    expect(asked.filter((bytes) => bytes > limit)).toEqual([MAXIMUM.maximumBytes]);
    expect(asked.at(-1)).toBe(limit);
  });

  test("seldom fail again while the limit stays where it is", () => {
    const pageSize = new PageSize(MAXIMUM);
    const limit = 3000 * KIBIBYTE;
    const asked = sizes(pageSize, 400, limit);
    expect(asked.filter((bytes) => bytes > limit).length).toBeLessThan(40);
    const read = asked.filter((bytes) => bytes <= limit);
    const mean = read.reduce((sum, bytes) => sum + bytes, 0) / read.length;
    expect(mean).toBeGreaterThan(limit / 2);
  });
});
