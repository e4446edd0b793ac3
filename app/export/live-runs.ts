import { ExportError } from "./errors";
import {
  startTimer,
  type HeldExport,
  type HeldExports,
  type HoldKey,
  type Schedule,
} from "./held-exports";
import type { PreparedExport, ReadingProgress, RunProgress } from "./run";

/** How long an export goes on without its page, which may be loading again. */
const RETURN_MS = 10_000; // 10 seconds

/** How often the audit row is asked whether somebody wants the run cancelled. */
const LOOK_MS = 3_000; // 3 seconds

export interface LiveRunsOptions {
  /** Takes over what is ready to be delivered. */
  heldExports: HeldExports;
  /** The timer, for tests. */
  schedule?: Schedule;
}

/** One request for an export. */
export interface LiveRunRequest {
  key: HoldKey;
  /** Aborted when its client has gone. */
  client: AbortSignal;
  /** Whether its client is a page that may be loading again, and then asks for the same run. */
  mayReturn: boolean;
  make: (run: LiveRun) => Promise<PreparedExport>;
  /** Whether the audit row says that somebody wants it cancelled: at another replica, perhaps. */
  isCancelAsked: () => Promise<boolean>;
  onSettleError: (error: unknown) => void;
}

/** An export as whoever makes it sees it. */
export interface LiveRun {
  /** Aborted when nobody waits for it any longer, or when it is cancelled. */
  signal: AbortSignal;
  report: (progress: ReadingProgress) => void;
  /** Told where the end of an export that failed could not be recorded, and that shows late. */
  onUnrecorded: (error: unknown) => void;
}

/** How far a run is, as its own process knows it: the audit row is told less often. */
export type LiveProgress = Omit<RunProgress, "aliveUntil" | "file">;

/**
 * The exports that this process makes and delivers: how far they are, who waits for them, and how
 * to cancel them. All of it is also in the audit row, later and with less detail, so that another
 * replica can answer. See docs/decisions/028-runs-are-followed-and-cancelled.md.
 */
export class LiveRuns {
  private readonly runs = new Set<Run>();
  private readonly heldExports: HeldExports;
  private readonly schedule: Schedule;

  constructor({ heldExports, schedule = startTimer }: LiveRunsOptions) {
    this.heldExports = heldExports;
    this.schedule = schedule;
  }

  /**
   * Makes an export, or waits with its first client for the one that is being made.
   * @throws ExportError `cancelled` where its client has gone or somebody cancelled it, or whatever
   *   ended the export
   */
  obtain(request: LiveRunRequest): Promise<HeldExport> {
    const { owner, selection, runKey } = request.key;
    const found = [...this.runs].find(
      ({ key, isMade }) =>
        !isMade && key.owner === owner && key.selection === selection && key.runKey === runKey,
    );
    return (found ?? this.begin(request)).attend(request);
  }

  /** How far a run is; undefined where it is not here, or has only begun. */
  progressOf(runKey: string): LiveProgress | undefined {
    return this.find(runKey)?.progress;
  }

  /** Whether this process makes or delivers a run. */
  has(runKey: string): boolean {
    return this.find(runKey) !== undefined;
  }

  /** Ends a run at once, whether it is being made or delivered; does nothing where it is not here. */
  cancel(runKey: string): void {
    for (const run of this.runs) if (run.key.runKey === runKey) run.cancel();
    this.heldExports.cancel(runKey);
  }

  /** Once a signal says so, no run waits for its page to come back, nor for the rest of a delivery. */
  stopOn(signal: AbortSignal): void {
    if (signal.aborted) this.onStopSignal();
    // The same listener is added once, however often an export begins.
    else signal.addEventListener("abort", this.onStopSignal);
  }

  private readonly onStopSignal = () => {
    this.heldExports.stop();
    for (const run of this.runs) run.endWithoutClients();
  };

  /** The first one: another one of the same key is about to be refused. */
  private find(runKey: string): Run | undefined {
    return [...this.runs].find(({ key }) => key.runKey === runKey);
  }

  private begin(request: LiveRunRequest): Run {
    const run = new Run(request, this.schedule, this.heldExports, () => this.runs.delete(run));
    this.runs.add(run);
    this.lookLater(run, request);
    return run;
  }

