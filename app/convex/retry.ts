import pRetry from "p-retry";
import { requestedWaitMs } from "./errors";

/** How often a request that failed for a passing reason is repeated. */
const RETRIES = 3;

/** Longest pause of one that is repeated until the deadline, in ms. */
const LONGEST_PAUSE_MS = 5_000;

export interface RetryOptions {
  /** Bound for all attempts together, in ms. */
  deadlineMs: number;
  /** Pause before the first repetition, in ms. It doubles each time, and is up to twice that by chance. */
  firstDelayMs: number;
  mayRepeat: (error: unknown) => boolean;
  /** Whether it is repeated until the deadline, and not only a few times. */
  isPersistent?: boolean;
  signal: AbortSignal | undefined;
}

/**
 * Repeats what failed for a passing reason, as long as the deadline allows. Where Convex asks for a
 * wait it gets that; one that the deadline does not allow ends it at once.
 * @param attempt gets the time that is left for it, in ms
 * @throws what the last attempt threw, or the reason of the signal
 */
export async function withRetries<T>(
  attempt: (leftMs: number) => Promise<T>,
  { deadlineMs, firstDelayMs, mayRepeat, isPersistent = false, signal }: RetryOptions,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  let lastError: Error | undefined;

  const run = async () => {
    const leftMs = Math.floor(deadline - performance.now());
    if (lastError !== undefined && leftMs <= 0) throw lastError;
    return await attempt(leftMs);
  };
  const shouldRetry = async ({ error }: { error: Error }) => {
    lastError = error;
    const waitMs = requestedWaitMs(error);
    if (!mayRepeat(error) || performance.now() + waitMs >= deadline) return false;
    if (waitMs > 0) await pause(waitMs, signal);
    return true;
  };
  return await pRetry(run, {
    ...(isPersistent ? { retries: Infinity, maxTimeout: LONGEST_PAUSE_MS } : { retries: RETRIES }),
    minTimeout: firstDelayMs,
    randomize: true,
    shouldRetry,
    signal,
  });
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
