import { z } from "zod";
import { inspectFile } from "./file-inspection";
import type { FileInspection } from "./inspection";

/** What the worker says while it reads the file that it was sent. */
export type CheckMessage =
  | { type: "progress"; bytes: number }
  | { type: "done"; inspection: FileInspection }
  /** The browser could not read the file, e.g. because it was changed or removed meanwhile. */
  | { type: "unreadable" };

/** Progress is told at most so often; a file comes in many small pieces. */
const PROGRESS_MS = 100;

// Compiled checks need `eval`, which the content security policy forbids.
z.config({ jitless: true });

function say(message: CheckMessage): void {
  postMessage(message);
}

addEventListener("message", ({ data }: MessageEvent<File>) => {
  let lastProgress = 0;
  inspectFile(data, (bytes) => {
    const now = performance.now();
    if (now - lastProgress < PROGRESS_MS) return;
    lastProgress = now;
    say({ type: "progress", bytes });
  }).then(
    (inspection) => say({ type: "done", inspection }),
    () => say({ type: "unreadable" }),
  );
});
