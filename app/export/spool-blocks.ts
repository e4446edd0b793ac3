/** The unit in which bytes are held, encrypted, written and read. */
export const BLOCK_BYTES = 256 * 1024;

export type Block = Buffer<SharedArrayBuffer>;

/**
 * Empty blocks that are kept, 12 MiB: as many as wait for the disk and are filled by 16 queries at
 * once. New memory costs the system more than filling it costs us.
 */
const SPARE_BLOCKS = 48;

/**
 * Blocks to be filled. Those that have been written to disk are used again. The spool's thread sees
 * the same memory: handing it over and back would count as new memory with V8 each time, which
 * collects all garbage of the process for every 64 MiB of it.
 */
export class BlockPool {
  private readonly spare: Block[] = [];

  /** A block with anything in it. */
  take(): Block {
    return this.spare.pop() ?? Buffer.from(new SharedArrayBuffer(BLOCK_BYTES));
  }

  giveBack(block: Block): void {
    if (this.spare.length < SPARE_BLOCKS) this.spare.push(block);
  }
}
