import { formatBytes, formatCountOf, formatDuration } from "~/lib/format";
import type { ExportRun, ExportRunState } from "./export-run-state";

type FailedState = Extract<ExportRunState, { phase: "failed" }>;

/** What a toast says. `facts` are shown one per line. */
export interface OutcomeText {
  title: string;
  facts: string[];
  /** SHA-256 of the file in hex, to copy. */
  digest?: string;
  /** What the toast offers to do; null where there is nothing to do. */
  action: "try_again" | "sign_in" | null;
}

/** Hex characters of a digest that are shown; the whole one is in the audit row. */
const SHOWN_DIGEST_LENGTH = 16;

const ROLLING = "Not one moment in time: read while the database changed.";

/** What to say about a file that was delivered. */
export function describeCompleted(run: ExportRun): OutcomeText {
  const amounts = [
    run.totalRecords === undefined ? null : formatCountOf(run.totalRecords, "record"),
    run.bytes === undefined ? null : formatBytes(run.bytes),
    run.durationMs === undefined ? null : formatDuration(run.durationMs),
  ].filter((amount) => amount !== null);
  const facts = [
    run.fileName,
    amounts.length === 0 ? undefined : amounts.join(", "),
    run.consistency === "rolling" ? ROLLING : undefined,
    run.digest === undefined ? undefined : `SHA-256 ${run.digest.slice(0, SHOWN_DIGEST_LENGTH)}…`,
  ].filter((fact) => fact !== undefined);
  return { title: "Export ready", facts, digest: run.digest, action: null };
}

/** What to say about a download that did not end in a file. */
export function describeFailed({
  reason,
  message,
  requestId,
  cancelledBy,
}: FailedState): OutcomeText {
  const id = requestId === undefined ? [] : [`Request id ${requestId}`];
  switch (reason) {
    case "failed":
    case "refused":
      return {
        title: "The export failed",
        facts: [message ?? "The portal sent no file.", ...id],
        action: "try_again",
      };
    case "cancelled":
      return {
        title: "The export was cancelled",
        facts: [
          cancelledBy === undefined
            ? "The download was stopped before the file was complete."
            : `${cancelledBy} cancelled it.`,
          ...id,
        ],
        action: "try_again",
      };
    case "paused":
      return {
        title: "The download was stopped",
        facts: ["The file is kept for a short while, in which the browser can go on with it."],
        action: "try_again",
      };
    case "interrupted":
      return {
        title: "The export was interrupted",
        facts: ["The portal stopped during this export. Start it again.", ...id],
        action: "try_again",
      };
    case "signed_out":
      return {
        title: "Your session has ended",
        facts: ["Sign in again to export the database."],
        action: "sign_in",
      };
    case "forbidden":
      return {
        title: "The export was refused",
        facts: ["Only a system administrator may export the database."],
        action: null,
      };
    case "not_started":
      return {
        title: "The export did not start",
        facts: [message ?? "The portal did not begin it in time.", ...id],
        action: "try_again",
      };
    case "unreachable":
      return {
        title: "The portal cannot be reached",
        facts: ["Check your connection. A download that has begun may still finish."],
        action: "try_again",
      };
  }
}
