import {
  creationTime,
  FILE_LINE_BYTES,
  firstFrom,
  WIRE_LINE_BYTES,
  WIRE_SEPARATOR_BYTES,
} from "./lines.mjs";

/**
 * A database whose documents are lines of one prepared buffer: which of them a page holds is
 * arithmetic, and its text is a part of the buffer. Pages are cut as `exports:readLines` cuts them.
 *
 * @typedef {{ from: number | null, before: number | null }} CreationRange ms, half-open
 *
 * @typedef {object} PageRequest
 * @property {readonly string[]} tables
 * @property {CreationRange} range of the first table
 * @property {string | null} cursor within that range
 * @property {number} maximumBytes
 * @property {number} maximumDocuments
 *
 * @typedef {object} Page
 * @property {{ name: string, start: number, end: number }[]} parts numbers of the documents, end exclusive
 * @property {{ table: string, from: number | null, cursor: string | null } | null} next
 */

/** The table that holds what the others do not: nine documents of ten. */
const LARGE_TABLE = "incident_narratives";

/** Shares of all documents, in percent. */
const MIDDLE_TABLES = { incidents: 6, clarification_answers: 4 };

/** A few documents in some of the other tables; the rest is empty. */
const SMALL_TABLES = { companies: 3, users: 5, sites: 4, ai_prompts: 2 };

/** What `exports:summarize` reads of a table at most. */
const SAMPLES_PER_TABLE = 10;

const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, n) => total + n, 0);

/** Documents of a database whose tables have about so many bytes in the file. */
export const documentsFor = (/** @type {number} */ bytes) =>
  Math.max(sum(Object.values(SMALL_TABLES)), Math.round(bytes / FILE_LINE_BYTES));

export class ReplayDatabase {
  /** @type {Map<string, { start: number, end: number }>} */
  #tables = new Map();

  /**
   * @param {readonly string[]} names of all tables, in the order of the file
   * @param {number} documents in all tables together
   */
  constructor(names, documents) {
    const large = documents - sum(Object.values(SMALL_TABLES));
    /** @type {Record<string, number>} */
    const counts = { ...SMALL_TABLES };
    for (const [name, share] of Object.entries(MIDDLE_TABLES)) {
      counts[name] = Math.floor((share * large) / 100);
    }
    counts[LARGE_TABLE] = documents - sum(Object.values(counts));
    let start = 0;
    for (const name of names) {
      const end = start + (counts[name] ?? 0);
      this.#tables.set(name, { start, end });
      start = end;
    }
  }

  /** The tables as `exports:summarize` describes them. */
  summarize() {
    return [...this.#tables].map(([name, { start, end }]) => {
      const records = end - start;
      const sampledRecords = Math.min(records, SAMPLES_PER_TABLE);
      return {
        name,
        records,
        sampledRecords,
        sampledBytes: sampledRecords * (FILE_LINE_BYTES - 2),
        sampledDeviation: sampledRecords < 2 ? null : 0,
        oldest: records === 0 ? null : creationTime(start),
        newest: records === 0 ? null : creationTime(end - 1),
      };
    });
  }

  /**
   * One page: the first table within its range until the page is full, those behind it whole while
   * there is room. A document counts with the bytes of its line.
   *
   * @param {PageRequest} request
   * @returns {Page}
   * @throws {RangeError} for a table that there is not, or a cursor that is none of the range
   */
  page({ tables, range, cursor, maximumBytes, maximumDocuments }) {
    const [first = "", ...others] = tables;
    let room = Math.max(1, Math.min(maximumDocuments, Math.floor(maximumBytes / FILE_LINE_BYTES)));
    const { start, end } = this.#within(first, range, cursor);
    if (end - start >= room) {
      // A full page is never known to be the last, and its last document is left to the next one:
      // others may have the same creation time.
      const last = start + room - 1;
      return last > start
        ? {
            parts: [{ name: first, start, end: last }],
            next: { table: first, from: creationTime(last), cursor: null },
          }
        : {
            parts: [{ name: first, start, end: start + 1 }],
            next: { table: first, from: range.from, cursor: String(start + 1) },
          };
    }
    const parts = [{ name: first, start, end }];
    room -= end - start;
    for (const name of others) {
      const table = this.#table(name);
      room -= table.end - table.start;
      if (room < 0) return { parts, next: { table: name, from: null, cursor: null } };
      parts.push({ name, ...table });
    }
    return { parts, next: null };
  }

  #table(/** @type {string} */ name) {
    const table = this.#tables.get(name);
    if (table === undefined) throw new RangeError(`There is no table ${name}`);
    return table;
  }

  /**
   * @param {string} name
   * @param {CreationRange} range
   * @param {string | null} cursor
   */
  #within(name, { from, before }, cursor) {
    const table = this.#table(name);
    const inTable = (/** @type {number} */ index) =>
      Math.min(table.end, Math.max(table.start, index));
    const start = from === null ? table.start : inTable(firstFrom(from));
    const end = Math.max(start, before === null ? table.end : inTable(firstFrom(before)));
    if (cursor === null) return { start, end };
    const next = Number(cursor);
    if (!(Number.isInteger(next) && next >= start && next <= end)) {
      throw new RangeError(`The cursor ${cursor} is none of this range`);
    }
    return { start: next, end };
  }
}

/**
 * The answer to a page's request, in pieces of which the large ones are parts of the buffer. Keys
 * are sorted and counts have a fraction, as Convex writes them.
 *
 * @param {Page} page
 * @param {Buffer} lines
 * @returns {Buffer[]}
 */
export function encodePage({ parts, next }, lines) {
  /** @type {Buffer[]} */
  const pieces = [];
  let text = `{"status":"success","value":{"next":${JSON.stringify(next)},"redactions":{},"tables":[`;
  for (const [index, { name, start, end }] of parts.entries()) {
    text += `${index === 0 ? "" : ","}{"lines":"`;
    if (end > start) {
      const from = start * WIRE_LINE_BYTES;
      const to = end * WIRE_LINE_BYTES - WIRE_SEPARATOR_BYTES;
      pieces.push(Buffer.from(text), lines.subarray(from, to));
      text = "";
    }
    text += `","name":"${name}","records":${end - start}.0}`;
  }
  pieces.push(Buffer.from(`${text}],"withheld":{}}}`));
  return pieces;
}
