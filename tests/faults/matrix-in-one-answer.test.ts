import { expect, test } from "vitest";
import { casesOf } from "./support/cases";
import { ALL_DOCUMENTS } from "./support/dataset";
import { IN_ONE_ANSWER } from "./support/exports";
import { testMatrix } from "./support/matrix";

testMatrix([IN_ONE_ANSWER], { lanes: 8, pageDocuments: ALL_DOCUMENTS });

test("the matrix changes the rows that come with the plan, and breaks off their answer", () => {
  const cases = casesOf(IN_ONE_ANSWER);
  for (const label of ["page with a missing row, once", "reset mid-body, once"]) {
    const kinds = cases.get(label)?.map(({ target }) => target.kind);
    expect(kinds).toContain("plan with page");
  }
});
