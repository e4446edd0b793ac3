import { ExportError } from "./errors";
import { BLOCK_BYTES, BlockPool, isShared, type SharedBlock } from "./spool-blocks";
import { Budget, type Holding } from "./spool-budget";
import { Changes } from "./spool-changes";
import { SpoolFile } from "./spool-file";

/** Blocks that may wait for the disk before writers are asked to wait, too: 8 MiB. */
const BLOCKS_BEHIND = 32;

/** Seconds after which another export has likely been sent, and its room on disk is free. */
const RETRY_AFTER_SECONDS = 30;

/** A block that is in the file. */
export interface StoredBlock {
  number: number;
  bytes: number;
}

/** What all spools of a process share. */
export class SpoolShare {
  readonly memory: Budget;
  readonly disk: Budget;
  readonly changes = new Changes();
  readonly pool = new BlockPool();
  /** Blocks that are being written. */
  writing = 0;

  constructor(
    readonly directory: string,
    bounds: { memoryBytes: number; diskBytes: number },
  ) {
    this.memory = new Budget(bounds.memoryBytes);
    this.disk = new Budget(bounds.diskBytes);
  }
}

/** What the segments of one spool share: its part of memory and disk, its file and its end. */
export class SpoolStore {
  readonly memory: Holding;
  /** Settles when the file is closed and removed. Never rejects. */
  readonly closed: Promise<void>;
  private readonly disk: Holding;
  private file: SpoolFile | undefined;
  private failure: ExportError | undefined;
  private isDisposed = false;
  private onClosed: () => void = () => undefined;

  constructor(private readonly share: SpoolShare) {
    this.memory = share.memory.open();
    this.disk = share.disk.open();
    this.closed = new Promise((resolve) => (this.onClosed = resolve));
  }

  /** Whether the disk is behind, so that writers should wait. */
  get isBehind(): boolean {
    return this.share.writing > BLOCKS_BEHIND;
  }

  /** Whether what all spools hold in memory is within the bound, once `surplus` is given back. */
  fitsMemory(surplus = 0): boolean {
    return this.share.memory.held - surplus <= this.share.memory.limit;
  }

  /** @throws ExportError what ended the spool. */
  requireUsable(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /**
   * Refuses what cannot fit, before it is read. What it has is its own; what others have may be free
   * later, but nobody knows when.
   * @throws ExportError `too_large` where it would not fit alone, `busy` where it does not fit now
   */
  requireRoom(bytes: number): void {
    const { memory, disk } = this.share;
    if (bytes <= memory.room + disk.room + this.memory.held + this.disk.held) return;
    const detail = `at least ${bytes} bytes are needed`;
    throw bytes > memory.limit + disk.limit
      ? new ExportError("too_large", detail)
      : new ExportError("busy", detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }

  /** Waits for a condition. Rejects when the spool fails or is disposed of. */
  until(holds: () => boolean): Promise<void> {
    return this.share.changes.until(() => {
      this.requireUsable();
      return holds();
    });
  }

  announce(): void {
    this.share.changes.announce();
  }

  /** A block to be filled, for where it will likely go. It counts until it is put or given back. */
  takeBlock(): Buffer {
    this.memory.take(BLOCK_BYTES);
    const { pool } = this.share;
    return this.fitsMemory() ? pool.take() : pool.takeShared();
  }

  /** Gives a block back, and so many bytes: what was copied from it goes on counting. */
  giveBlock(block: Buffer, bytes: number): void {
    this.memory.give(bytes);
    this.reuse(block);
  }

  /**
   * Takes over a block and begins to write its first `bytes`.
   * @throws ExportError `too_large` or `busy` past the bound on disk. The spool has failed then.
   */
  put(filled: Buffer, bytes: number, onWritten: () => void): StoredBlock {
    this.requireUsable();
    this.takeDisk(bytes);
    const block = this.shareBlock(filled, bytes);
    this.file ??= new SpoolFile(this.share.directory);
    const { block: number, written } = this.file.write(block, bytes);
    void this.finishWrite(written, block, onWritten);
    return { number, bytes };
  }

  /**
   * Reads a block that was put, behind its writing.
   * @throws ExportError `internal` where it is not the same any more, and what made the spool fail.
   */
  async read({ number }: StoredBlock): Promise<Buffer> {
    if (this.file === undefined) throw new ExportError("internal", "spool: no block was put");
    try {
      return await this.file.read(number);
    } catch (error) {
      // That it could not be written says more than that it is not there.
      this.requireUsable();
      throw error;
    }
  }

  /** Frees everything. What is under way ends soon after; `closed` tells when. */
  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.failure ??= new ExportError("internal", "the spool was freed");
    this.memory.close();
    void this.close();
    this.announce();
  }

  private async close(): Promise<void> {
    try {
      await this.file?.close();
    } catch {
      // Nobody can mend that. The sweep at the next start removes what may be left.
    }
    // Only now has the system taken the room back.
    this.disk.close();
    this.onClosed();
  }

  /** The bytes of a block where the spool's thread sees them. */
  private shareBlock(filled: Buffer, bytes: number): SharedBlock {
    if (isShared(filled)) return filled;
    const block = this.share.pool.takeShared();
    block.fill(filled.subarray(0, bytes), 0, bytes);
    this.reuse(filled);
    return block;
  }

  private reuse(block: Buffer): void {
    this.share.pool.giveBack(block, this.share.memory.room);
  }

  private async finishWrite(
    written: Promise<unknown>,
    block: SharedBlock,
    onWritten: () => void,
  ): Promise<void> {
    this.share.writing += 1;
    try {
      await written;
      this.reuse(block);
      onWritten();
    } catch (error) {
      this.failure ??=
        error instanceof ExportError ? error : new ExportError("internal", "spool: write failed");
    } finally {
      this.share.writing -= 1;
      this.memory.give(BLOCK_BYTES);
      this.announce();
    }
  }

  private takeDisk(bytes: number): void {
    const { memory, disk } = this.share;
    if (bytes > disk.room) {
      // Alone, it would also have the memory that others hold.
      const othersMemory = memory.held - this.memory.held;
      const isTooLarge = this.disk.held + bytes > disk.limit + othersMemory;
      const detail = `the spools' bound on disk is ${disk.limit} bytes`;
      this.failure = isTooLarge
        ? new ExportError("too_large", detail)
        : new ExportError("busy", detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
      this.announce();
      throw this.failure;
    }
    this.disk.take(bytes);
  }
}
