import { expect, test } from "vitest";
import { casesOf } from "./support/cases";
import { PAGE_DOCUMENTS } from "./support/dataset";
import { FULL, ROLLING, SEGMENT } from "./support/exports";
import { testMatrix } from "./support/matrix";

const EXPORTS = [FULL, SEGMENT, ROLLING];

/** The smaller matrices of other exports than the full one are beside these. */
const LEAST_CASES_OF_FULL = 500;

testMatrix(EXPORTS, { lanes: 16, pageDocuments: PAGE_DOCUMENTS });

test("the matrix has 500 cases or more of the full export, and every fault of the others", () => {
  const counts = EXPORTS.map((tested) => [...casesOf(tested).values()].flat().length);
  expect(counts[0]).toBeGreaterThanOrEqual(LEAST_CASES_OF_FULL);
  for (const count of counts) expect(count).toBeGreaterThan(0);
});
