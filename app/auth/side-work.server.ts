import { setTimeout as sleep } from "node:timers/promises";
import { describeCause } from "../http/export-problem.server";
import type { RequestContext } from "../http/load-context";

/** How long a request waits for work that it does not depend on. */
const LONGEST_WAIT_MS = 3_000;

/**
 * Waits for something that belongs to a request and must neither fail nor hold it up: a failure is
 * logged, and what takes longer goes on by itself.
 */
export async function waitBriefly(
  work: Promise<unknown>,
  { log }: RequestContext,
  failure: string,
): Promise<void> {
  const settled = work.catch((error: unknown) => {
    log.warn({ cause: describeCause(error) }, failure);
  });
  await Promise.race([settled, sleep(LONGEST_WAIT_MS, undefined, { ref: false })]);
}
