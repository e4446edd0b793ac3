import { describe, expect, it } from "vitest";
import {
  exportRunReducer,
  initialExportRunState,
  pollDelayMs,
  REFUSAL_GRACE_MS,
  ROW_TIMEOUT_MS,
  UNREACHABLE_TIMEOUT_MS,
} from "~/components/export/export-run-state";
import type { RunPhase, RunStatus } from "~/export/run-status";
import type {
  ExportRun,
  ExportRunEvent,
  ExportRunState,
  PollResult,
  Refusal,
} from "~/components/export/export-run-state";

const START_MS = 1_000_000;
const KEY = "8f14e45f-ceea-467f-ab3d-5a0f2d2c7d10";

const started: ExportRunEvent = { type: "started", runKey: KEY, atMs: START_MS };
const running: PollResult = { kind: "run", run: { outcome: "running" } };
const missing: PollResult = { kind: "missing" };
const unreachable: PollResult = { kind: "unreachable" };

const ended = (run: ExportRun): PollResult => ({ kind: "run", run });
const poll = (result: PollResult, afterMs: number, runKey = KEY): ExportRunEvent => ({
  type: "polled",
  runKey,
  result,
  atMs: START_MS + afterMs,
});
const page = (refusal: Refusal, afterMs: number): ExportRunEvent => ({
  type: "page_loaded",
  refusal,
  atMs: START_MS + afterMs,
});
const after = (...events: ExportRunEvent[]): ExportRunState =>
  events.reduce(exportRunReducer, initialExportRunState);

describe("following an export", () => {
  it("is active from the click on", () => {
    expect(after(started)).toMatchObject({ phase: "active", runKey: KEY });
  });

  it("stays active while the row is missing, then running", () => {
    const state = after(started, poll(missing, 700), poll(running, 1_500));
    expect(state).toMatchObject({ phase: "active", isRowSeen: true });
  });

  it("completes with what the row says of the file", () => {
    const run: ExportRun = { outcome: "completed", fileName: "export.json", totalRecords: 3 };
    expect(after(started, poll(running, 700), poll(ended(run), 1_500))).toEqual({
      phase: "completed",
      runKey: KEY,
      run,
    });
  });

  it("fails with the message and the request id of the row", () => {
    const run: ExportRun = { outcome: "failed", message: "Busy.", requestId: "r-1" };
    expect(after(started, poll(ended(run), 700))).toEqual({
      phase: "failed",
      runKey: KEY,
      isOwn: true,
      reason: "failed",
      message: "Busy.",
      requestId: "r-1",
    });
  });

  it("tells a cancelled download from a failed one", () => {
    const state = after(started, poll(ended({ outcome: "cancelled" }), 700));
    expect(state).toMatchObject({ phase: "failed", reason: "cancelled" });
  });

  it("tells an export whose portal did not live to end it from a failed one", () => {
    const run: ExportRun = { outcome: "interrupted", requestId: "r-1" };
    const state = after(started, poll(running, 700), poll(ended(run), 40_000));
    expect(state).toMatchObject({ phase: "failed", reason: "interrupted", requestId: "r-1" });
  });

  it("follows a long export for as long as the portal answers", () => {
    const anHour = Array.from({ length: 1_800 }, (_, index) => poll(running, index * 2_000));
    expect(after(started, ...anHour)).toMatchObject({ phase: "active" });
  });

  it.each(["signed_out", "forbidden"] as const)("ends at once when %s", (kind) => {
    const state = after(started, poll({ kind }, 700));
    expect(state).toMatchObject({ phase: "failed", reason: kind });
  });
});

describe("an export without a row", () => {
  it("has failed to start when the row does not come in time", () => {
    const waiting = after(started, poll(missing, ROW_TIMEOUT_MS - 1));
    expect(waiting.phase).toBe("active");
    expect(exportRunReducer(waiting, poll(missing, ROW_TIMEOUT_MS))).toMatchObject({
      phase: "failed",
      reason: "not_started",
    });
  });

  it("is refused, for the reason that the page gave, when a page came instead of a file", () => {
    const refusal = { message: "Unknown parameter: table.", requestId: "r-2" };
    const loaded = after(started, page(refusal, 1_000));
    const inGrace = exportRunReducer(loaded, poll(missing, 1_000 + REFUSAL_GRACE_MS - 1));
    expect(inGrace.phase).toBe("active");
    expect(exportRunReducer(inGrace, poll(missing, 1_000 + REFUSAL_GRACE_MS))).toEqual({
      phase: "failed",
      runKey: KEY,
      isOwn: true,
      reason: "refused",
      ...refusal,
    });
  });

  it("takes the row's own reason over the page's when the row comes after all", () => {
    const state = after(
      started,
      page({ message: "From the page.", requestId: "r-page" }, 1_000),
      poll(ended({ outcome: "failed", message: "From the row.", requestId: "r-row" }), 1_500),
    );
    expect(state).toMatchObject({ message: "From the row.", requestId: "r-row" });
  });

  it("ends when a page came but the row was left running", () => {
    const state = after(
      started,
      poll(running, 700),
      page({}, 1_000),
      poll(running, 1_000 + REFUSAL_GRACE_MS),
    );
    expect(state).toMatchObject({ phase: "failed", reason: "refused" });
  });
});

