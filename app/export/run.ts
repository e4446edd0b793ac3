import { randomBytes } from "node:crypto";
import { captureTables } from "./capture";
import { assembleFile, type ExportFile } from "./document";
import { ExportError, type ExportErrorCode } from "./errors";
import type { ExportRequest } from "./filters";
import { planExport, type PageBounds } from "./plan";
import type { ExportSource, ExportType } from "./source";
import { Spool } from "./spool";

/** The audit trail of one run. */
export interface RunRecorder {
  /** Writes the row before anything is read. An export whose row cannot be written does not run. */
  start(run: { startedAt: Date; exportType: ExportType; request: ExportRequest }): Promise<void>;
  finish(end: RunEnd): Promise<void>;
}

export type RunEnd = { finishedAt: Date } & (
  | { outcome: "failed"; errorCode: ExportErrorCode }
  | { outcome: "cancelled"; file?: ExportFile } // before or after the file was made
  | { outcome: "completed"; file: ExportFile }
);

/** The engine's bounds. */
export interface ExportBounds {
  page: PageBounds;
  /** Queries at once; 16 is the limit of the smallest hosted class of Convex. */
  concurrency: number;
  /** Bytes that one export may hold in memory. */
  memoryBytes: number;
}

export interface ExportJob {
  source: ExportSource;
  recorder: RunRecorder;
  request: ExportRequest;
  bounds: ExportBounds;
  signal: AbortSignal;
  /** Made for each export where absent. Given only to make two exports comparable. */
  fingerprintKey?: string;
  /** The clock, for tests. */
  now?: () => Date;
}

export interface PreparedExport {
  file: ExportFile;
  /** Frees the file and writes how its delivery ended. To be called once, in every case. */
  settle(delivered: boolean): Promise<void>;
}

/**
 * Runs an export up to the point where its file can be sent: audit, plan, capture, assemble, and
 * a last check of the actor. Either a complete file, or an error and nothing kept.
 * @throws ExportError
 */
export async function prepareExport(job: ExportJob): Promise<PreparedExport> {
  const now = job.now ?? (() => new Date());
  const exportType = job.request.tables === undefined ? "full" : "segmented";
  await job.recorder.start({ startedAt: now(), exportType, request: job.request });
  const spool = new Spool(job.bounds.memoryBytes);
  try {
    const plan = await planExport(job.source, job.request.tables, job.signal);
    const capture = await captureTables(job.source, plan, spool, {
      fingerprintKey: job.fingerprintKey ?? randomBytes(32).toString("base64url"),
      page: job.bounds.page,
      concurrency: job.bounds.concurrency,
      signal: job.signal,
    });
    const file = await assembleFile(plan, capture, spool, { exportType, exportedAt: now() });
    await job.source.authorize(job.signal);
    return {
      file,
      async settle(delivered) {
        const outcome = delivered ? "completed" : "cancelled";
        file.dispose();
        await job.recorder.finish({ outcome, file, finishedAt: now() });
      },
    };
  } catch (error) {
    spool.dispose();
    const failure = toExportError(error, job.signal);
    const end: RunEnd =
      failure.code === "cancelled"
        ? { outcome: "cancelled", finishedAt: now() }
        : { outcome: "failed", errorCode: failure.code, finishedAt: now() };
    await job.recorder.finish(end).catch((auditError: unknown) => {
      // The first error is what the administrator needs; the log gets both.
      failure.cause = new AggregateError([failure.cause, auditError], "also: audit not written");
    });
    throw failure;
  }
}

function toExportError(error: unknown, signal: AbortSignal): ExportError {
  if (signal.aborted) return new ExportError("cancelled", "the client went away", { cause: error });
  if (error instanceof ExportError) return error;
  return new ExportError("internal", "unexpected error in the engine", { cause: error });
}
