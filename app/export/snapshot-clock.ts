import { ExportError } from "./errors";
import type { Consistency, SnapshotTimestamp } from "./source";

/** How often one page of a rolling export may find that its timestamp has expired. */
const ROLLING_ATTEMPTS = 5;

/**
 * The timestamp at which pages are read. A snapshot has one; a rolling export takes a new one
 * whenever Convex has dropped the last.
 */
export class SnapshotClock {
  private current: Promise<SnapshotTimestamp>;

  constructor(
    readonly consistency: Consistency,
    first: SnapshotTimestamp,
    private readonly pin: () => Promise<SnapshotTimestamp>,
  ) {
    this.current = Promise.resolve(first);
  }

  /** The timestamp in use, the last one of a rolling export. */
  get latest(): Promise<SnapshotTimestamp> {
    return this.current;
  }

  /**
   * Reads at the timestamp in use.
   * @throws ExportError `snapshot_expired` for a snapshot; else whatever `read` throws.
   */
  async at<T>(read: (timestamp: SnapshotTimestamp) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const used = this.current;
      try {
        return await read(await used);
      } catch (error) {
        const isExpired = error instanceof ExportError && error.code === "snapshot_expired";
        if (!isExpired || this.consistency === "snapshot" || attempt === ROLLING_ATTEMPTS) {
          throw error;
        }
        // Many pages find out at once; the first one pins for all.
        if (this.current === used) this.current = this.pin();
      }
    }
  }
}
