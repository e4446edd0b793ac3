import { exportErrorMessage } from "./errors";
import type { LiveProgress } from "./live-runs";

/** A run as the audit row has it, as of a moment. Times in ms since the epoch. */
export interface RecordedRun {
  runKey: string;
  kind: "session" | "command_line";
  outcome: "running" | "completed" | "failed" | "cancelled" | "interrupted";
  consistency?: string;
  startedAt: number;
  finishedAt?: number;
  progress?: Omit<LiveProgress, "tableRecords"> & { tableRecords?: Record<string, number> };
  cancelAskedAt?: number;
  cancelAskedBy?: string;
  errorCode?: string;
  requestId?: string;
  fileName?: string;
  totalRecords?: number;
  bytes?: number;
  digest?: string;
}

/**
 * `waiting` for its turn and its plan; `reading` the database; `preparing` the file of what was
 * read; `delivering` it; `paused` where the delivery broke off and may go on.
 */
export type RunPhase = "waiting" | "reading" | "preparing" | "delivering" | "paused";

/** How much of something is done. */
export interface Share {
  done: number;
  total: number;
}

/** How far a run is that still runs. */
export interface RunStatus {
  phase: RunPhase;
  elapsedMs: number;
  /** Read so far; absent where it is not known. */
  records?: Share;
  /** Read so far of an estimate; in the delivery, handed to the network of what the file has. */
  bytes?: Share;
  /** Records of each table, where the plan is known. */
  tables: ({ name: string } & Share)[];
  /** Whether somebody has asked to cancel it. */
  isCancelAsked: boolean;
}

/** A run as the page that follows it gets it. */
export interface FollowedRun {
  runKey: string;
  outcome: RecordedRun["outcome"];
  consistency?: string;
  startedAt: number;
  durationMs?: number;
  /** Of one that still runs. */
  status?: RunStatus;
  /** What to tell the administrator about a failed run. */
  message?: string;
  /** Name of whoever cancelled it. */
  cancelledBy?: string;
  requestId?: string;
  fileName?: string;
  totalRecords?: number;
  bytes?: number;
  /** SHA-256 of the file, hex. */
  digest?: string;
}

/**
 * Puts together what the audit row says and what the process knows that makes the run.
 * @param live Of this process; undefined where another one makes the run, or its plan is not made.
 * @param isHere Whether this process makes it.
 * @param nowMs By the portal's clock, in ms.
 */
export function describeRun(
  run: RecordedRun,
  live: LiveProgress | undefined,
  isHere: boolean,
  nowMs: number,
): FollowedRun {
  const { outcome, startedAt, finishedAt } = run;
  return {
    runKey: run.runKey,
    outcome,
    consistency: run.consistency,
    startedAt,
    durationMs: finishedAt === undefined ? undefined : Math.max(0, finishedAt - startedAt),
    status: outcome === "running" ? statusOf(run, live, isHere, nowMs) : undefined,
    message: outcome === "failed" ? exportErrorMessage(run.errorCode) : undefined,
    cancelledBy: outcome === "cancelled" ? run.cancelAskedBy : undefined,
    requestId: run.requestId,
    fileName: run.fileName,
    totalRecords: run.totalRecords,
    bytes: run.bytes,
    digest: run.digest,
  };
}

function statusOf(
  run: RecordedRun,
  live: LiveProgress | undefined,
  isHere: boolean,
  nowMs: number,
): RunStatus {
  const common = {
    elapsedMs: Math.max(0, nowMs - run.startedAt),
    isCancelAsked: run.cancelAskedAt !== undefined,
  };
  const progress = live ?? run.progress;
  if (progress === undefined) {
    // Of another process it is only known that it has written nothing so far.
    return { ...common, phase: isHere ? "waiting" : "reading", tables: [] };
  }
  const { phase, recordCounts, tableRecords, totalRecords, capturedBytes, estimatedBytes } =
    progress;
  const done = Object.values(recordCounts).reduce((sum, count) => sum + count, 0);
  const records = { done: Math.min(done, totalRecords), total: totalRecords };
  const tables = Object.entries(tableRecords ?? {}).map(([name, total]) => ({
    name,
    done: Math.min(recordCounts[name] ?? 0, total),
    total,
  }));
  if (phase === "capturing") {
    const isRead = records.done === totalRecords;
    const bytes = { done: capturedBytes, total: Math.max(capturedBytes, estimatedBytes) };
    return { ...common, phase: isRead ? "preparing" : "reading", records, bytes, tables };
  }
  const { sentBytes = 0, fileBytes = 0 } = progress;
  const bytes = { done: sentBytes, total: fileBytes };
  return { ...common, phase: phase === "paused" ? "paused" : "delivering", records, bytes, tables };
}
