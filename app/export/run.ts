import { randomBytes } from "node:crypto";
import { beginExport } from "./begin";
import type { ExportCapacity } from "./capacity";
import { assembleFile, type ExportFile } from "./document";
import { ExportError, type ExportErrorCode } from "./errors";
import type { ExportRequest } from "./filters";
import { PageSize, type PageBounds } from "./page-size";
import { recordsOf, sum } from "./plan";
import { ProgressReporter } from "./progress";
import { captureSelection } from "./segment-capture";
import { isSegmented } from "./segment-filter";
import { leastBytes } from "./size-floor";
import { SnapshotClock } from "./snapshot-clock";
import type { ExportSource, ExportType } from "./source";

/** How old the last check of the actor may be when the file is ready, in ms. */
const LAST_CHECK_MS = 250;

/** How long a failure waits for its record before it is told. It is still written after that. */
const RECORD_WAIT_MS = 3_000;

/** The audit trail of one run. */
export interface RunRecorder {
  /** Writes the row before anything is read. An export whose row cannot be written does not run. */
  start(run: RunStart): Promise<void>;
  /** A sign of life. Where it fails, the next one says more. */
  progress(progress: RunProgress): Promise<void>;
  /** Tries for a minute or longer where it fails: who has somebody waiting does not wait for it. */
  finish(end: RunEnd): Promise<void>;
}

export interface RunStart {
  startedAt: Date;
  exportType: ExportType;
  request: ExportRequest;
  /** Without a sign of life by then, the run counts as interrupted. */
  aliveUntil: Date;
}

export interface RunProgress {
  /** `paused`: the delivery broke off, and the file is kept for a while for the rest of it. */
  phase: "capturing" | "sending" | "paused";
  aliveUntil: Date;
  /** Known since the plan; the bytes are an estimate. */
  totalRecords: number;
  /** Planned, per table. */
  tableRecords: Record<string, number>;
  estimatedBytes: number;
  /** Captured so far, per table of the plan. */
  recordCounts: Record<string, number>;
  capturedBytes: number;
  /** While the file is delivered: what was handed to the network, of how much. */
  sentBytes?: number;
  fileBytes?: number;
  /** The same while: what a process that stops before its end is on record leaves behind. */
  file?: ExportFile;
}

export type RunEnd = { finishedAt: Date } & (
  | { outcome: "failed"; errorCode: ExportErrorCode; file?: ExportFile }
  | { outcome: "cancelled"; file?: ExportFile } // before or after the file was made
  | { outcome: "completed"; file: ExportFile }
);

export interface ExportJob {
  source: ExportSource;
  recorder: RunRecorder;
  request: ExportRequest;
  /** Of the process: shared by all its exports. */
  capacity: ExportCapacity;
  page: PageBounds;
  /** How long reading may take, a second try included. */
  captureMs: number;
  signal: AbortSignal;
  /** Told after each page, for whoever waits beside the process: the audit row is told less often. */
  onProgress?: (progress: ReadingProgress) => void;
  /** Told where a failure was not put on record, and it shows only once the failure was told. */
  onUnrecorded?: (error: unknown) => void;
  /** Made for each export where absent. Given only to make two exports comparable. */
  fingerprintKey?: string;
  /** The clock, for tests. */
  now?: () => Date;
}

/** How much of the database has been read. */
export interface ReadingProgress {
  records: number;
  totalRecords: number;
  bytes: number;
  estimatedBytes: number;
  /** Read so far, and planned, per table of the plan. */
  recordCounts: Record<string, number>;
  tableRecords: Record<string, number>;
}

/** `completed`: all was handed over, and nobody has a piece any more; `failed`: it could not be read to its end. */
export type Delivery = "completed" | "cancelled" | "failed";

export interface PreparedExport {
  file: ExportFile;
  /** Told while the file goes out, for the audit row: the end of what was handed to the network. */
  reportSent(bytes: number): void;
  /** Told when the delivery broke off: nobody fetches the file, and a part is missing. */
  reportPaused(): void;
  /**
   * Frees the file and writes how its delivery ended. The first call counts.
   * @param code Why it failed, where that is known; `internal` where absent.
   */
  settle(delivery: Delivery, code?: ExportErrorCode): Promise<void>;
}

/**
 * Runs an export up to the point where its file can be sent: audit, plan, capture, assemble, and
 * a last check of the actor. Either a complete file, or an error and nothing kept.
 * @throws ExportError, whatever went wrong: `busy` before any work where there is no place for it
 */
export async function prepareExport(job: ExportJob): Promise<PreparedExport> {
  const now = job.now ?? (() => new Date());
  const release = job.capacity.admit();
  const timeout = AbortSignal.timeout(job.captureMs);
  const signal = AbortSignal.any([job.signal, timeout]);
  const { recorder, request } = job;
  const { consistency } = request;
  const progress = new ProgressReporter({ recorder, captureMs: job.captureMs, consistency, now });
  try {
    try {
      await recorder.start({
        startedAt: now(),
        exportType: isSegmented(request) ? "segmented" : "full",
        request,
        aliveUntil: progress.captureDeadline(),
      });
    } catch (error) {
      throw toExportError(error, job.signal, timeout);
    }
    try {
      const file = await makeFile(job, progress, now, signal);
      progress.sending(file);
      return deliverable(file, recorder, progress, now);
    } catch (error) {
      const failure = toExportError(error, job.signal, timeout);
      await recordFailure(job, failure, now());
      throw failure;
    }
  } finally {
    release();
  }
}

