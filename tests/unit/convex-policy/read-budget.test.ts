import { getDocumentSize } from "convex/values";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReadBudget } from "../../../convex/model/readBudget";
import { anyValue } from "../../support/convex-values";

const UNLIMITED = Number.MAX_SAFE_INTEGER;

const documents = fc.array(
  fc.record({
    _id: fc.string({ minLength: 31, maxLength: 37 }),
    _creationTime: fc.double({ noNaN: true }),
    text: fc.string({ unit: "binary", maxLength: 600 }),
    field: anyValue,
  }),
  { minLength: 1, maxLength: 40 },
);

describe("what a page may read", () => {
  test("is counted in bytes as Convex counts them, whatever documents hold", () => {
    fc.assert(
      fc.property(documents, fc.double({ min: 0, max: 1.2, noNaN: true }), (list, share) => {
        const sizes = list.map((document) => getDocumentSize(document));
        const bytes = Math.floor(share * sizes.reduce((sum, size) => sum + size, 0));
        const budget = new ReadBudget({ bytes, documents: UNLIMITED });
        let left = bytes;
        for (const [index, document] of list.entries()) {
          left -= sizes[index] ?? 0;
          expect(budget.take(document)).toBe(left >= 0);
        }
      }),
    );
  });

  test.each(["ascii", "ünïcödé", "\u{1f600}".repeat(100), "\u0000"])(
    "is used up to the byte by a document that holds %j",
    (text) => {
      const document = { _id: "id", _creationTime: 1, text };
      const size = getDocumentSize(document);
      expect(new ReadBudget({ bytes: size, documents: 1 }).take(document)).toBe(true);
      expect(new ReadBudget({ bytes: size - 1, documents: 1 }).take(document)).toBe(false);
    },
  );

  test("is as many documents as are allowed, and no more", () => {
    const budget = new ReadBudget({ bytes: UNLIMITED, documents: 2 });
    const document = { _id: "id", _creationTime: 1 };
    expect([1, 2, 3].map(() => budget.take(document))).toEqual([true, true, false]);
  });
});
