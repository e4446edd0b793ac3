import { HttpError } from "./errors";

/** Lets a bounded number of calls of one type run at once; the others queue for a while. */
export class ConcurrencyLimit {
  readonly #type: string;
  readonly #permits: number;
  readonly #waitMs: number;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  /** `type` is named in the refusal, in lower case. */
  constructor(type: string, permits: number, waitMs: number) {
    this.#type = type;
    this.#permits = permits;
    this.#waitMs = waitMs;
  }

  /** Runs the call when its turn comes. Throws 429 TooManyConcurrentRequests when it does not. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#permits) {
      await this.#turn();
    } else {
      this.#running += 1;
    }
    try {
      return await call();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) {
        this.#running -= 1;
      } else {
        next();
      }
    }
  }

  /** Waits until a finished call hands its permit over. */
  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#queue.splice(this.#queue.indexOf(take), 1);
        reject(
          new HttpError(
            429,
            "TooManyConcurrentRequests",
            `Too many concurrent requests. Your backend is limited to ${this.#permits} ` +
              `concurrent ${this.#type}s. To get more resources, upgrade to Convex Pro. If you ` +
              "are already on Convex Pro, please contact support.",
          ),
        );
      }, this.#waitMs);
      this.#queue.push(take);
    });
  }
}
