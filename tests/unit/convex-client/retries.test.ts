import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { classifyAnswer, isTransient, unreachable } from "~/convex/errors";
import { withRetries, type RetryOptions } from "~/convex/retry";
import { ExportError } from "~/export/errors";
import {
  errorOf,
  removeMutation,
  resolveQuery,
  scriptedConvex,
  success,
} from "../../support/scripted-convex";

function busy(retryAfter?: string): ExportError {
  const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
  return classifyAnswer("f", { status: 429, headers, body: "", atTimestamp: true });
}

interface Attempt {
  /** Since the call, in ms. */
  at: number;
  leftMs: number;
}

/** Makes a call whose attempts fail one after another as told, and then succeed. */
function call(failures: Error[], options: Partial<RetryOptions> = {}) {
  const start = performance.now();
  const attempts: Attempt[] = [];
  const result = withRetries(
    (leftMs) => {
      attempts.push({ at: performance.now() - start, leftMs });
      const failure = failures[attempts.length - 1];
      return failure === undefined ? Promise.resolve("done") : Promise.reject(failure);
    },
    {
      deadlineMs: 60_000,
      firstDelayMs: 200,
      mayRepeat: isTransient,
      signal: undefined,
      ...options,
    },
  );
  // Rejections are looked at after the clock was moved.
  result.catch(() => undefined);
  return { attempts, result };
}

describe("attempts", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("are four, with pauses that double and are up to twice as long by chance", async () => {
    const failure = busy();
    const { attempts, result } = call([failure, failure, failure, failure, failure]);
    await vi.runAllTimersAsync();
    await expect(result).rejects.toBe(failure);
    expect(attempts).toHaveLength(4);
    for (const [index, shortest] of [200, 400, 800].entries()) {
      const pause = (attempts[index + 1]?.at ?? 0) - (attempts[index]?.at ?? 0);
      expect(pause).toBeGreaterThanOrEqual(shortest);
      expect(pause).toBeLessThanOrEqual(2 * shortest);
    }
  });

  test("go on until the deadline where they are to, with pauses of 5 seconds at most", async () => {
    const failure = busy();
    const options = { isPersistent: true, deadlineMs: 90_000 };
    const { attempts, result } = call(Array<Error>(1000).fill(failure), options);
    await vi.runAllTimersAsync();
    await expect(result).rejects.toBe(failure);
    const times = attempts.map(({ at }) => at);
    expect(times.at(-1)).toBeGreaterThanOrEqual(85_000);
    expect(times.at(-1)).toBeLessThan(90_000);
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(pauses[0]).toBeLessThanOrEqual(400);
    expect(Math.max(...pauses)).toBe(5_000);
  });

  test("wait at least as long as Convex asks", async () => {
    const { attempts, result } = call([busy("7"), busy("11")]);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(attempts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(400);
    expect(attempts).toHaveLength(2);
    await vi.runAllTimersAsync();
    expect(await result).toBe("done");
    expect((attempts[2]?.at ?? 0) - (attempts[1]?.at ?? 0)).toBeGreaterThanOrEqual(11_400);
  });

  test("end at once where Convex asks for more than the deadline allows", async () => {
    const failure = busy("60");
    const { attempts, result } = call([failure]);
    await expect(result).rejects.toBe(failure);
    expect(attempts).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(failure.retryAfterSeconds).toBe(60);
  });

  test("know how much of the deadline is left, and end when nothing is", async () => {
    const failure = busy("25");
    const { attempts, result } = call([failure, failure, failure, failure]);
    await vi.runAllTimersAsync();
    await expect(result).rejects.toBe(failure);
    expect(attempts).toHaveLength(3);
    for (const { at, leftMs } of attempts) expect(leftMs).toBe(Math.floor(60_000 - at));
  });

  test("are not begun when a pause has used the deadline up", async () => {
    const failure = unreachable("f", "ECONNRESET");
    const { attempts, result } = call([failure], { deadlineMs: 150 });
    await vi.runAllTimersAsync();
    await expect(result).rejects.toBe(failure);
    expect(attempts).toHaveLength(1);
  });

  test("end with what does not pass", async () => {
    const failure = new ExportError("convex_refused", "f");
    const { attempts, result } = call([busy(), failure]);
    await vi.runAllTimersAsync();
    await expect(result).rejects.toBe(failure);
    expect(attempts).toHaveLength(2);
  });

  test("end with the reason of a signal that was aborted during a wait", async () => {
    const controller = new AbortController();
    const { attempts, result } = call([busy("30")], { signal: controller.signal });
    await vi.advanceTimersByTimeAsync(10_000);
    const reason = new Error("gone");
    controller.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(attempts).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("end at once when they fail with the reason of the signal, though that would pass", async () => {
    const reason = busy("30");
    const controller = new AbortController();
    const result = withRetries(
      () => {
        controller.abort(reason);
        return Promise.reject(reason);
      },
      {
        deadlineMs: 60_000,
        firstDelayMs: 200,
        mayRepeat: isTransient,
        signal: controller.signal,
      },
    );
    await expect(result).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the client", () => {
  test("fails at once where Convex asks for a wait beyond its deadline", async () => {
    const answer = { status: 503, headers: { "Retry-After": "61" }, body: {} };
    const server = await scriptedConvex([answer]);
    const error = await errorOf(resolveQuery(server.client));
    expect(error).toMatchObject({ code: "convex_overloaded", retryAfterSeconds: 61 });
    expect(server.received).toHaveLength(1);
    await server.close();
  });

  test("gives all attempts together no more than its deadline", async () => {
    const server = await scriptedConvex([() => undefined], { timeoutMs: 60_000, deadlineMs: 300 });
    const error = await errorOf(resolveQuery(server.client));
    expect(error.code).toBe("convex_unreachable");
    expect(server.received).toHaveLength(1);
    await server.close();
  });

  test("honours Retry-After of what a mutation may repeat", async () => {
    const answer = { status: 429, headers: { "Retry-After": "61" }, body: {} };
    const server = await scriptedConvex([answer, success(null)]);
    const error = await errorOf(removeMutation(server.client));
    expect(error).toMatchObject({ code: "convex_overloaded", retryAfterSeconds: 61 });
    await server.close();
  });
});
