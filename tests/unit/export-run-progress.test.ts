import { describe, expect, it } from "vitest";
import {
  estimateRemainingMs,
  formatSeconds,
  milestoneOf,
  percentOf,
  titlePrefix,
} from "~/components/export/run-progress";
import type { RunStatus } from "~/export/run-status";

const reading = (done: number, elapsedMs = 0): RunStatus => ({
  phase: "reading",
  elapsedMs,
  records: { done, total: 200 },
  bytes: { done: 5 * done, total: 1000 },
  tables: [],
  isCancelAsked: false,
});
const delivering = (done: number, elapsedMs = 0): RunStatus => ({
  ...reading(200, elapsedMs),
  phase: "delivering",
  bytes: { done, total: 900 },
});
const waiting: RunStatus = { phase: "waiting", elapsedMs: 0, tables: [], isCancelAsked: false };

describe("the percentage", () => {
  it("is that of the records while they are read, and of the bytes while they are delivered", () => {
    expect(percentOf(reading(99))).toBe(49);
    expect(percentOf(delivering(450))).toBe(50);
  });

  it("is 100 only when all is done", () => {
    expect(percentOf({ ...reading(0), records: { done: 9999, total: 10_000 } })).toBe(99);
    expect(percentOf(reading(200))).toBe(100);
  });

  it("is not known before the plan, of an empty database, and of another replica's run", () => {
    const { records: _, ...elsewhere } = reading(0);
    expect(percentOf(waiting)).toBeUndefined();
    expect(percentOf({ ...reading(0), records: { done: 0, total: 0 } })).toBeUndefined();
    expect(percentOf(elsewhere)).toBeUndefined();
  });

  it("is in front of the title while there is something to count", () => {
    expect(titlePrefix(reading(90))).toBe("45 % read");
    expect(titlePrefix(delivering(90))).toBe("10 % delivered");
    expect(titlePrefix(waiting)).toBeUndefined();
    expect(titlePrefix(undefined)).toBeUndefined();
  });
});

describe("what a screen reader is told", () => {
  it("changes with every quarter, and not with every look", () => {
    const told = [0, 1, 49, 50, 60, 99, 100, 199, 200].map((done) => milestoneOf(reading(done)));
    expect([...new Set(told)]).toEqual([
      "Reading the database",
      "Reading the database: 25 %",
      "Reading the database: 50 %",
      "Reading the database: 75 %",
      "Reading the database: 100 %",
    ]);
  });

  it("names each phase", () => {
    expect(milestoneOf(waiting)).toBe("Counting the records");
    expect(milestoneOf({ ...reading(200), phase: "preparing" })).toBe("Preparing the file");
    expect(milestoneOf(delivering(10))).toBe("Delivering the file");
  });
});

describe("the time that is left", () => {
  it("is what the rest takes at the pace so far", () => {
    expect(estimateRemainingMs(reading(50, 1000), reading(100, 6000))).toBe(10_000);
    expect(estimateRemainingMs(delivering(0, 1000), delivering(300, 4000))).toBe(6_000);
  });

  it.each<[string, RunStatus, RunStatus]>([
    ["before two seconds are seen", reading(50, 1000), reading(100, 2999)],
    ["while nothing moves", reading(50, 1000), reading(50, 9000)],
    ["of another step", reading(50, 1000), delivering(50, 9000)],
    ["when all is done", reading(50, 1000), reading(200, 9000)],
    ["while it waits", waiting, { ...waiting, elapsedMs: 9000 }],
  ])("is not known %s", (_when, earlier, now) => {
    expect(estimateRemainingMs(earlier, now)).toBeUndefined();
  });

  it("is told in whole seconds", () => {
    expect(formatSeconds(12_345)).toBe("12 s");
    expect(formatSeconds(185_400)).toBe("3 min 5 s");
  });
});
