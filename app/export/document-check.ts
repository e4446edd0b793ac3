import type { FileMetadata } from "./file-schema";

/** What is wrong with a file, and where; line 0 is the file as a whole. */
export interface FileProblem {
  line: number;
  message: string;
  /** The file in a bundle, where it is not the bundle as a whole. */
  path?: string;
}

/** What a file holds, as far as it could be read. */
export interface FileReport {
  /** Absent where the head of the file could not be read. */
  metadata?: FileMetadata;
  bytes: number;
  /** Documents found, per table. */
  recordCounts: Record<string, number>;
  /** Why it is no complete export; empty for one that is. At most `MAXIMUM_PROBLEMS`. */
  problems: FileProblem[];
  /** Different ids that no document of the file has, per relation. The database may have them, too. */
  danglingReferences: Record<string, number>;
}

/** How the problem of a file that ends too early begins. */
export const CUT_OFF = "the file is cut off";

/** More of them say nothing new. */
export const MAXIMUM_PROBLEMS = 20;

interface Table {
  ids: Set<string>;
  /** Fields with ids of other tables, and the ids seen in them. */
  references: Map<string, Set<string>>;
}

/**
 * Checks the documents of an export, whatever its format: that they are in order, that none is there
 * twice, that there are as many as were counted. Only ids are kept. It needs nothing of Node.
 */
export class DocumentCheck {
  private readonly tables = new Map<string, Table>();
  private table: Table = { ids: new Set(), references: new Map() };
  private lastTime = -Infinity;
  /** Known before the first table. */
  relations: FileMetadata["relations"] = {};

  /** @param problem Told what is wrong with the document at hand. */
  constructor(private readonly problem: (message: string) => void) {}

  /** The documents that follow are of this table. @returns false where it was there before */
  beginTable(name: string): boolean {
    if (this.tables.has(name)) return false;
    const own = Object.keys(this.relations).filter((field) => field.startsWith(`${name}.`));
    const references = own.map(
      (field) => [field.slice(name.length + 1), new Set<string>()] as const,
    );
    this.table = { ids: new Set(), references: new Map(references) };
    this.tables.set(name, this.table);
    this.lastTime = -Infinity;
    return true;
  }

  document({ _id: id, _creationTime: time, ...fields }: Record<string, unknown>): void {
    if (typeof id !== "string" || typeof time !== "number") {
      return this.problem("the document has no _id or no _creationTime");
    }
    if (this.table.ids.has(id)) this.problem("the document is there twice");
    if (time < this.lastTime) this.problem("the document is older than the one before it");
    this.table.ids.add(id);
    this.lastTime = time;
    for (const [field, ids] of this.table.references) {
      const value = fields[field];
      if (typeof value === "string") ids.add(value);
    }
  }

  get recordCounts(): Record<string, number> {
    return Object.fromEntries([...this.tables].map(([name, { ids }]) => [name, ids.size]));
  }

  /** What the metadata says and the documents do not. */
  miscounts({ recordCounts, totalRecords }: FileMetadata): string[] {
    const problems: string[] = [];
    const found = this.recordCounts;
    for (const name of new Set([...Object.keys(recordCounts), ...Object.keys(found)])) {
      const [said = 0, held = 0] = [recordCounts[name], found[name]];
      if (said !== held)
        problems.push(`${name}: ${said} documents were exported, ${held} are here`);
      else if (!Object.hasOwn(found, name)) problems.push(`${name}: the table is missing`);
    }
    const total = Object.values(recordCounts).reduce((sum, count) => sum + count, 0);
    if (total !== totalRecords) problems.push("totalRecords is not the sum of recordCounts");
    return problems;
  }

  dangling(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [name, { references }] of this.tables) {
      for (const [field, ids] of references) {
        const relation = `${name}.${field}`;
        const target = this.tables.get(this.relations[relation] ?? "");
        // A table that is not in the file has none of the ids, which says nothing.
        if (target === undefined) continue;
        const missing = [...ids].filter((id) => !target.ids.has(id)).length;
        if (missing > 0) counts[relation] = missing;
      }
    }
    return counts;
  }
}

/** The object that a line holds, if it holds one. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
