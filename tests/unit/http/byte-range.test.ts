import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { selectRange } from "~/http/byte-range";

const BYTES = 1000;

describe("a range", () => {
  test.each<[string, number, number]>([
    ["bytes=0-0", 0, 1],
    ["bytes=0-499", 0, 500],
    ["bytes=500-", 500, 1000],
    ["bytes=0-", 0, 1000],
    ["bytes=999-", 999, 1000],
    ["bytes=-1", 999, 1000],
    ["bytes=-1000", 0, 1000],
    ["bytes=-5000", 0, 1000],
    ["bytes=990-5000", 990, 1000],
    ["bytes=0-99999999999999999999", 0, 1000],
    ["Bytes= 1-2 ", 1, 3],
  ])("%s is the bytes from %i to before %i", (header, start, end) => {
    expect(selectRange(header, BYTES)).toEqual({ kind: "part", range: { start, end } });
  });

  test.each(["bytes=1000-", "bytes=1000-1001", "bytes=99999999999999999999-", "bytes=-0"])(
    "%s has no byte of the file",
    (header) => expect(selectRange(header, BYTES)).toEqual({ kind: "unsatisfiable" }),
  );

  test.each([
    [null],
    [""],
    ["bytes"],
    ["bytes="],
    ["bytes=-"],
    ["bytes=5-4"],
    ["bytes=a-b"],
    ["bytes=0x1-2"],
    ["bytes=1-2x"],
    ["bytes=1.5-2"],
    ["bytes=--1"],
    ["bytes=0-1,5-6"],
    ["bytes=0-1,"],
    ["lines=0-1"],
    ["items=0-"],
  ])("%j is ignored, so that all of the file is sent", (header) => {
    expect(selectRange(header, BYTES)).toEqual({ kind: "whole" });
  });

  test("of no byte exists in an empty file", () => {
    expect(selectRange("bytes=0-", 0)).toEqual({ kind: "unsatisfiable" });
    expect(selectRange("bytes=-1", 0)).toEqual({ kind: "unsatisfiable" });
  });

  test("is always within the file and never empty", () => {
    const number = fc.nat({ max: 3000 });
    fc.assert(
      fc.property(number, fc.option(number), fc.option(number), (bytes, first, last) => {
        const selected = selectRange(`bytes=${first ?? ""}-${last ?? ""}`, bytes);
        if (selected.kind !== "part") return;
        const { start, end } = selected.range;
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(bytes);
        if (first !== null) expect(start).toBe(first);
      }),
    );
  });
});
