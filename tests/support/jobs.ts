import type { ExportCapacity } from "~/export/capacity";
import { ExportError } from "~/export/errors";
import type { ExportRequest } from "~/export/filters";
import type { ExportJob } from "~/export/run";
import type { ExportSource } from "~/export/source";
import { makeCapacity, MEBIBYTE, type MemoryRecorder } from "./export-runs";
import { until } from "./gate";

export const NOW = new Date("2026-01-31T04:05:06.789Z");

/** How long a capture may take where a test is not about that, in ms. */
export const CAPTURE_MS = 60_000;

export const FULL: ExportRequest = { format: "json", privacy: "redacted", consistency: "snapshot" };

/** A full export with small pages, at a fixed time. */
export function makeJob(
  source: ExportSource,
  recorder: MemoryRecorder,
  changes: Partial<ExportJob> = {},
): ExportJob {
  return {
    source,
    recorder,
    request: FULL,
    capacity: makeCapacity({ queries: 4 }),
    page: { maximumBytes: MEBIBYTE, maximumDocuments: 3 },
    captureMs: CAPTURE_MS,
    signal: new AbortController().signal,
    now: () => NOW,
    ...changes,
  };
}

/** The error of an export that fails; anything but an `ExportError` fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<ExportError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ExportError) return error;
  throw new Error("expected an ExportError", { cause: error });
}

/** Waits until nothing of a process's exports is left: no query, no bytes, no place taken. */
export async function untilFree(capacity: ExportCapacity): Promise<void> {
  const { spools } = capacity;
  await until(
    () =>
      capacity.idleQueries === capacity.queries && spools.memoryHeld === 0 && spools.diskHeld === 0,
    "the end of all queries and spools",
  );
}
