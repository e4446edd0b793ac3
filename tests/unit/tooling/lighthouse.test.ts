import { expect, test } from "vitest";
import { insertScores, renderTable, shortfalls } from "../../../scripts/lighthouse/report.mjs";

const scores = {
  page: "Tools",
  performance: 95,
  accessibility: 100,
  bestPractices: 100,
  firstPaintMs: 1450,
  largestPaintMs: 1550,
  blockedMs: 12.4,
  layoutShift: 0,
  failed: [],
};

const DOCUMENT =
  "# A\n\n<!-- begin of what npm run lighthouse writes -->\n\nold\n\n<!-- end of what npm run lighthouse writes -->\n\nrest\n";

test("scores at their bounds are enough, and any below is named with what failed", () => {
  expect(shortfalls([scores])).toEqual([]);
  const low = { ...scores, performance: 94, accessibility: 99, failed: ["color-contrast"] };
  expect(shortfalls([scores, low])).toEqual([
    "Tools: performance is 94, less than 95.",
    "Tools: accessibility is 99, less than 100 (color-contrast).",
  ]);
});

test("a score that could not be measured is not enough", () => {
  expect(shortfalls([{ ...scores, performance: NaN }])).toHaveLength(1);
});

test("the table has the scores, and takes the place of the one before", async () => {
  expect(renderTable([scores])).toMatch(/^Tools +95 +100 +100 +1\.4|5 s/m);
  const document = await insertScores(DOCUMENT, [scores]);
  expect(document).toContain("| Tools | 95 ");
  expect(document).not.toContain("old");
  expect(document).toMatch(/^# A\n[^]*rest\n$/);
  expect(await insertScores(document, [scores])).toBe(document);
});

test("a document without the marks is refused", async () => {
  await expect(insertScores("# A\n", [scores])).rejects.toThrow("lacks");
});
