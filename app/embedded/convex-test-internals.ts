import { AsyncLocalStorage } from "node:async_hooks";
import type { TestConvex } from "convex-test";
import { EmbeddedConvexError } from "./errors";

/** The version of convex-test whose internals are used here. `package.json` pins it. */
export const CONVEX_TEST_VERSION = "0.0.60";

type AnyConvexTest = Pick<TestConvex<never>, "finishInProgressScheduledFunctions">;

/** Counts a transaction's reads and writes, and throws above Convex's limits. */
export interface MetricsTracker {
  trackRead(sizeBytes: number): void;
  trackIndexRange(): void;
}

/** convex-test's state of one test, which it keeps in a closure. */
export interface ConvexTestGlobal {
  components: Record<string, { db: unknown }>;
  transactionManager: { getMetricsTracker(): MetricsTracker | null };
  syscall: (operation: string, jsonArgs: string) => string;
  asyncSyscall: (operation: string, jsonArgs: string) => Promise<string>;
}

/**
 * Gets hold of the state of a test. convex-test enters it into an AsyncLocalStorage on every call;
 * `run` is watched for the length of one call that does nothing.
 * Throws if convex-test has changed.
 */
export function convexTestGlobal(test: AnyConvexTest): ConvexTestGlobal {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the right receiver
  const originalRun = AsyncLocalStorage.prototype.run;
  let found: ConvexTestGlobal | undefined;
  AsyncLocalStorage.prototype.run = function watchedRun<R, TArgs extends unknown[]>(
    this: AsyncLocalStorage<unknown>,
    store: unknown,
    callback: (...args: TArgs) => R,
    ...args: TArgs
  ): R {
    if (isConvexTestGlobal(store)) {
      found = store;
    }
    return originalRun.call(this, store, callback as (...args: unknown[]) => R, ...args) as R;
  };
  try {
    void test.finishInProgressScheduledFunctions();
  } finally {
    AsyncLocalStorage.prototype.run = originalRun;
  }
  if (found === undefined) {
    throw new EmbeddedConvexError(
      `The embedded Convex needs convex-test ${CONVEX_TEST_VERSION}: its internal state was not ` +
        "found. Run npm ci.",
    );
  }
  return found;
}

function isConvexTestGlobal(store: unknown): store is ConvexTestGlobal {
  return (
    typeof store === "object" &&
    store !== null &&
    "components" in store &&
    "transactionManager" in store &&
    "syscall" in store &&
    "asyncSyscall" in store
  );
}
