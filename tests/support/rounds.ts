import { setImmediate } from "node:timers/promises";

/** Turns of the event loop without an arrival after which all that will come has come. */
const QUIET_TURNS = 20;

/**
 * Virtual time: queries that wait for the same round take as long as one of them. How many rounds
 * something takes does not depend on the machine.
 */
export class Rounds {
  count = 0;
  private waiting: (() => void)[] = [];

  /** Waits for the next round. */
  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Holds rounds until the work is done. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    done.catch(() => undefined);
    let known = 0;
    for (let quiet = 0; !isDone; quiet += 1) {
      await setImmediate();
      if (this.waiting.length !== known) [quiet, known] = [0, this.waiting.length];
      if (quiet < QUIET_TURNS || known === 0) continue;
      this.count += 1;
      const released = this.waiting;
      [this.waiting, quiet, known] = [[], 0, 0];
      for (const release of released) release();
    }
    return await done;
  }
}
