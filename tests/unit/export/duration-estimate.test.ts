import { expect, test } from "vitest";
import { estimateDuration, guessDuration } from "~/export/duration-estimate";

const completed = (bytes: number, durationMs: number) => ({
  outcome: "completed",
  bytes,
  durationMs,
});

test("an export takes as long as the middle one of those before it, for its size", () => {
  const earlier = [completed(1_000_000, 500), completed(2_000_000, 4000), completed(500_000, 300)];
  expect(estimateDuration(1_000_000, earlier)).toEqual({ ms: 600, basedOn: 3 });
});

test("exports that failed, were cancelled or run say nothing", () => {
  const outcomes = ["failed", "cancelled", "interrupted", "running", "denied"];
  const earlier = outcomes.map((outcome) => ({ outcome, bytes: 1_000_000, durationMs: 100 }));
  expect(estimateDuration(1_000_000, earlier)).toBeNull();
  expect(estimateDuration(1_000_000, [{ outcome: "completed" }])).toBeNull();
});

test("much smaller and much larger ones are no measure", () => {
  const earlier = [completed(249_999, 100), completed(4_000_001, 100)];
  expect(estimateDuration(1_000_000, earlier)).toBeNull();
  const atTheEdge = [completed(250_000, 100), completed(4_000_000, 1600)];
  expect(estimateDuration(1_000_000, atTheEdge)).toEqual({ ms: 400, basedOn: 2 });
});

test("nothing is promised without earlier exports, nor for a file of no size", () => {
  expect(estimateDuration(1_000_000, [])).toBeNull();
  expect(estimateDuration(0, [completed(1, 1)])).toBeNull();
});

test.each([
  [0, "less than a minute"],
  [1_900_000, "less than a minute"],
  [449_999_999, "less than a minute"],
  [450_000_000, "about a minute"],
  [674_999_999, "about a minute"],
  [675_000_000, "about 2 minutes"],
  [5_000_000_000, "about 11 minutes"],
])("a guess without earlier exports is in minutes, as it is rough: %i bytes", (bytes, words) => {
  expect(guessDuration(bytes)).toBe(words);
});
