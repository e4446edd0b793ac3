import type { Value } from "convex/values";
import type { ExportTable } from "../exportPolicy";
import type { DocumentReader } from "./exportPage";
import { EXPORT_TABLES, RELATIONS } from "./exportTables";
import type { ExportedDocument, StoredDocument } from "./sanitize";

/** The fields of each table that hold ids, with the table that they are of. */
const REFERENCES: ReadonlyMap<string, readonly (readonly [field: string, table: string])[]> =
  new Map(
    EXPORT_TABLES.map((table) => [
      table,
      Object.entries(RELATIONS)
        .filter(([path]) => path.startsWith(`${table}.`))
        .map(([path, target]) => [path.slice(table.length + 1), target] as const),
    ]),
  );

/** Ids per table, joined by newlines: a text, unlike an array, may hold more than 8,192 of them. */
export type ReferencedIds = Record<string, string>;

/** Collects what documents refer to, each id once. */
export class ReferenceCollector {
  private readonly found = new Map<string, Set<string>>();

  /** @param targets Only references to these tables; all where absent. */
  constructor(private readonly targets?: ReadonlySet<string>) {}

  add(table: string, stored: StoredDocument): void {
    for (const [field, target] of REFERENCES.get(table) ?? []) {
      const value: Value | undefined = stored[field];
      if (typeof value !== "string" || this.targets?.has(target) === false) continue;
      const ids = this.found.get(target);
      if (ids === undefined) this.found.set(target, new Set([value]));
      else ids.add(value);
    }
  }

  get ids(): ReferencedIds {
    return Object.fromEntries([...this.found].map(([table, ids]) => [table, [...ids].join("\n")]));
  }
}

/** Reads as another reader does, and collects the references of what it reads. */
export class CollectingReader implements DocumentReader {
  constructor(
    private readonly reader: DocumentReader,
    private readonly references: ReferenceCollector,
  ) {}

  document(table: ExportTable, stored: StoredDocument): ExportedDocument {
    this.references.add(table, stored);
    return this.reader.document(table, stored);
  }

  /** References stay: what is left to the next page is part of the same answer in the end. */
  checkpoint(): () => void {
    return this.reader.checkpoint();
  }
}
