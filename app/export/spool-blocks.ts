/** The unit in which bytes are held, encrypted, written and read. */
export const BLOCK_BYTES = 256 * 1024;

/** A block whose memory the spool's thread sees as well. */
export type SharedBlock = Buffer<SharedArrayBuffer>;

/** Empty shared blocks that are kept, 12 MiB: as many as wait for the disk and are filled by 16 queries. */
const SPARE_SHARED_BLOCKS = 48;

/**
 * Blocks to be filled, which are used again: new memory costs the system more than filling it costs us,
 * and V8 collects all garbage of the process for every 64 MiB of it. Those on their way to the disk are
 * shared with the spool's thread: handing them over and back would count as new memory each time. Those
 * that stay in memory are not, as V8 does not count what is shared, and would free it late.
 */
export class BlockPool {
  private readonly own: Buffer[] = [];
  private readonly shared: SharedBlock[] = [];

  /** A block with anything in it, that is to stay in memory. */
  take(): Buffer {
    return this.own.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  /** A block with anything in it, that is to be written to disk. */
  takeShared(): SharedBlock {
    return this.shared.pop() ?? Buffer.from(new SharedArrayBuffer(BLOCK_BYTES));
  }

  /**
   * Takes a block back that nobody reads or writes any more.
   * @param room Bytes of memory that no spool holds: no more than that is kept of what is not shared.
   */
  giveBack(block: Buffer, room: number): void {
    if (isShared(block)) {
      if (this.shared.length < SPARE_SHARED_BLOCKS) this.shared.push(block);
      return;
    }
    const most = Math.floor(room / BLOCK_BYTES);
    if (this.own.length < most) this.own.push(block);
    else this.own.length = most;
  }
}

export function isShared(block: Buffer): block is SharedBlock {
  return block.buffer instanceof SharedArrayBuffer;
}
