import { BLOCK_BYTES } from "./spool-blocks";
import { SpoolSegment, type Release } from "./spool-segment";
import { removeStaleFiles } from "./spool-stale";
import { SpoolShare, SpoolStore } from "./spool-store";

export type { Release, SpoolSegment } from "./spool-segment";

export interface SpoolSpaceOptions {
  /**
   * Bytes that all spools together hold in memory. What is more goes to disk. Beyond it are one
   * block of 256 KiB for each segment that is being written, about 8 MiB on their way to the disk,
   * 1 MiB for each reader of what is on disk, and 12 MiB of empty blocks. Those 12 MiB, and what has
   * been used and waits to be used again within the bound, are not in `memoryHeld`.
   */
  memoryBytes: number;
  /** Bytes that all spools together hold on disk. */
  diskBytes: number;
  /** Where the encrypted files go. */
  directory: string;
}

/** The spools of a process: one bound on memory and one on disk for all of them. */
export class SpoolSpace {
  private readonly share: SpoolShare;

  constructor(options: SpoolSpaceOptions) {
    this.share = new SpoolShare(options.directory, options);
  }

  /** Bytes held in memory now, with blocks that are being filled, written and read. */
  get memoryHeld(): number {
    return this.share.memory.held;
  }

  /** Bytes that the files take now. A file keeps its size until its spool is disposed of. */
  get diskHeld(): number {
    return this.share.disk.held;
  }

  /** Whether there is room for not even one block, neither in memory nor on disk. */
  get isFull(): boolean {
    return this.share.memory.room < BLOCK_BYTES && this.share.disk.room < BLOCK_BYTES;
  }

  /** An empty spool. Nothing is created on disk before it is needed. */
  open(): Spool {
    return new Spool(this.share);
  }

  /**
   * Deletes what a killed process left in a directory, and nothing else.
   * @returns how many files; none for a directory that is missing or cannot be listed.
   */
  static removeStale(directory: string): Promise<number> {
    return removeStaleFiles(directory);
  }
}

/**
 * Where the lines of one export are until it has been delivered: in memory, and past the bound in
 * one encrypted temporary file. The first failure ends it: all later use throws the same error.
 */
export class Spool {
  private readonly store: SpoolStore;
  private readonly segments = new Set<SpoolSegment>();

  constructor(share: SpoolShare) {
    this.store = new SpoolStore(share);
  }

  /** Settles when nothing of it is left: disposed of, file closed and deleted. Never rejects. */
  get disposed(): Promise<void> {
    return this.store.closed;
  }

  /**
   * Refuses what cannot fit beside what other spools hold.
   * @param bytes Of all that it will hold, with what it holds already.
   * @throws ExportError `too_large` where it would not fit alone, `busy` where it does not fit now
   */
  requireRoom(bytes: number): void {
    this.store.requireRoom(bytes);
  }

  /**
   * Begins a segment. Several may be written at once.
   * @throws ExportError `internal` after `dispose`, or what made the spool fail.
   */
  segment(): SpoolSegment {
    this.store.requireUsable();
    const segment = new SpoolSegment(this.store, (discarded) => this.segments.delete(discarded));
    this.segments.add(segment);
    return segment;
  }

  /**
   * Frees everything at once, also while segments are being written or read: whoever does so gets
   * ExportError `internal`, or what made the spool fail before. Idempotent.
   */
  dispose(release?: Release): void {
    this.store.dispose();
    for (const segment of this.segments) segment.discard(release);
  }
}
