import fc from "fast-check";
import { expect, test } from "vitest";
import { Coverage } from "~/export/coverage";

test("coverage knows how many bytes are in some range, and whether all are, in whatever order they came", () => {
  const length = 24;
  const range = fc
    .tuple(fc.nat({ max: length }), fc.nat({ max: length }))
    .map(([start, end]) => ({ start, end }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
      const coverage = new Coverage();
      const bytes = new Set<number>();
      for (const added of ranges) {
        coverage.add(added);
        for (let byte = added.start; byte < added.end; byte += 1) bytes.add(byte);
        expect(coverage.bytes).toBe(bytes.size);
        expect(coverage.isWhole(length)).toBe(bytes.size === length);
      }
    }),
    { numRuns: 500 },
  );
});