/** Captures and assembles; once more at a new timestamp where the first was dropped too early. */
async function makeFile(
  job: ExportJob,
  progress: ProgressReporter,
  now: () => Date,
  signal: AbortSignal,
): Promise<ExportFile> {
  const pageSize = new PageSize(job.page);
  const fingerprintKey = job.fingerprintKey ?? randomBytes(32).toString("base64url");
  const query = job.capacity.lane();
  const source = job.capacity.bound(job.source, query);
  for (let isLast = false; ; isLast = true) {
    const spool = job.capacity.spools.open();
    try {
      progress.pinning();
      const { plan: full, first } = await beginExport(source, spool, {
        request: job.request,
        fingerprintKey,
        pageSize,
        signal,
      });
      // A page that needs another timestamp has a query of its own already.
      const clock = new SnapshotClock(job.request.consistency, full.timestamp, () =>
        job.source.pinTimestamp(signal),
      );
      progress.planned(full);
      let plan = full;
      const check = async () => {
        await source.authorize(signal);
        return now().getTime();
      };
      let early: Promise<number> | undefined;
      const onOnlyAnswer = () => {
        early = check();
        early.catch(() => undefined); // whoever waits for it hears of it
      };
      const { capture, filtersApplied } = await captureSelection(
        { asItIs: job.source, bound: source },
        full,
        job.request,
        spool,
        {
          fingerprintKey,
          privacy: job.request.privacy,
          pageSize,
          clock,
          ...(first === undefined ? {} : { first }),
          capacity: job.capacity,
          query,
          signal,
          onPlan: (narrowed) => {
            plan = narrowed;
            progress.planned(narrowed);
            spool.requireRoom(leastBytes(narrowed, job.request));
          },
          // A small database: while the only answer behind its plan arrives, the role is checked.
          ...(isSegmented(job.request) ? {} : { onOnlyAnswer }),
          onProgress: (done) => {
            progress.captured(done);
            job.onProgress?.({
              records: sum(Object.values(done.recordCounts)),
              totalRecords: plan.totalRecords,
              bytes: done.capturedBytes,
              estimatedBytes: plan.totalBytes,
              recordCounts: done.recordCounts,
              tableRecords: recordsOf(plan),
            });
          },
        },
      );
      const latest = await clock.latest;
      // All is read, and the answer costs no time beside a short digest.
      const checked = early ?? check();
      const assembled = assembleFile(plan, capture, spool, {
        format: job.request.format,
        ...(filtersApplied === undefined ? {} : { filtersApplied }),
        exportedAt: now(),
        consistency: job.request.consistency,
        privacy: job.request.privacy,
        latest,
        signal,
      });
      const [file, checkedAt] = await Promise.all([assembled, checked]);
      if (now().getTime() - checkedAt > LAST_CHECK_MS) await check();
      signal.throwIfAborted();
      return file;
    } catch (error) {
      spool.dispose();
      const isExpired = error instanceof ExportError && error.code === "snapshot_expired";
      if (!isExpired || isLast) throw error;
      // The second try must not find the room of the first one taken.
      await spool.disposed;
    }
  }
}

function deliverable(
  file: ExportFile,
  recorder: RunRecorder,
  progress: ProgressReporter,
  now: () => Date,
): PreparedExport {
  let settled: Promise<void> | undefined;
  return {
    file,
    reportSent: (bytes) => progress.sent(bytes),
    reportPaused: () => progress.paused(),
    settle(delivery, code = "internal") {
      if (settled !== undefined) return settled;
      progress.stop();
      file.dispose({ isUnused: delivery === "completed" });
      const end = { file, finishedAt: now() };
      settled = recorder.finish(
        delivery === "failed"
          ? { ...end, outcome: "failed", errorCode: code }
          : { ...end, outcome: delivery },
      );
      return settled;
    },
  };
}

async function recordFailure(
  { recorder, onUnrecorded }: ExportJob,
  failure: ExportError,
  finishedAt: Date,
): Promise<void> {
  let isTold = false;
  const end: RunEnd =
    failure.code === "cancelled"
      ? { outcome: "cancelled", finishedAt }
      : { outcome: "failed", errorCode: failure.code, finishedAt };
  const recorded = recorder.finish(end).catch((auditError: unknown) => {
    if (isTold) onUnrecorded?.(auditError);
    // The first error is what the administrator needs; the log gets both.
    else failure.cause = new AggregateError([failure.cause, auditError], "also: audit not written");
  });
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, RECORD_WAIT_MS)));
  await Promise.race([recorded, waited]);
  clearTimeout(timer);
  isTold = true;
}

function toExportError(error: unknown, client: AbortSignal, timeout: AbortSignal): ExportError {
  if (client.aborted) return new ExportError("cancelled", "the client went away", { cause: error });
  if (timeout.aborted) return new ExportError("timed_out", "the capture took too long");
  if (error instanceof ExportError) return error;
  return new ExportError("internal", "unexpected error in the engine", { cause: error });
}
