import { pollDelayMs } from "./export-run-state";
import type { PollResult } from "./export-run-state";
import { pollRun } from "./run-client";

/** Looks at a run again and again, at a slowing pace, until aborted. */
export async function followRun(
  runKey: string,
  onResult: (result: PollResult) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    await sleep(pollDelayMs(attempt), signal);
    if (signal.aborted) return;
    const result = await pollRun(runKey, signal);
    // Checked again: an abort during the look makes its result meaningless.
    if (signal.aborted) return;
    onResult(result);
  }
}

/** Waits, or ends early when aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
