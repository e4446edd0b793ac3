import { convexToJson, v, type Infer, type JSONValue, type Value } from "convex/values";
import type { DocumentReader, ExportPage } from "./exportPage";
import type { ExportedDocument } from "./sanitize";
import { isObject, isWide, narrowed, type ValueObject } from "./values";

/** The documents of one table as lines of the file. */
export interface TableLines {
  name: string;
  records: number;
  /** One document per line in Convex's JSON, joined by `,` and a newline, in the encoding asked for. */
  lines: string;
}

/**
 * How lines are written: `latin1` with U+0001 and six hexadecimal digits for each character beyond
 * U+00FF. JSON has no U+0001. A single such character makes V8 hold a whole answer in two bytes for
 * each of its characters, which doubles its memory and takes longer to join and to write.
 */
const linesEncoding = v.literal("latin1");

export const linesArgs = {
  /** Plain JSON where absent. */
  encoding: v.optional(linesEncoding),
};

type LinesEncoding = Infer<typeof linesEncoding>;

/** A table of which it would make more than a quarter more is of another script, and stays as it is. */
const MOST_GROWTH = 1 / 4;

/** Reads as another reader does, and keeps the line of each document only. */
export function asLines(reader: DocumentReader): DocumentReader<string> {
  return {
    document: (table, stored) => toLine(reader.document(table, stored)),
    checkpoint: () => reader.checkpoint(),
  };
}

/** A page as text. Unlike an array, which may hold 8,192 values, a string has no such limit. */
export function joinLines(
  data: ExportPage<string>["data"],
  encoding?: LinesEncoding,
): TableLines[] {
  return Object.entries(data).map(([name, lines]) => ({
    name,
    records: lines.length,
    lines: (encoding === undefined ? lines : toLatin1(lines)).join(",\n"),
  }));
}

function toLatin1(lines: readonly string[]): readonly string[] {
  let left = lines.reduce((characters, line) => characters + line.length, 0) * MOST_GROWTH;
  const encoded: string[] = [];
  for (const line of lines) {
    if (!isWide(line)) {
      encoded.push(line);
      continue;
    }
    const escaped = line.replace(/[^\0-\xff]/gu, (character) => {
      const codePoint = character.codePointAt(0) ?? 0;
      return `\u0001${codePoint.toString(16).padStart(6, "0")}`;
    });
    left -= escaped.length - line.length;
    if (left < 0) return lines;
    encoded.push(narrowed(escaped));
  }
  return encoded;
}

/**
 * One document as a line: ids first, then the fields in schema order. `convexToJson` of the whole
 * document would sort the fields, and its copies take twice the time of the text itself; it gets
 * only what is not the same in JSON.
 */
export function toLine(document: ExportedDocument): string {
  const names = Object.keys(document);
  // Most documents are the same in JSON, and are written without a copy.
  let isSame = names[0] === "_id" && names[1] === "_creationTime";
  for (const name of names) {
    if (!isSame) break;
    isSame = isSameInJson(document[name] ?? null);
  }
  if (isSame) return JSON.stringify(document);
  const line: JSONObject = { _id: null, _creationTime: null };
  for (const name of names) {
    const value = document[name] ?? null;
    line[name] = isSameInJson(value) ? value : convexToJson(value);
  }
  return JSON.stringify(line);
}

type JSONObject = Record<string, JSONValue>;

/**
 * NaN, infinite numbers, -0, integers and bytes are tagged in Convex's JSON, whose objects have their
 * fields in order.
 */
function isSameInJson(value: Value | undefined): value is JSONValue {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isSameInJson);
  return isObject(value) && isSameObject(value);
}

function isSameObject(object: ValueObject): boolean {
  let before = "";
  for (const key of Object.keys(object)) {
    if (key < before || !isSameInJson(object[key])) return false;
    before = key;
  }
  return true;
}
