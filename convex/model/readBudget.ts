import { getConvexSize } from "convex/values";
import type { StoredDocument } from "./sanitize";

/** What values have beside their characters (`value/src/size.rs`). */
const OBJECT_BYTES = 2;
const NAME_OVERHEAD_BYTES = 1;
const STRING_OVERHEAD_BYTES = 2;
const NUMBER_BYTES = 9;

/** How much more a page may read, in documents and in bytes as Convex counts them. */
export class ReadBudget {
  private documents: number;
  private bytes: number;

  constructor(most: { documents: number; bytes: number }) {
    this.documents = most.documents;
    this.bytes = most.bytes;
  }

  /** Takes a document that was read. @returns whether all that was taken is within the budget. */
  take(document: StoredDocument): boolean {
    this.documents -= 1;
    this.bytes -= sizeOf(document);
    return this.documents >= 0 && this.bytes >= 0;
  }
}

/** As `getConvexSize`, which looks at each character of each text: a third of the time of a page. */
function sizeOf(document: StoredDocument): number {
  let bytes = OBJECT_BYTES;
  for (const name of Object.keys(document)) {
    const value = document[name];
    if (value === undefined) continue;
    // Names of fields are ASCII.
    bytes += name.length + NAME_OVERHEAD_BYTES;
    if (typeof value === "string" && !/[^\0-\x7f]/.test(value)) {
      bytes += STRING_OVERHEAD_BYTES + value.length;
    } else if (typeof value === "number") bytes += NUMBER_BYTES;
    else bytes += getConvexSize(value);
  }
  return bytes;
}
