/** A document in Convex's JSON. */
export type StoredDocument = Record<string, unknown> & { _creationTime: number; _id: string };

export type Tables = Record<string, StoredDocument[]>;

/** A document as a line of the file: `_id` and `_creationTime` come first. */
export function toLine({ _id, _creationTime, ...rest }: StoredDocument): string {
  return JSON.stringify({ _id, _creationTime, ...rest });
}

export function lineBytes(document: StoredDocument): number {
  return Buffer.byteLength(toLine(document));
}

/** Documents with increasing creation times. */
export function makeDocuments(
  prefix: string,
  count: number,
  fields: (index: number) => Record<string, unknown> = () => ({}),
): StoredDocument[] {
  return Array.from({ length: count }, (_, index) => ({
    _id: `${prefix}${index}`,
    _creationTime: 1_700_000_000_000 + index / 4,
    ...fields(index),
  }));
}
