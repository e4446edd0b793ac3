import type { FollowedRun, RunStatus } from "~/export/run-status";

/**
 * One download as the export page follows it: pure, so that each way it can go is a test. The
 * browser writes the file by itself; what became of it is only known from the run's audit row.
 */

/** A run as `GET …/runs/:id` answers it, as far as it is shown. */
export type ExportRun = Pick<FollowedRun, "outcome"> &
  Partial<Omit<FollowedRun, "outcome" | "runKey" | "startedAt">>;

/** What one look at the run gave. */
export type PollResult =
  | { kind: "run"; run: ExportRun }
  | { kind: "missing" }
  | { kind: "signed_out" }
  | { kind: "forbidden" }
  | { kind: "unreachable" };

/** What a page says that came instead of a file. */
export interface Refusal {
  message?: string;
  requestId?: string;
  /** Of the audit row: name of whoever cancelled the run. */
  cancelledBy?: string;
}

export type FailureReason =
  | "failed"
  | "cancelled"
  | "interrupted"
  | "paused"
  | "refused"
  | "signed_out"
  | "forbidden"
  | "not_started"
  | "unreachable";

interface ActiveRun {
  phase: "active";
  runKey: string;
  /** Whether this tab started it; others are only followed. */
  isOwn: boolean;
  /** How far it is, and how far it was at the first look at the same step. */
  status?: RunStatus;
  earlier?: RunStatus;
  startedAtMs: number;
  /** The last time the portal answered about this run. */
  answeredAtMs: number;
  isRowSeen: boolean;
  /** Set when a page came instead of a file. */
  refusal?: Refusal & { atMs: number };
}

export type ExportRunState =
  | { phase: "idle" }
  | ActiveRun
  | { phase: "completed"; runKey: string; run: ExportRun }
  | ({ phase: "failed"; runKey: string; reason: FailureReason; isOwn: boolean } & Refusal);

export type ExportRunEvent =
  | { type: "started"; runKey: string; atMs: number }
  /** It was found running, or another tab started it. */
  | { type: "found"; runKey: string; status?: RunStatus; atMs: number }
  | { type: "polled"; runKey: string; result: PollResult; atMs: number }
  | { type: "page_loaded"; refusal: Refusal; atMs: number };

/** The row is written before anything else, so it is late after this. */
export const ROW_TIMEOUT_MS = 15_000;
/** The row may still name the reason when a page came instead of a file. */
export const REFUSAL_GRACE_MS = 1_500;
/** A restarting portal is back by then. */
export const UNREACHABLE_TIMEOUT_MS = 30_000;

const FIRST_POLL_DELAY_MS = 700;
const LONGEST_POLL_DELAY_MS = 2_000;
const POLL_DELAY_GROWTH = 1.2;

/** How long to wait before look number `attempt` (from 0), in ms. */
export function pollDelayMs(attempt: number): number {
  return Math.min(FIRST_POLL_DELAY_MS * POLL_DELAY_GROWTH ** attempt, LONGEST_POLL_DELAY_MS);
}

export const initialExportRunState: ExportRunState = { phase: "idle" };

/** The reducer: what an event makes of a state. Events of another run change nothing. */
export function exportRunReducer(state: ExportRunState, event: ExportRunEvent): ExportRunState {
  if (event.type === "started" || event.type === "found") {
    const isOwn = event.type === "started";
    // What this tab runs is not replaced; what it only follows is, by a run of its own.
    if (state.phase === "active" && (state.isOwn || !isOwn)) return state;
    if (state.phase !== "idle" && state.runKey === event.runKey) {
      // One that has ended is not followed again; one that was only followed is this tab's own.
      return state.phase === "active" ? { ...state, isOwn } : state;
    }
    const { runKey, atMs } = event;
    const begun = { runKey, startedAtMs: atMs, answeredAtMs: atMs, isRowSeen: false };
    return { phase: "active", isOwn, ...begun, ...("status" in event ? lookAt(event) : {}) };
  }
  if (state.phase !== "active") return state;
  if (event.type === "page_loaded") {
    return { ...state, refusal: { ...event.refusal, atMs: event.atMs } };
  }
  return event.runKey === state.runKey ? afterPoll(state, event.result, event.atMs) : state;
}

function afterPoll(state: ActiveRun, result: PollResult, nowMs: number): ExportRunState {
  switch (result.kind) {
    case "signed_out":
    case "forbidden":
      return failed(state, result.kind);
    case "unreachable":
      return withoutNews(state, nowMs);
    case "missing":
      return withoutNews({ ...state, answeredAtMs: nowMs }, nowMs);
    case "run":
      return afterRun({ ...state, answeredAtMs: nowMs, isRowSeen: true }, result.run, nowMs);
  }
}

function afterRun(state: ActiveRun, run: ExportRun, nowMs: number): ExportRunState {
  switch (run.outcome) {
    case "completed":
      return { phase: "completed", runKey: state.runKey, run };
    case "failed":
    case "cancelled":
    case "interrupted":
      return failed(state, run.outcome, run);
    case "running":
      // The browser may go on with it by itself, or not: this tab is free for another one.
      if (run.status?.phase === "paused") return failed(state, "paused");
      return withoutNews({ ...state, ...lookAt(run, state.earlier) }, nowMs);
  }
}

function lookAt({ status }: { status?: RunStatus }, earlier?: RunStatus) {
  return { status, earlier: earlier?.phase === status?.phase ? earlier : status };
}

function withoutNews(state: ActiveRun, nowMs: number): ExportRunState {
  if (state.refusal !== undefined && nowMs - state.refusal.atMs >= REFUSAL_GRACE_MS) {
    return failed(state, "refused", state.refusal);
  }
  if (nowMs - state.answeredAtMs >= UNREACHABLE_TIMEOUT_MS) return failed(state, "unreachable");
  const isAnswering = state.answeredAtMs === nowMs;
  if (isAnswering && !state.isRowSeen && nowMs - state.startedAtMs >= ROW_TIMEOUT_MS) {
    return failed(state, "not_started");
  }
  return state;
}

function failed(
  { runKey, isOwn, refusal }: ActiveRun,
  reason: FailureReason,
  news: Refusal = {},
): ExportRunState {
  const { message = refusal?.message, requestId = refusal?.requestId, cancelledBy } = news;
  return { phase: "failed", runKey, isOwn, reason, message, requestId, cancelledBy };
}