  /** A query, which writes nothing: it cannot cost a capture its timestamp. */
  private lookLater(run: Run, request: LiveRunRequest): void {
    this.schedule(() => {
      if (!this.runs.has(run)) return;
      request.isCancelAsked().then(
        (isAsked) => {
          if (isAsked) this.cancel(run.key.runKey);
          else this.lookLater(run, request);
        },
        () => this.lookLater(run, request),
      );
    }, LOOK_MS);
  }
}

/** One export between its start and the end of its delivery. */
class Run implements LiveRun {
  readonly key: HoldKey;
  readonly onUnrecorded: (error: unknown) => void;
  isMade = false;
  progress: LiveProgress | undefined;
  private readonly controller = new AbortController();
  private readonly result: Promise<HeldExport>;
  private clients = 0;
  private canReturn = true;
  private stopWaiting: (() => void) | undefined;

  constructor(
    request: LiveRunRequest,
    private readonly schedule: Schedule,
    heldExports: HeldExports,
    private readonly onEnd: () => void,
  ) {
    this.key = request.key;
    this.onUnrecorded = request.onSettleError;
    this.result = this.make(request, heldExports);
    // Whoever attends hears of a failure; there may be nobody.
    this.result.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  cancel(): void {
    this.controller.abort();
  }

  /** Nobody can come back any longer: it ends now where it has no client, or when the last one goes. */
  endWithoutClients(): void {
    this.canReturn = false;
    if (this.clients === 0 && !this.isMade) this.cancel();
  }

  readonly report = (progress: ReadingProgress): void => {
    const { bytes: capturedBytes, totalRecords, estimatedBytes } = progress;
    const { recordCounts, tableRecords } = progress;
    this.progress = {
      phase: "capturing",
      totalRecords,
      estimatedBytes,
      recordCounts,
      tableRecords,
      capturedBytes,
    };
  };

  /** Waits for the result with a client, and without it for a while where it may return. */
  attend({ client, mayReturn }: LiveRunRequest): Promise<HeldExport> {
    this.stopWaiting?.();
    this.clients += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.clients -= 1;
        // An export that ends now is recorded before its last client is answered.
        if (this.clients === 0 && !(mayReturn && this.canReturn)) {
          this.cancel();
          return;
        }
        if (this.clients === 0) this.stopWaiting = this.schedule(() => this.cancel(), RETURN_MS);
        reject(new ExportError("cancelled", "the client went away"));
      };
      if (client.aborted) leave();
      else client.addEventListener("abort", leave, { once: true });
      const stopListening = () => client.removeEventListener("abort", leave);
      void this.result.then(resolve, reject).finally(stopListening);
    });
  }

  private async make(request: LiveRunRequest, heldExports: HeldExports): Promise<HeldExport> {
    try {
      const prepared = this.observe(await request.make(this));
      if (this.signal.aborted) {
        await prepared.settle("cancelled");
        throw new ExportError("cancelled", "cancelled when it was ready");
      }
      const held = heldExports.hold(prepared, this.key, request.onSettleError);
      if (this.clients === 0) held.waitForClient();
      return held;
    } catch (error) {
      this.onEnd();
      throw error;
    } finally {
      this.isMade = true;
      this.stopWaiting?.();
    }
  }

  /** The same export, whose delivery is seen on its way. */
  private observe(prepared: PreparedExport): PreparedExport {
    const { file } = prepared;
    const totalRecords = file.metadata.totalRecords;
    const made = {
      totalRecords,
      tableRecords: this.progress?.tableRecords ?? file.metadata.recordCounts,
      estimatedBytes: this.progress?.estimatedBytes ?? file.bytes,
      recordCounts: file.metadata.recordCounts,
      capturedBytes: this.progress?.capturedBytes ?? file.bytes,
      fileBytes: file.bytes,
    };
    let sentBytes = 0;
    const tell = (phase: "sending" | "paused") => {
      this.progress = { ...made, phase, sentBytes };
    };
    tell("sending");
    return {
      file,
      reportSent: (bytes) => {
        sentBytes = Math.max(sentBytes, bytes);
        tell("sending");
        prepared.reportSent(bytes);
      },
      reportPaused: () => {
        tell("paused");
        prepared.reportPaused();
      },
      settle: (delivery, code) => {
        this.onEnd();
        return prepared.settle(delivery, code);
      },
    };
  }
}
