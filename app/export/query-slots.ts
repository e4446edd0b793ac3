/**
 * Lets so many queries run at once. Whoever wants more waits, and owners take turns: an export with
 * hundreds of pages to read does not keep one with a single page waiting for all of them.
 */
export class QuerySlots {
  private active = 0;
  /** Starts those that wait, in order, by owner. The first owner's turn is next. */
  private readonly waiting = new Map<object, Set<() => void>>();

  constructor(readonly limit: number) {}

  /** Queries that could start at once. Nobody waits while there is one. */
  get idle(): number {
    return this.limit - this.active;
  }

  /** Runs a query when it has a slot. Rejects as soon as the signal is aborted before that. */
  async run<T>(
    owner: object,
    signal: AbortSignal | undefined,
    query: () => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.active < this.limit) this.active += 1;
    else await this.turn(owner, signal);
    try {
      return await query();
    } finally {
      this.passOn();
    }
  }

  private turn(owner: object, signal: AbortSignal | undefined): Promise<void> {
    const queue = this.waiting.get(owner) ?? new Set();
    this.waiting.set(owner, queue);
    return new Promise((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        queue.delete(start);
        if (queue.size === 0) this.waiting.delete(owner);
        reject(signal?.reason as Error);
      };
      queue.add(start);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** Gives a slot to the next who waits. */
  private passOn(): void {
    for (const [owner, queue] of this.waiting) {
      this.waiting.delete(owner);
      for (const start of queue) {
        queue.delete(start);
        if (queue.size > 0) this.waiting.set(owner, queue); // behind all others
        start();
        return;
      }
    }
    this.active -= 1;
  }
}
