/** Before a piece was compressed: 60 MB/s, as measured for level 1 of zlib on the sample data. */
const ASSUMED_COMPRESS_MS_PER_BYTE = 1 / 60_000;
/** Before a piece was compressed; the sample data shrinks to 0.21. */
const ASSUMED_RATIO = 0.5;

/** About how much of what was sent last counts. A connection takes bytes in bursts of up to 1 MB. */
const WINDOW_BYTES = 2 * 1024 * 1024;

/**
 * Whether compressing makes a download faster: while it takes less time than the client would need
 * for the bytes that it saves. A client that has not been waited for counts as fast.
 */
export class ClientPace {
  private readonly waitMs = new RunningMean(0);
  private readonly compressMs = new RunningMean(ASSUMED_COMPRESS_MS_PER_BYTE);
  private readonly ratio = new RunningMean(ASSUMED_RATIO);

  get isSlow(): boolean {
    const waitMs = this.waitMs.perByte;
    return this.compressMs.perByte + this.ratio.perByte * waitMs < waitMs;
  }

  /** The client took this long for so many bytes as they were sent. */
  waited(ms: number, sentBytes: number): void {
    this.waitMs.add(ms, sentBytes);
  }

  /** Compressing took this long. */
  compressed(ms: number, bytes: number, compressedBytes: number): void {
    this.compressMs.add(ms, bytes);
    this.ratio.add(compressedBytes, bytes);
  }
}

/** A mean per byte, in which older bytes count less and less. */
class RunningMean {
  constructor(public perByte: number) {}

  add(amount: number, bytes: number): void {
    const weight = bytes / (WINDOW_BYTES + bytes);
    // The same as weight * (amount / bytes - mean), and never a division by a few bytes.
    this.perByte += amount / (WINDOW_BYTES + bytes) - weight * this.perByte;
  }
}
