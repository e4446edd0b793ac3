import { describe, expect, test } from "vitest";
import { combineMargins, sizeMargin } from "~/export/size-margin";
import { seededRandom } from "../../support/random";

/** A number from 0 to 1, without 1. */
type Fraction = () => number;

const table = (records: number, sampledRecords: number, sampledDeviation: number | null) => ({
  name: "notes",
  records,
  sampledRecords,
  sampledBytes: sampledRecords * 600,
  sampledDeviation,
  oldest: 1,
  newest: 2,
});

describe("the margin of a table's size", () => {
  test("is nothing where all documents were measured, however few", () => {
    expect(sizeMargin(table(9, 9, 120))).toBe(0);
    expect(sizeMargin(table(1, 1, null))).toBe(0);
    expect(sizeMargin(table(0, 0, null))).toBe(0);
  });

  test("is not known from fewer than two documents", () => {
    expect(sizeMargin(table(5000, 1, null))).toBeNull();
    expect(sizeMargin(table(5000, 0, null))).toBeNull();
  });

  test("is that of Student's t with the correction for what was read", () => {
    // 1,000 × 2.306 × (90 / √9) × √(1 − 9/1,000), by hand
    expect(sizeMargin(table(1000, 9, 90))).toBe(68_868);
    // Two documents say little: 100 × 12.71 × (10 / √2) × √0.98
    expect(sizeMargin(table(100, 2, 10))).toBe(8897);
  });

  test("is nothing where all sampled documents are of one size", () => {
    expect(sizeMargin(table(1_000_000, 9, 0))).toBe(0);
  });

  test.each<[string, (random: Fraction) => number]>([
    ["alike", (random) => 500 + 200 * random()],
    ["small, and some large", (random) => (random() < 0.3 ? 2000 : 400)],
    ["skewed", (random) => 300 * Math.exp(random() + random())],
  ])("holds the true size in about 19 of 20 samples of documents that are %s", (_name, sizeOf) => {
    const integer = seededRandom(7);
    const random = () => integer(1_000_000) / 1_000_000;
    const trials = 2000;
    let right = 0;
    for (let trial = 0; trial < trials; trial++) {
      const sizes = Array.from({ length: 60 }, () => sizeOf(random));
      // They are drawn independently of each other, so the first nine are a sample like any other.
      const sample = sizes.slice(0, 9);
      const mean = total(sample) / sample.length;
      const deviation = Math.sqrt(total(sample.map((size) => (size - mean) ** 2)) / 8);
      const margin = sizeMargin(table(60, 9, deviation)) ?? 0;
      if (Math.abs(mean * 60 - total(sizes)) <= margin) right += 1;
    }
    expect(right / trials).toBeGreaterThan(0.9);
    expect(right / trials).toBeLessThan(0.98);
  });
});

describe("the margin of a sum", () => {
  test("is the root of the squares, for tables that do not depend on each other", () => {
    expect(combineMargins([3000, 0, 4000])).toBe(5000);
    expect(combineMargins([])).toBe(0);
  });

  test("is not known where one of them is not", () => {
    expect(combineMargins([3000, null])).toBeNull();
  });
});

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
