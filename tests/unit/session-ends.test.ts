import { expect, test } from "vitest";
import { canBeExtended, remainingMs } from "~/lib/session-ends";

const MINUTE_MS = 60_000;

test.each([
  ["without use", { now: 0, idleEnds: 10, ends: 30 }, 10],
  ["however much it is used", { now: 0, idleEnds: 30, ends: 20 }, 20],
  ["and is over", { now: 40, idleEnds: 30, ends: 30 }, 0],
])("a session ends %s", (_how, ends, remaining) => {
  expect(remainingMs(ends)).toBe(remaining);
});

test("using a session helps unless its last minutes are those of its 12 hours", () => {
  const ends = 720 * MINUTE_MS;
  expect(canBeExtended({ now: 0, idleEnds: 60 * MINUTE_MS, ends })).toBe(true);
  expect(canBeExtended({ now: 0, idleEnds: ends - 2 * MINUTE_MS, ends })).toBe(true);
  expect(canBeExtended({ now: 0, idleEnds: ends - 30_000, ends })).toBe(false);
  expect(canBeExtended({ now: 0, idleEnds: ends, ends })).toBe(false);
});
