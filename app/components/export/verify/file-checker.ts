import type { CheckMessage } from "~/workers/check-file";
import type { FileInspection } from "~/workers/inspection";

export interface CheckHandlers {
  onProgress(bytes: number): void;
  onDone(inspection: FileInspection): void;
  onFailed(): void;
}

/**
 * Checks a file in a worker: the page stays responsive, and nothing of the file leaves the browser.
 * @returns Ends the check.
 */
export function checkFile(file: File, handlers: CheckHandlers): () => void {
  const worker = new Worker(new URL("../../../workers/check-file.ts", import.meta.url), {
    type: "module",
  });
  worker.onmessage = ({ data }: MessageEvent<CheckMessage>) => {
    if (data.type === "progress") return handlers.onProgress(data.bytes);
    worker.terminate();
    if (data.type === "done") handlers.onDone(data.inspection);
    else handlers.onFailed();
  };
  worker.onerror = () => {
    worker.terminate();
    handlers.onFailed();
  };
  worker.postMessage(file);
  return () => worker.terminate();
}
