import { compareValues, convexToJson, type Value } from "convex/values";
import { measureValue } from "./value-limits";

/** A stored document. Never changed in place: a write replaces it. */
export type StoredDocument = Readonly<Record<string, Value>> & {
  readonly _id: string;
  readonly _creationTime: number;
};

/** The documents of a table, ordered by `_creationTime`, then `_id`. Never changed in place. */
export type TableDocuments = readonly StoredDocument[];

/** Writes to one table that are not committed yet: the new document, or null for a deletion. */
export type TableWrites = ReadonlyMap<string, StoredDocument | null>;

export const EMPTY_TABLE: TableDocuments = [];

/** Up to this many writes are spliced in one by one; above it the table is merged in one pass. */
const SPLICE_MAX_WRITES = 16;

/** Order of documents within a table. */
export function compareDocuments(a: StoredDocument, b: StoredDocument): number {
  return a._creationTime - b._creationTime || compareValues(a._id, b._id);
}

/** Index of the first element for which `isAtOrAfter` holds; it must be monotonic. */
export function partitionPoint<T>(
  items: readonly T[],
  isAtOrAfter: (item: T) => boolean,
  from = 0,
): number {
  let low = from;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && !isAtOrAfter(item)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The document with an id, whose creation time never changes, or null. */
export function findDocument(
  documents: TableDocuments,
  id: string,
  creationTime: number,
): StoredDocument | null {
  const index = partitionPoint(
    documents,
    (document) => (document._creationTime - creationTime || compareValues(document._id, id)) >= 0,
  );
  const found = documents[index];
  return found !== undefined && found._id === id ? found : null;
}

/** The table after some writes; the given one stays as it is. */
export function withWrites(documents: TableDocuments, writes: TableWrites): TableDocuments {
  const written = [...writes.values()]
    .filter((document) => document !== null)
    .sort(compareDocuments);
  if (writes.size > SPLICE_MAX_WRITES) {
    return merge(
      documents.filter((document) => !writes.has(document._id)),
      written,
    );
  }
  // Copying and splicing is a memory move; comparing every document would be far slower.
  const result = [...documents];
  for (const document of written) {
    const index = partitionPoint(result, (other) => compareDocuments(other, document) >= 0);
    result.splice(index, result[index]?._id === document._id ? 1 : 0, document);
  }
  const deleted = [...writes].filter(([, document]) => document === null).map(([id]) => id);
  return deleted.length === 0 ? result : result.filter(({ _id }) => !deleted.includes(_id));
}

function merge(left: TableDocuments, right: TableDocuments): TableDocuments {
  const result: StoredDocument[] = [];
  let next = 0;
  for (const document of left) {
    for (; next < right.length; next += 1) {
      const other = right[next];
      if (other === undefined || compareDocuments(other, document) > 0) {
        break;
      }
      result.push(other);
    }
    result.push(document);
  }
  return result.concat(right.slice(next));
}

const sizes = new WeakMap<StoredDocument, number>();
const jsonTexts = new WeakMap<StoredDocument, string>();

/**
 * Size as Convex counts it towards its limits, in bytes; computed once per document.
 *
 * @throws ValueLimitError if it breaks Convex's structural limits.
 */
export function documentSizeBytes(document: StoredDocument): number {
  let size = sizes.get(document);
  if (size === undefined) {
    size = measureValue(document);
    sizes.set(document, size);
  }
  return size;
}

/** JSON text in Convex's encoding; made once per document, since exports read all of them. */
export function documentJson(document: StoredDocument): string {
  let text = jsonTexts.get(document);
  if (text === undefined) {
    text = JSON.stringify(convexToJson(document));
    jsonTexts.set(document, text);
  }
  return text;
}
