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

const fail = (keys: string[], now: number) =>
  convex.client.mutation(internal.signInThrottle.recordFailure, { keys, now });

const retryAfter = (limits: { key: string; maximum: number }[], now: number) =>
  convex.client.query(internal.signInThrottle.retryAfter, { limits, now });

test("nobody waits before a failure, or below the maximum", async () => {
  const key = randomUUID();
  const limits = [{ key, maximum: 3 }];
  expect(await retryAfter(limits, START)).toBe(0);
  await fail([key], START);
  await fail([key], START);
  expect(await retryAfter(limits, START)).toBe(0);
});

test("at the maximum one waits until the window of the first failure ends", async () => {
  const key = randomUUID();
  const limits = [{ key, maximum: 3 }];
  for (const delay of [0, 1000, 2000]) await fail([key], START + delay);
  expect(await retryAfter(limits, START + 2000)).toBe(WINDOW_MS - 2000);
  expect(await retryAfter(limits, START + WINDOW_MS - 1)).toBe(1);
  expect(await retryAfter(limits, START + WINDOW_MS)).toBe(0);
  expect(await retryAfter(limits, START + 10 * WINDOW_MS)).toBe(0);
});

test("a failure after the window starts a new one", async () => {
  const key = randomUUID();
  const limits = [{ key, maximum: 2 }];
  await fail([key], START);
  await fail([key], START);
  await fail([key], START + WINDOW_MS);
  expect(await retryAfter(limits, START + WINDOW_MS)).toBe(0);
  await fail([key], START + WINDOW_MS + 5);
  expect(await retryAfter(limits, START + WINDOW_MS + 5)).toBe(WINDOW_MS - 5);
});

test("the longest wait of the keys counts, and each has its own count", async () => {
  const [account, address, other] = [randomUUID(), randomUUID(), randomUUID()];
  await fail([account, address], START);
  await fail([address, other], START + 1000);
  const limits = [
    { key: account, maximum: 1 },
    { key: address, maximum: 2 },
    { key: other, maximum: 1 },
  ];
  expect(await retryAfter(limits, START + 1000)).toBe(WINDOW_MS);
  expect(await retryAfter(limits.slice(0, 2), START + 1000)).toBe(WINDOW_MS - 1000);
  expect(await retryAfter([{ key: other, maximum: 2 }], START + 1000)).toBe(0);
});

test("failures that come at once are all counted", async () => {
  const key = randomUUID();
  await Promise.all(Array.from({ length: 12 }, () => fail([key], START)));
  expect(await retryAfter([{ key, maximum: 12 }], START)).toBe(WINDOW_MS);
  expect(await retryAfter([{ key, maximum: 13 }], START)).toBe(0);
});
