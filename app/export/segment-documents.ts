import { ExportError } from "./errors";
import type { FoundDocuments } from "./source";

/** A document that a segment has found. */
export interface FoundDocument {
  id: string;
  /** `_creationTime` in ms. */
  time: number;
  /** As Convex counts. */
  bytes: number;
  /** It is here because another one refers to it. */
  isReferenced: boolean;
}

/**
 * Most documents that a segment may name one by one: each takes about 200 bytes while it is made (measured).
 * Tables that are exported whole do not count.
 */
export const MAXIMUM_SEGMENT_DOCUMENTS = 500_000;

/** The documents of a segment, each once, and what they refer to that is not among them. */
export class SegmentDocuments {
  private readonly tables = new Map<string, Map<string, FoundDocument>>();
  private readonly sortedTables = new Map<string, FoundDocument[]>();
  /** Ids that were asked for and do not exist: they dangle in the database. */
  private readonly dangling = new Map<string, Set<string>>();
  private readonly referenced = new Map<string, Set<string>>();
  private count = 0;

  /** @param closed The tables that references are followed into. */
  constructor(
    private readonly closed: ReadonlySet<string>,
    private readonly maximum = MAXIMUM_SEGMENT_DOCUMENTS,
  ) {}

  /**
   * Adds what was found of a table, with its references.
   * @param isReferenced Whether it was looked for because something refers to it.
   * @throws ExportError `segment_too_large`
   */
  add(table: string, { found, references }: FoundDocuments, isReferenced = false): void {
    const documents = this.documentsOf(table);
    this.sortedTables.delete(table);
    for (const document of parseFound(found, isReferenced)) {
      if (documents.has(document.id)) continue;
      this.count += 1;
      if (this.count > this.maximum) {
        throw new ExportError("segment_too_large", `more than ${this.maximum} documents`);
      }
      documents.set(document.id, document);
    }
    this.refer(references);
  }

  /** Adds references of documents that are exported otherwise. */
  refer(references: Record<string, string>): void {
    for (const [table, ids] of Object.entries(references)) {
      if (!this.closed.has(table)) continue;
      const documents = this.documentsOf(table);
      const missing = this.dangling.get(table);
      const waiting = this.referenced.get(table) ?? new Set<string>();
      for (const id of lines(ids)) {
        if (!documents.has(id) && missing?.has(id) !== true) waiting.add(id);
      }
      if (waiting.size > 0) this.referenced.set(table, waiting);
    }
  }

  /** Takes what is referred to and not here yet. Each id is given once. */
  takeReferenced(): { table: string; ids: string[] }[] {
    const taken = [...this.referenced].map(([table, ids]) => {
      const documents = this.documentsOf(table);
      return { table, ids: [...ids].filter((id) => !documents.has(id)) };
    });
    this.referenced.clear();
    for (const { table, ids } of taken) {
      const dangling = this.dangling.get(table);
      // Until they are found. Those that are not will not be asked for again.
      if (dangling === undefined) this.dangling.set(table, new Set(ids));
      else for (const id of ids) dangling.add(id);
    }
    return taken.filter(({ ids }) => ids.length > 0);
  }

  ids(table: string): string[] {
    return [...(this.tables.get(table)?.keys() ?? [])];
  }

  /** The documents of a table in `_creationTime`, `_id` order. */
  sorted(table: string): readonly FoundDocument[] {
    const known = this.sortedTables.get(table);
    if (known !== undefined) return known;
    const documents = [...(this.tables.get(table)?.values() ?? [])];
    documents.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
    this.sortedTables.set(table, documents);
    return documents;
  }

  private documentsOf(table: string): Map<string, FoundDocument> {
    const known = this.tables.get(table);
    if (known !== undefined) return known;
    const documents = new Map<string, FoundDocument>();
    this.tables.set(table, documents);
    return documents;
  }
}

function parseFound(found: string, isReferenced: boolean): FoundDocument[] {
  return lines(found).map((line) => {
    const [id = "", time = "", bytes = ""] = line.split(" ");
    return { id, time: Number(time), bytes: Number(bytes), isReferenced };
  });
}

function lines(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
