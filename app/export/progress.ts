import type { CaptureProgress } from "./capture";
import type { ExportFile } from "./document";
import { recordsOf, type ExportPlan } from "./plan";
import type { RunProgress, RunRecorder } from "./run";
import type { Consistency } from "./source";

/** Progress is written at most so often while pages are read. */
const CAPTURE_INTERVAL_MS = 1_000;

/**
 * A pinned timestamp is only safe for 10 seconds (`MAX_TRANSACTION_WINDOW`, common/src/knobs.rs),
 * counted from the commit that follows it, and a progress report is a commit. So a capture that
 * may take longer than this reports nothing until it is done.
 */
const SAFE_CAPTURE_MS = 8_000;

/** Most deliveries are over before this, and need no sign of life. */
const FIRST_SENDING_REPORT_MS = 1_000;

/** Signs of life while a file is delivered, and how long one lasts. */
const SENDING_INTERVAL_MS = 10_000;
const SENDING_ALIVE_MS = 30_000;

/** Time between two reports of a delivery, at least. */
const SENDING_PAUSE_MS = 1_000;

/** A program that fetches one range after the other pauses behind each: only more than that is told. */
const IDLE_MS = 1_000;

/** Beyond the capture's own limit: its row must not look interrupted while it is being finished. */
const CAPTURE_ALIVE_MARGIN_MS = 60_000;

export interface ProgressOptions {
  recorder: RunRecorder;
  /** How long a capture may take. */
  captureMs: number;
  consistency: Consistency;
  now: () => Date;
}

/** Writes the progress of one run to its audit row: rarely, one report at a time, and never in vain. */
export class ProgressReporter {
  private plan: ExportPlan | undefined;
  private pinnedAt = 0;
  private lastReportAt = 0;
  private isWriting = false;
  private capture: CaptureProgress = { recordCounts: {}, capturedBytes: 0 };
  private sentBytes = 0;
  private file: ExportFile | undefined;
  private isIdle = false;
  private isToldIdle = false;
  private isResting = false;
  private isStopped = false;
  private beatTimer: NodeJS.Timeout | undefined;
  private restTimer: NodeJS.Timeout | undefined;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ProgressOptions) {}

  /** Until when a run is alive that has just begun to read. */
  captureDeadline(): Date {
    const { captureMs } = this.options;
    return new Date(this.options.now().getTime() + captureMs + CAPTURE_ALIVE_MARGIN_MS);
  }

  /** A timestamp is about to be pinned; once more where the capture starts over. */
  pinning(): void {
    this.pinnedAt = this.options.now().getTime();
    this.lastReportAt = this.pinnedAt;
  }

  /** Tells what will be read. Once more where more of it is known. */
  planned(plan: ExportPlan): void {
    this.plan = plan;
  }

  captured(progress: CaptureProgress): void {
    this.capture = progress;
    const now = this.options.now().getTime();
    if (now - this.lastReportAt < CAPTURE_INTERVAL_MS || !this.mayCommit(now)) return;
    void this.report("capturing", this.captureDeadline());
  }

  /** The file is complete: from now on signs of life come by the clock. */
  sending(file: ExportFile): void {
    this.file = file;
    this.beatTimer = setTimeout(() => this.reportDelivery(), FIRST_SENDING_REPORT_MS).unref();
  }

  sent(bytes: number): void {
    this.sentBytes = Math.max(this.sentBytes, bytes);
    clearTimeout(this.idleTimer);
    this.isIdle = false;
    this.tellTurn();
  }

  /** The delivery broke off: whoever looks at the row learns it soon, and that it goes on. */
  paused(): void {
    clearTimeout(this.idleTimer);
    const tell = () => {
      this.isIdle = true;
      this.tellTurn();
    };
    this.idleTimer = setTimeout(tell, IDLE_MS).unref();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.beatTimer);
    clearTimeout(this.restTimer);
    clearTimeout(this.idleTimer);
  }

  /** Tells that the delivery broke off, or goes on, unless that is told: now, or when it may. */
  private tellTurn(): void {
    const isNews = this.isIdle !== this.isToldIdle;
    const mayTell = !this.isStopped && !this.isResting && !this.isWriting;
    if (isNews && mayTell) this.reportDelivery();
  }

  private reportDelivery(): void {
    clearTimeout(this.beatTimer);
    this.beatTimer = setTimeout(() => this.reportDelivery(), SENDING_INTERVAL_MS).unref();
    if (this.isWriting) return;
    this.isResting = true;
    const rested = () => {
      this.isResting = false;
      this.tellTurn();
    };
    this.restTimer = setTimeout(rested, SENDING_PAUSE_MS).unref();
    this.isToldIdle = this.isIdle;
    const aliveUntil = new Date(this.options.now().getTime() + SENDING_ALIVE_MS);
    void this.report(this.isIdle ? "paused" : "sending", aliveUntil, this.file);
  }

  /** Whether a commit now could not cost the capture its timestamp. */
  private mayCommit(now: number): boolean {
    if (this.options.consistency === "rolling") return true;
    const elapsed = now - this.pinnedAt;
    const { capturedBytes } = this.capture;
    const share = capturedBytes / Math.max(this.plan?.totalBytes ?? 0, capturedBytes, 1);
    return share > 0 && elapsed / share < SAFE_CAPTURE_MS && elapsed < SAFE_CAPTURE_MS;
  }

  private async report(phase: RunProgress["phase"], aliveUntil: Date, file?: ExportFile) {
    const { plan } = this;
    if (plan === undefined || this.isWriting) return;
    this.isWriting = true;
    this.lastReportAt = this.options.now().getTime();
    try {
      await this.options.recorder.progress({
        phase,
        aliveUntil,
        totalRecords: plan.totalRecords,
        tableRecords: recordsOf(plan),
        estimatedBytes: plan.totalBytes,
        ...this.capture,
        ...(file && { file, fileBytes: file.bytes, sentBytes: this.sentBytes }),
      });
    } catch {
      // The next report says more, and the end of the run is written in any case.
    } finally {
      this.isWriting = false;
    }
    this.tellTurn();
  }
}
