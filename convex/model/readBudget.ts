import { getConvexSize } from "convex/values";
import type { StoredDocument } from "./sanitize";

/** UTF-8 has three bytes for a UTF-16 unit at most. */
const LONGEST_UNIT_BYTES = 3;

/** What the size of a string, and that of a field's name, have beside their characters. */
const STRING_OVERHEAD_BYTES = 2;
const NAME_OVERHEAD_BYTES = 1;

const NUMBER_BYTES = 9;
const OBJECT_BYTES = 2;

/**
 * How much more a page may read, in documents and in bytes as Convex counts them.
 *
 * Convex's own measure looks at each character: a third of the time that a page of short documents
 * takes. So documents are measured only once the most that they could have is more than there is
 * room for.
 */
export class ReadBudget {
  private documents: number;
  /** Without those that are not measured. */
  private bytes: number;
  private unmeasured: StoredDocument[] = [];
  private unmeasuredAtMost = 0;

  constructor(most: { documents: number; bytes: number }) {
    this.documents = most.documents;
    this.bytes = most.bytes;
  }

  /** Takes a document that was read. @returns whether all that was taken is within the budget. */
  take(document: StoredDocument): boolean {
    this.documents -= 1;
    this.unmeasured.push(document);
    this.unmeasuredAtMost += mostBytes(document);
    if (this.unmeasuredAtMost > this.bytes) this.measure();
    return this.documents >= 0 && this.bytes >= 0;
  }

  private measure(): void {
    for (const document of this.unmeasured) this.bytes -= getConvexSize(document);
    this.unmeasured = [];
    this.unmeasuredAtMost = 0;
  }
}

/** An upper bound of `getConvexSize`, which is exact but for the characters of strings. */
function mostBytes(document: StoredDocument): number {
  let bytes = OBJECT_BYTES;
  for (const name of Object.keys(document)) {
    const value = document[name];
    if (value === undefined) continue;
    // Names of fields are ASCII.
    bytes += name.length + NAME_OVERHEAD_BYTES;
    if (typeof value === "string") {
      bytes += STRING_OVERHEAD_BYTES + LONGEST_UNIT_BYTES * value.length;
    } else if (typeof value === "number") bytes += NUMBER_BYTES;
    else bytes += getConvexSize(value);
  }
  return bytes;
}
