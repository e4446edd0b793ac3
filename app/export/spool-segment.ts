import { ExportError } from "./errors";
import { BLOCK_BYTES, isShared } from "./spool-blocks";
import { readAhead, type Load, type Piece } from "./spool-reader";
import type { SpoolStore, StoredBlock } from "./spool-store";

/** Whether nobody has a piece any more of what is freed, so that its memory may be filled anew. */
export interface Release {
  isUnused?: boolean;
}

/**
 * Bytes that are written and read in order, or discarded as a whole. They are held in blocks: in
 * memory while all that the process holds there is within its bound, else in the spool's file.
 */
export class SpoolSegment {
  /** All are full but the last. */
  private readonly blocks: (Buffer | StoredBlock)[] = [];
  private filling: Buffer | undefined;
  private filled = 0;
  private bytes = 0;
  private unwritten = 0;
  /** Pieces in the hand of readers, or on the way there. */
  private lent = 0;
  private wasRead = false;
  private state: "open" | "ended" | "discarded" = "open";

  constructor(
    private readonly store: SpoolStore,
    private readonly onDiscard: (segment: SpoolSegment) => void,
  ) {}

  /** Bytes written so far. */
  get length(): number {
    return this.bytes;
  }

  /**
   * Adds bytes, which are copied: the caller may reuse its buffer. A promise asks the caller to wait
   * because the disk is behind; whoever does not wait makes the spool use more memory.
   * @throws ExportError `too_large`, `busy` or `disk_full`, here or from the promise, then or with
   * any later call: the spool has failed as a whole. `internal` after `end` or `discard`.
   */
  write(bytes: Uint8Array): Promise<void> | undefined {
    this.store.requireUsable();
    if (this.state !== "open") throw misuse(`written to while ${this.state}`);
    let offset = 0;
    while (offset < bytes.byteLength) {
      const block = (this.filling ??= this.store.takeBlock());
      const part = bytes.subarray(offset, offset + BLOCK_BYTES - this.filled);
      // Not `set`, which copies word by word where two threads share the memory.
      block.fill(part, this.filled, this.filled + part.byteLength);
      this.filled += part.byteLength;
      offset += part.byteLength;
      if (this.filled === BLOCK_BYTES) this.keepBlock(block, BLOCK_BYTES);
    }
    this.bytes += bytes.byteLength;
    return this.store.isBehind ? this.store.until(() => !this.store.isBehind) : undefined;
  }

  /**
   * Nothing is added any more, so it can be read: what is still on its way to the file is read behind
   * that. Resolves when all of it is held safely.
   * @throws ExportError as `write`
   */
  end(): Promise<void> {
    return this.store.until(() => {
      if (this.state === "discarded") throw misuse("ended while discarded");
      if (this.state === "open") {
        this.state = "ended";
        if (this.filling !== undefined) this.keepBlock(this.filling, this.filled);
      }
      return this.unwritten === 0;
    });
  }

  /** Frees its memory. Its room in the file stays taken until the spool is disposed of. */
  discard({ isUnused = false }: Release = {}): void {
    if (this.state === "discarded") return;
    this.state = "discarded";
    // Who still sends a piece must not find another export's bytes in it.
    const isReusable = this.lent === 0 && (isUnused || !this.wasRead);
    for (const block of this.blocks) {
      if (!Buffer.isBuffer(block)) continue;
      const isWhole = block.byteLength === BLOCK_BYTES;
      if (isReusable && isWhole) this.store.giveBlock(block, BLOCK_BYTES);
      else this.store.memory.give(block.byteLength);
    }
    if (this.filling !== undefined) this.store.giveBlock(this.filling, BLOCK_BYTES);
    this.blocks.length = 0;
    this.filling = undefined;
    this.onDiscard(this);
    this.store.announce();
  }

  /**
   * The bytes [start, end) in order, in pieces of at most 256 KiB, which must not be changed. May be
   * read any number of times, also at once, after `end` was called.
   * @throws ExportError `internal` when it is discarded or the spool disposed of meanwhile, or the
   * file was changed, and what made the spool fail: what was yielded before is right, and not all.
   */
  read(start = 0, end = this.bytes): AsyncGenerator<Buffer, void> {
    return readAhead(this.pieces(start, end));
  }

  /** What `read` yields, to be read behind or ahead of other pieces. @throws as `read` */
  *pieces(start: number, end: number): Generator<Piece, void> {
    this.requireReadable();
    if (!(start >= 0 && start <= end && end <= this.bytes)) {
      throw misuse(`read from ${start} to ${end} of ${this.bytes}`);
    }
    let position = start;
    while (position < end) {
      const offset = position % BLOCK_BYTES;
      const block = this.blocks[(position - offset) / BLOCK_BYTES];
      if (block === undefined) throw misuse("a block is missing");
      const bytes = Math.min(BLOCK_BYTES - offset, end - position);
      yield { load: () => this.load(block, offset, offset + bytes) };
      position += bytes;
    }
  }

  private load(block: Buffer | StoredBlock, start: number, end: number): Load {
    this.wasRead = true;
    this.lent += 1;
    const taken = Buffer.isBuffer(block) ? 0 : block.bytes;
    this.store.memory.take(taken);
    return {
      bytes: Buffer.isBuffer(block) ? block.subarray(start, end) : this.fetch(block, start, end),
      taken,
      check: () => this.requireReadable(),
      release: () => {
        this.lent -= 1;
        this.store.memory.give(taken);
      },
    };
  }

  private fetch(block: StoredBlock, start: number, end: number): Promise<Buffer> {
    const piece = this.store.read(block).then((plain) => plain.subarray(start, end));
    // The reader may end before it comes to this piece.
    piece.catch(() => undefined);
    return piece;
  }

  private requireReadable(): void {
    this.store.requireUsable();
    if (this.state !== "ended") throw misuse(`read while ${this.state}`);
  }

  private keepBlock(block: Buffer, bytes: number): void {
    this.filling = undefined;
    this.filled = 0;
    if (!this.store.fitsMemory(BLOCK_BYTES - bytes)) {
      this.putBlock(block, bytes);
    } else if (bytes === BLOCK_BYTES && !isShared(block)) {
      this.blocks.push(block);
    } else {
      const kept = Buffer.allocUnsafeSlow(bytes);
      kept.fill(block.subarray(0, bytes));
      this.blocks.push(kept);
      this.store.giveBlock(block, BLOCK_BYTES - bytes);
    }
  }

  private putBlock(block: Buffer, bytes: number): void {
    const stored = this.store.put(block, bytes, () => {
      this.unwritten -= 1;
    });
    this.unwritten += 1;
    this.blocks.push(stored);
  }
}

function misuse(detail: string): ExportError {
  return new ExportError("internal", `a spool's segment was ${detail}`);
}
