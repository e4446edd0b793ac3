import { randomBytes } from "node:crypto";

/** Crockford's base 32, as Convex writes ids. */
const ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const ID_LENGTH = 32;
/** 31 to 37 characters, depending on the table's number (convex-backend, id_v6.rs). */
const ID_PATTERN = /^[0-9a-hjkmnp-tv-z]{31,37}$/;

/** Which table a known document id belongs to, deleted documents included. */
export interface IdTables {
  tableOf(id: string): string | undefined;
}

/** A new random id of the shape of Convex's own. */
export function newDocumentId(): string {
  let id = "";
  for (const byte of randomBytes(ID_LENGTH)) {
    id += ID_ALPHABET.charAt(byte % ID_ALPHABET.length);
  }
  return id;
}

/** Whether a string could be the id of a document. */
export function isDocumentIdShape(id: string): boolean {
  return ID_PATTERN.test(id);
}

/**
 * Whether a string is acceptable as an id of a table. A well-formed id that no document ever had
 * is: it stands for a document deleted elsewhere, which Convex accepts too.
 */
export function isIdOfTable(ids: IdTables, id: string, table: string): boolean {
  return isDocumentIdShape(id) && (ids.tableOf(id) ?? table) === table;
}