describe("an export whose portal does not answer", () => {
  it("survives a short silence", () => {
    const state = after(
      started,
      poll(running, 700),
      poll(unreachable, 700 + UNREACHABLE_TIMEOUT_MS - 1),
      poll(running, 40_000),
      poll(unreachable, 40_000 + UNREACHABLE_TIMEOUT_MS - 1),
    );
    expect(state.phase).toBe("active");
  });

  it("is given up after a long silence, counted from the last answer", () => {
    const state = after(
      started,
      poll(running, 5_000),
      poll(unreachable, 5_000 + UNREACHABLE_TIMEOUT_MS),
    );
    expect(state).toMatchObject({ phase: "failed", reason: "unreachable" });
  });

  it("does not blame a late row on the export while nothing is known of it", () => {
    const state = after(started, poll(unreachable, ROW_TIMEOUT_MS + 1));
    expect(state.phase).toBe("active");
  });

  it("is refused without that wait when a page came", () => {
    const state = after(
      started,
      page({ message: "The database could not be reached." }, 1_000),
      poll(unreachable, 1_000 + REFUSAL_GRACE_MS),
    );
    expect(state).toMatchObject({
      reason: "refused",
      message: "The database could not be reached.",
    });
  });
});

describe("events out of turn", () => {
  it("a second click during a run does not start another", () => {
    const state = after(started, { ...started, runKey: "another", atMs: START_MS + 1 });
    expect(state).toMatchObject({ runKey: KEY });
  });

  it("an answer about an earlier run changes nothing", () => {
    const state = after(started, poll(ended({ outcome: "completed" }), 700, "earlier"));
    expect(state).toEqual(after(started));
  });

  it("answers and pages after the end change nothing", () => {
    const end = after(started, poll(ended({ outcome: "completed" }), 700));
    expect(exportRunReducer(end, poll(running, 1_400))).toBe(end);
    expect(exportRunReducer(end, page({}, 1_400))).toBe(end);
  });

  it("a new run may start after one has ended", () => {
    const end = after(started, poll({ kind: "signed_out" }, 700));
    const next = exportRunReducer(end, { ...started, runKey: "next" });
    expect(next).toMatchObject({ phase: "active", runKey: "next", isRowSeen: false });
  });
});

describe("the pace of polling", () => {
  it("begins at 0.7 s and slows down to 2 s", () => {
    const delays = Array.from({ length: 20 }, (_, attempt) => pollDelayMs(attempt));
    expect(delays[0]).toBe(700);
    expect(delays.at(-1)).toBe(2_000);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
  });
});

describe("an export that was found running", () => {
  const status = (phase: RunPhase, elapsedMs = 0): RunStatus => ({
    phase,
    elapsedMs,
    tables: [],
    isCancelAsked: false,
  });
  const found = (runKey = KEY): ExportRunEvent => ({
    type: "found",
    runKey,
    status: status("reading"),
    atMs: START_MS,
  });
  const look = (...of: Parameters<typeof status>) =>
    poll({ kind: "run", run: { outcome: "running", status: status(...of) } }, 700);

  it("is followed, and shows at once how far it is", () => {
    expect(after(found())).toMatchObject({
      phase: "active",
      isOwn: false,
      status: { phase: "reading" },
    });
  });

  it("is followed to its end, which is not this tab's", () => {
    const state = after(found(), poll(ended({ outcome: "failed" }), 700));
    expect(state).toMatchObject({ phase: "failed", isOwn: false });
  });

  it("does not take the place of one that is followed already", () => {
    expect(after(started, found("another"))).toMatchObject({ runKey: KEY, isOwn: true });
    expect(after(found(), found("another"))).toMatchObject({ runKey: KEY });
  });

  it("gives its place to one that this tab starts", () => {
    expect(after(found("another"), started)).toMatchObject({ runKey: KEY, isOwn: true });
  });

  it("becomes this tab's own where this tab had begun it before it was loaded again", () => {
    const state = after(found(), started);
    expect(state).toMatchObject({ runKey: KEY, isOwn: true, status: { phase: "reading" } });
  });

  it("is not followed again after its end", () => {
    const completed = after(found(), poll(ended({ outcome: "completed" }), 700));
    expect(exportRunReducer(completed, found())).toBe(completed);
  });

  it("keeps the first look at each step, from which its pace is known", () => {
    const state = after(found(), look("reading", 5), look("delivering", 9), look("delivering", 12));
    expect(state).toMatchObject({ status: { elapsedMs: 12 }, earlier: { elapsedMs: 9 } });
  });

  it("frees the button at once when its download was stopped", () => {
    expect(after(started, look("paused"))).toMatchObject({ phase: "failed", reason: "paused" });
  });
});
