import { Coverage } from "./coverage";
import { ExportError } from "./errors";
import type { ByteRange, ExportFile } from "./document";
import type { Delivery, PreparedExport } from "./run";

export interface HeldExportsOptions {
  /**
   * How long an export stays after its delivery broke off; 0: not at all. One that breaks off again
   * without having got further stays no longer for it.
   */
  holdMs: number;
  /** The timer, for tests: runs something later, and returns how to call that off. */
  schedule?: Schedule;
}

export type Schedule = (run: () => void, delayMs: number) => () => void;

/** Whose export it is, and what it was asked for. */
export interface HoldKey {
  /** Names the session. Nobody else finds the export. */
  owner: string;
  /** What the export holds, as text: another selection under the same run is another export. */
  selection: string;
  runKey: string;
}

/** By its run, or by the SHA-256 of its file in hex. Where both are given, both must match. */
export type HeldExportQuery = Omit<HoldKey, "runKey"> & { runKey?: string; digest?: string };

/** One response that sends the file or a part of it. */
export interface Lease {
  /** The bytes, once. Each piece counts as handed over when the next one is asked for. */
  content(): AsyncGenerator<Buffer, void>;
  /** The response has ended; whether all of it was handed to the network. The first call counts. */
  end(isComplete: boolean): void;
}

/**
 * The exports of a process that are being delivered, and those whose delivery broke off a moment
 * ago. An export is settled once: when all of its bytes were handed over, when nobody came back
 * for the rest in time, or when it could not be read.
 */
export class HeldExports {
  private readonly held = new Set<HeldExport>();
  private readonly holdMs: number;
  private readonly schedule: Schedule;
  private isStopping = false;

  constructor({ holdMs, schedule = startTimer }: HeldExportsOptions) {
    this.holdMs = holdMs;
    this.schedule = schedule;
  }

  /**
   * Takes over an export, until its delivery has ended. The caller opens a lease at once, or says
   * that it waits for a client.
   * @param onSettleError told where the end could not be recorded
   */
  hold(
    prepared: PreparedExport,
    key: HoldKey,
    onSettleError: (error: unknown) => void,
  ): HeldExport {
    const held: HeldExport = new HeldExport(prepared, key, {
      onIdle: (onOver) => this.holdUntil(onOver),
      onSettled: (recorded) => {
        this.held.delete(held);
        recorded.catch(onSettleError);
      },
    });
    this.held.add(held);
    return held;
  }

  find({ owner, selection, runKey, digest }: HeldExportQuery): HeldExport | undefined {
    if (runKey === undefined && digest === undefined) return undefined;
    return [...this.held].find(
      ({ key, digest: own }) =>
        key.owner === owner &&
        key.selection === selection &&
        (runKey === undefined || key.runKey === runKey) &&
        (digest === undefined || own === digest),
    );
  }

  /** Holds nothing any longer: what is not being sent is settled now, the rest when it was sent. */
  stop(): void {
    this.isStopping = true;
    for (const held of this.held) held.endHold();
  }

  /** Ends the delivery of a run, also while it goes on; does nothing where it is not held here. */
  cancel(runKey: string): void {
    for (const held of this.held) {
      if (held.key.runKey === runKey) held.settle("cancelled");
    }
  }

  private holdUntil(onOver: () => void): (() => void) | undefined {
    if (!this.isStopping && this.holdMs > 0) return this.schedule(onOver, this.holdMs);
    onOver();
    return undefined;
  }
}

interface HeldExportEvents {
  /** Its hold time begins: no response sends it, and a part is missing. Returns how to call it off. */
  onIdle(onOver: () => void): (() => void) | undefined;
  /** It is freed; the promise is about the record of its end. */
  onSettled(recorded: Promise<void>): void;
}

/** One export between its capture and the end of its delivery. */
export class HeldExport {
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  private readonly delivered = new Coverage();
  private leases = 0;
  private isSettled = false;
  private stopWaiting: (() => void) | undefined;
  /** How much of it was delivered when its hold time last began; none has begun where that is absent. */
  private heldWith: number | undefined;
  private isHoldOver = false;

  constructor(
    private readonly prepared: PreparedExport,
    readonly key: HoldKey,
    private readonly events: HeldExportEvents,
  ) {
    this.digest = prepared.file.digest.toString("hex");
  }

  get file(): ExportFile {
    return this.prepared.file;
  }

  /**
   * Begins a response. Several may run at once, as download managers do it.
   * @param isResumable whether its client could use a part of it: not where it is encoded
   */
  open(range: ByteRange = { start: 0, end: this.file.bytes }, isResumable = true): Lease {
    this.leases += 1;
    let position = range.start;
    let isEnded = false;
    const moveTo = (end: number) => {
      position = end;
      this.prepared.reportSent(end);
    };
    return {
      content: () => this.read(range, moveTo),
      end: (isComplete) => {
        if (isEnded) return;
        isEnded = true;
        this.leases -= 1;
        // A response that ended well without all of its content was another one.
        if (isComplete && position === range.end) {
          this.delivered.add(range);
        } else if (isResumable) {
          // Never to its end: its client has to come back for that, from where it got to.
          this.delivered.add({ start: range.start, end: Math.min(position, range.end - 1) });
        }
        this.afterLease();
      },
    };
  }

  /** Nobody is there to fetch it yet: it waits as one whose delivery broke off. */
  waitForClient(): void {
    this.afterLease();
  }

  /** Frees the file and records how its delivery ended. Only the first call counts. */
  settle(delivery: Delivery): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.stopWaiting?.();
    this.events.onSettled(this.prepared.settle(delivery));
  }

  /** Its hold time is over: it ends now, or with its last response unless that gets further. */
  readonly endHold = (): void => {
    this.isHoldOver = true;
    if (this.leases === 0) this.settle("cancelled");
  };

  private afterLease(): void {
    if (this.leases > 0 || this.isSettled) return;
    if (this.delivered.isWhole(this.file.bytes)) {
      this.settle("completed");
      return;
    }
    this.holdLonger();
    if (this.leases === 0 && this.isHoldOver) this.settle("cancelled");
    else this.prepared.reportPaused();
  }

  /** Begins its hold time, or begins it anew where its client got further meanwhile. */
  private holdLonger(): void {
    const delivered = this.delivered.bytes;
    if (this.heldWith !== undefined && delivered <= this.heldWith) return;
    this.heldWith = delivered;
    this.isHoldOver = false;
    this.stopWaiting?.();
    this.stopWaiting = this.events.onIdle(this.endHold);
  }

  private async *read(range: ByteRange, moveTo: (end: number) => void) {
    let position = range.start;
    try {
      for await (const piece of this.file.content(range)) {
        yield piece;
        position += piece.byteLength;
        moveTo(position);
      }
    } catch (error) {
      // What is cancelled is freed under whoever reads it.
      if (this.isSettled) throw new ExportError("cancelled", "cancelled while it was sent");
      this.settle("failed");
      throw error;
    }
  }
}

/** Runs something later, unless the process is otherwise done. */
export function startTimer(run: () => void, delayMs: number): () => void {
  // A process that is otherwise done does not wait for it.
  const timer = setTimeout(run, delayMs).unref();
  return () => clearTimeout(timer);
}
