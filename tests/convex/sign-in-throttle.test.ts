import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { internal } from "../../convex/_generated/api";
import { TestConvex } from "../support/convex";

const WINDOW_MS = 15 * 60 * 1000;
const START = 1_769_832_306_000;

let convex: TestConvex;

beforeAll(async () => {
  convex = await TestConvex.start({ empty: true });
});

afterAll(() => convex.close());

const begin = (limits: { key: string; maximum: number }[], now: number) =>
  convex.client.mutation(internal.signInThrottle.begin, { limits, now });

const takeBack = (keys: string[], begunAt: number) =>
  convex.client.mutation(internal.signInThrottle.takeBack, { keys, begunAt });

test("nobody waits below the maximum", async () => {
  const limits = [{ key: randomUUID(), maximum: 3 }];
  for (let attempt = 0; attempt < 3; attempt += 1) expect(await begin(limits, START)).toBe(0);
  expect(await begin(limits, START)).toBe(WINDOW_MS);
});

test("at the maximum one waits until the window of the first failure ends", async () => {
  const limits = [{ key: randomUUID(), maximum: 3 }];
  for (const delay of [0, 1000, 2000]) await begin(limits, START + delay);
  expect(await begin(limits, START + 2000)).toBe(WINDOW_MS - 2000);
  expect(await begin(limits, START + WINDOW_MS - 1)).toBe(1);
  expect(await begin(limits, START + WINDOW_MS)).toBe(0);
});

test("waiting does not count: it lasts no longer for those who try again", async () => {
  const limits = [{ key: randomUUID(), maximum: 1 }];
  await begin(limits, START);
  for (let attempt = 0; attempt < 5; attempt += 1) await begin(limits, START + 1000);
  expect(await begin(limits, START + WINDOW_MS)).toBe(0);
});

test("a failure after the window starts a new one", async () => {
  const limits = [{ key: randomUUID(), maximum: 2 }];
  await begin(limits, START);
  await begin(limits, START);
  expect(await begin(limits, START + WINDOW_MS)).toBe(0);
  expect(await begin(limits, START + WINDOW_MS + 5)).toBe(0);
  expect(await begin(limits, START + WINDOW_MS + 5)).toBe(WINDOW_MS - 5);
});

test("an attempt that is taken back was none", async () => {
  const limits = [{ key: randomUUID(), maximum: 1 }];
  const keys = limits.map(({ key }) => key);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect(await begin(limits, START)).toBe(0);
    await takeBack(keys, START);
  }
  await takeBack(keys, START);
  expect(await begin(limits, START)).toBe(0);
  expect(await begin(limits, START)).toBe(WINDOW_MS);
});

test("what was counted in a window that is over takes nothing from the next one", async () => {
  const limits = [{ key: randomUUID(), maximum: 1 }];
  const keys = limits.map(({ key }) => key);
  await begin(limits, START);
  await begin(limits, START + WINDOW_MS);
  await takeBack(keys, START);
  expect(await begin(limits, START + WINDOW_MS)).toBe(WINDOW_MS);
});

test("taking back what nobody began is nothing", async () => {
  const key = randomUUID();
  await takeBack([key], START);
  expect(await begin([{ key, maximum: 1 }], START)).toBe(0);
  expect(await begin([{ key, maximum: 1 }], START)).toBe(WINDOW_MS);
});

test("the longest wait of the keys counts, and a refused attempt counts under none", async () => {
  const [account, address] = [randomUUID(), randomUUID()];
  await begin([{ key: account, maximum: 1 }], START);
  await begin([{ key: address, maximum: 2 }], START + 1000);
  const both = [
    { key: account, maximum: 1 },
    { key: address, maximum: 2 },
  ];
  expect(await begin(both, START + 1000)).toBe(WINDOW_MS - 1000);
  expect(await begin([{ key: address, maximum: 2 }], START + 1000)).toBe(0);
  expect(await begin(both, START + 1000)).toBe(WINDOW_MS);
});

test("of attempts at the same time no more pass than may fail", async () => {
  const limits = [{ key: randomUUID(), maximum: 5 }];
  const waits = await Promise.all(Array.from({ length: 60 }, () => begin(limits, START)));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  expect(waits.filter((wait) => wait === WINDOW_MS)).toHaveLength(55);
});
