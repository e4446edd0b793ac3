/** The unit in which bytes are held, encrypted, written and read. */
export const BLOCK_BYTES = 256 * 1024;

/** Empty blocks that are kept: new memory costs the system more than filling it costs us. */
const SPARE_BLOCKS = 16;

/** Blocks to be filled. Those that have been written to disk are used again. */
export class BlockPool {
  private readonly spare: ArrayBuffer[] = [];

  /** A block with anything in it. */
  take(): Buffer<ArrayBuffer> {
    const spare = this.spare.pop();
    return spare === undefined ? Buffer.allocUnsafeSlow(BLOCK_BYTES) : Buffer.from(spare);
  }

  giveBack(block: ArrayBuffer): void {
    if (this.spare.length < SPARE_BLOCKS) this.spare.push(block);
  }
}
