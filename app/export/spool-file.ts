import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ExportError } from "./errors";
import type { SharedBlock } from "./spool-blocks";
import { spoolThread } from "./spool-thread";

/** The names of spool files, so that those that a killed process left can be told. */
export const SPOOL_FILE_NAME = /^supportsignal-export-[0-9a-f]{32}\.spool$/;

/** More than what V8 may keep in its own heap. */
const SMALL_BYTES = 128;

let files = 0;

/**
 * A temporary file that nobody but the spool's thread can read. It is created with the first block,
 * and blocks are only ever added. Calls take effect in the order in which they are made.
 */
export class SpoolFile {
  private readonly id = files++;
  private readonly path: string;
  private blocks = 0;

  constructor(directory: string) {
    const random = randomBytes(16).toString("hex");
    this.path = join(directory, `supportsignal-export-${random}.spool`);
  }

  /**
   * Encrypts and writes the first `bytes` of a block, which must not be changed meanwhile.
   * @returns the number by which to read it, and when it has been written.
   */
  write(
    { buffer: plain }: SharedBlock,
    bytes: number,
  ): { block: number; written: Promise<unknown> } {
    const { id: file, path } = this;
    const block = this.blocks++;
    return { block, written: spoolThread.ask({ task: "write", file, path, block, plain, bytes }) };
  }

  /** @throws ExportError `internal` where the block is not what was written. */
  async read(block: number): Promise<Buffer> {
    const plain = await spoolThread.ask({ task: "read", file: this.id, block });
    if (plain === undefined) throw new ExportError("internal", "spool: no block");
    // V8 collects memory that came from another thread late, unless this one asks for some: without
    // it, reading 1 GB costs 20 to 45 MB more (Node 20).
    Buffer.allocUnsafeSlow(SMALL_BYTES);
    return Buffer.from(plain);
  }

  /** Forgets the key, and closes and removes the file. */
  async close(): Promise<void> {
    await spoolThread.ask({ task: "close", file: this.id });
  }
}
