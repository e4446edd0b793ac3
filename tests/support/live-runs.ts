import { ExportError } from "~/export/errors";
import type { HoldKey } from "~/export/held-exports";
import type { LiveRun, LiveRunRequest } from "~/export/live-runs";
import { TestExport } from "./prepared-export";

export const KEY: HoldKey = { owner: "session-1", selection: "full", runKey: "run-1" };
export const FILE = Buffer.alloc(300_000, "The bytes of a file. ");

/** Timers that a test lets expire, by how long they are. */
export class Timers {
  private waiting: { run: () => void; delayMs: number }[] = [];
  readonly schedule = (run: () => void, delayMs: number) => {
    const timer = { run, delayMs };
    this.waiting.push(timer);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== timer);
    };
  };
  count(delayMs: number): number {
    return this.waiting.filter((timer) => timer.delayMs === delayMs).length;
  }
  async expire(delayMs: number): Promise<void> {
    const due = this.waiting.filter((timer) => timer.delayMs === delayMs);
    this.waiting = this.waiting.filter((timer) => timer.delayMs !== delayMs);
    for (const { run } of due) run();
    await settled();
  }
}

/** An export that a test lets end. */
export class Making {
  readonly prepared = new TestExport(FILE);
  made = 0;
  run: LiveRun | undefined;
  isCancelAsked = false;
  private resolve: (prepared: TestExport) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;

  request(changes: Partial<LiveRunRequest> = {}): LiveRunRequest {
    return {
      key: KEY,
      client: new AbortController().signal,
      mayReturn: false,
      isCancelAsked: () => Promise.resolve(this.isCancelAsked),
      onSettleError: () => undefined,
      make: (run) => {
        this.made += 1;
        this.run = run;
        return new Promise((resolve, reject) => {
          this.resolve = resolve;
          this.reject = reject;
          run.signal.addEventListener("abort", () =>
            reject(new ExportError("cancelled", "as the engine does")),
          );
        });
      },
      ...changes,
    };
  }

  async end(): Promise<void> {
    this.resolve(this.prepared);
    await settled();
  }

  async fail(): Promise<void> {
    this.reject(new ExportError("incomplete", "a test"));
    await settled();
  }
}

/** Lets everything happen that waits for nothing. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

export const codeOf = (error: unknown) => (error instanceof ExportError ? error.code : error);
