import { withWrites, type StoredDocument, type TableDocuments } from "./documents";
import type { PendingWrites } from "./snapshots";

interface TransactionLevel {
  readonly writes: Map<string, Map<string, StoredDocument | null>>;
  hasPaginated: boolean;
}

/**
 * Uncommitted writes of the running transaction. Every mutation called by a mutation opens a level
 * of its own, whose writes join its parent's when it succeeds and vanish when it throws.
 */
export class TransactionStack {
  #levels: TransactionLevel[] = [];
  #stashDepth = 0;
  /** Tables as the transaction sees them, where it has written to them. */
  readonly #overlays = new Map<string, TableDocuments>();

  /** Whether no transaction is running. */
  get isIdle(): boolean {
    return this.#levels.length === 0 && this.#stashDepth === 0;
  }

  begin(): "top-level" | "nested" {
    const isTopLevel = this.isIdle;
    this.#levels.push({ writes: new Map(), hasPaginated: false });
    return isTopLevel ? "top-level" : "nested";
  }

  /** The writes to commit, or null where they went to the parent. */
  commit(): PendingWrites | null {
    const { writes } = this.#pop();
    if (this.#levels.length === 0) {
      this.#overlays.clear();
      return writes;
    }
    for (const [table, tableWrites] of writes) {
      for (const [id, document] of tableWrites) {
        this.write(table, id, document);
      }
    }
    return null;
  }

  rollback(): void {
    this.#pop();
    this.#overlays.clear();
  }

  stash(): unknown {
    const stashed = this.#levels;
    this.#levels = [];
    this.#stashDepth += 1;
    this.#overlays.clear();
    return stashed;
  }

  restore(stashed: unknown): void {
    this.#levels = stashed as TransactionLevel[];
    this.#stashDepth -= 1;
    this.#overlays.clear();
  }

  write(table: string, id: string, document: StoredDocument | null): void {
    const level = this.#levels.at(-1);
    if (level === undefined) {
      throw new Error(`Write outside of a transaction: ${id}`);
    }
    const writes = level.writes.get(table) ?? new Map<string, StoredDocument | null>();
    writes.set(id, document);
    level.writes.set(table, writes);
    this.#overlays.delete(table);
  }

  /** What was written to a document: its new state, null if deleted, undefined if nothing. */
  written(table: string, id: string): StoredDocument | null | undefined {
    for (let depth = this.#levels.length - 1; depth >= 0; depth -= 1) {
      const written = this.#levels[depth]?.writes.get(table)?.get(id);
      if (written !== undefined) {
        return written;
      }
    }
    return undefined;
  }

  /** A committed table with the pending writes applied. */
  overlay(table: string, committed: TableDocuments): TableDocuments {
    if (!this.#levels.some(({ writes }) => writes.has(table))) {
      return committed;
    }
    let overlay = this.#overlays.get(table);
    if (overlay === undefined) {
      const pending = this.#levels.flatMap(({ writes }) => [...(writes.get(table) ?? [])]);
      overlay = withWrites(committed, new Map(pending));
      this.#overlays.set(table, overlay);
    }
    return overlay;
  }

  /** Whether this function may paginate: once per function. */
  claimPagination(): boolean {
    const level = this.#levels.at(-1);
    if (level === undefined || level.hasPaginated) {
      return false;
    }
    level.hasPaginated = true;
    return true;
  }

  #pop(): TransactionLevel {
    const level = this.#levels.pop();
    if (level === undefined) {
      throw new Error("Transaction already committed or rolled back");
    }
    return level;
  }
}
