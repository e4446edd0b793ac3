import { setTimeout as sleep } from "node:timers/promises";

/** How often a condition is looked at. */
const POLL_MS = 20;

/** After that a condition counts as one that never comes (90 s: the machine may be busy). */
const NEVER_MS = 90_000;

/**
 * Waits until there is a value, and returns it.
 * @param find Gives nothing while there is none.
 * @param neverMs After that it counts as one that never comes.
 */
export async function until<T>(
  what: string,
  find: () => T | undefined | false | Promise<T | undefined | false>,
  neverMs = NEVER_MS,
): Promise<T> {
  const deadline = Date.now() + neverMs;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`This never happened: ${what}`);
    await sleep(POLL_MS);
  }
}
