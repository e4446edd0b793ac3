import { internalServerError, outOfRetentionError } from "./errors";
import { EMPTY_TABLE, type StoredDocument, type TableDocuments, withWrites } from "./documents";

const NANOSECONDS_PER_MS = 1_000_000n;

/** The whole database at one commit. */
export interface Snapshot {
  /** Unix nanoseconds. */
  readonly ts: bigint;
  readonly tables: ReadonlyMap<string, TableDocuments>;
}

/** Writes of a transaction, by table and id. */
export type PendingWrites = ReadonlyMap<string, ReadonlyMap<string, StoredDocument | null>>;

/**
 * The snapshots that can still be read. As in Convex, a snapshot is dropped only by a later commit,
 * and only once its successor has left the window: an idle database keeps its past.
 */
export class SnapshotHistory {
  readonly #retentionNs: bigint;
  #versions: Snapshot[];

  constructor(initial: Snapshot, retentionMs: number) {
    this.#retentionNs = BigInt(retentionMs) * NANOSECONDS_PER_MS;
    this.#versions = [initial];
  }

  latest(): Snapshot {
    const latest = this.#versions.at(-1);
    if (latest === undefined) {
      throw new Error("The history has no snapshot");
    }
    return latest;
  }

  /** Commits writes at `ts`, which must be later than every commit before. */
  commit(ts: bigint, writes: PendingWrites): void {
    const latest = this.latest();
    if (ts <= latest.ts) {
      throw new Error(`Commit at ${ts} is not after the latest commit at ${latest.ts}`);
    }
    const tables = new Map(latest.tables);
    for (const [table, tableWrites] of writes) {
      tables.set(table, withWrites(tables.get(table) ?? EMPTY_TABLE, tableWrites));
    }
    const firstKept = this.#versions.findIndex((_, index) => {
      const successor = this.#versions[index + 1];
      return successor === undefined || ts - successor.ts <= this.#retentionNs;
    });
    this.#versions = [...this.#versions.slice(firstKept), { ts, tables }];
  }

  /**
   * The database as it was at `ts` (Unix nanoseconds).
   * Throws the HTTP errors of Convex: 503 for a dropped snapshot, 500 for a future timestamp.
   */
  at(ts: bigint): Snapshot {
    const earliest = this.#versions[0];
    if (earliest === undefined || ts < earliest.ts) {
      throw outOfRetentionError();
    }
    if (ts > this.latest().ts) {
      throw internalServerError();
    }
    const index = this.#versions.findLastIndex((version) => version.ts <= ts);
    return this.#versions[index] ?? earliest;
  }
}
