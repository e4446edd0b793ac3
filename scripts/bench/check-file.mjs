import { isDeepStrictEqual } from "node:util";
import { convexToJson } from "convex/values";

/**
 * Compares an export with the documents that the database was filled with.
 *
 * @typedef {Record<string, import("convex/values").JSONValue>} ExportedDocument
 * @typedef {Record<string, import("convex/values").Value>} StoredDocument
 *
 * @typedef {object} ExportedFile
 * @property {object} metadata
 * @property {Record<string, number>} metadata.recordCounts
 * @property {number} metadata.totalRecords
 * @property {{ excludedTables: readonly string[], excludedFields: readonly string[], redactedFields: readonly string[] }} metadata.sanitization
 * @property {Record<string, ExportedDocument[]>} data
 */

/**
 * What is wrong with a file; nothing where every document that was stored is there once with all
 * its fields, less what is excluded or redacted, and the counts are those of the body. Further
 * documents are fine: the database has sessions and accounts of its own.
 *
 * @param {ExportedFile} file
 * @param {Record<string, readonly StoredDocument[]>} stored
 * @returns {string[]}
 */
export function findDifferences({ metadata, data }, stored) {
  const { sanitization, recordCounts, totalRecords } = metadata;
  /** @type {string[]} */
  const problems = [];
  let total = 0;
  const tables = new Set([...Object.keys(data), ...Object.keys(stored)]);
  for (const table of sanitization.excludedTables) tables.delete(table);
  for (const table of tables) {
    const documents = data[table] ?? [];
    /** @type {Map<unknown, ExportedDocument>} */
    const byId = new Map(documents.map((document) => [document["_id"], document]));
    total += documents.length;
    if (byId.size !== documents.length) problems.push(`${table}: a document is there twice`);
    if (recordCounts[table] !== documents.length) {
      problems.push(`${table}: ${recordCounts[table]} announced, ${documents.length} there`);
    }
    let missing = 0;
    let different = 0;
    for (const original of stored[table] ?? []) {
      const found = byId.get(original["_id"]);
      if (found === undefined) missing += 1;
      else if (!isSame(table, found, original, sanitization)) different += 1;
    }
    if (missing > 0) problems.push(`${table}: ${missing} missing`);
    if (different > 0) problems.push(`${table}: ${different} different`);
  }
  if (total !== totalRecords) problems.push(`${totalRecords} announced in total, ${total} there`);
  return problems;
}

/**
 * @param {string} table
 * @param {ExportedDocument} found
 * @param {StoredDocument} original
 * @param {ExportedFile["metadata"]["sanitization"]} sanitization
 */
function isSame(table, found, original, { excludedFields, redactedFields }) {
  const names = new Set([...Object.keys(found), ...Object.keys(original)]);
  return [...names].every((name) => {
    const [value, stored] = [found[name], original[name]];
    const field = `${table}.${name}`;
    if (excludedFields.includes(field)) return value === undefined;
    if (redactedFields.includes(field)) return (value === undefined) === (stored === undefined);
    if (value === undefined || stored === undefined) return value === stored;
    return isDeepStrictEqual(value, convexToJson(stored));
  });
}
