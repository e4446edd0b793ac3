import { constants } from "node:buffer";
import { readFile } from "node:fs/promises";
import { refuse, type Place } from "./document-reader";
import type { DataSource, FoundDocument } from "./load-data";
import { formatSize } from "./value-text";

const SUPPORTED_VERSION = /^1\.\d+$/;

/** Reads an export file of the portal: `{metadata, data: {table: [document…]}}`. */
export async function readExportFile(file: string, sizeBytes: number): Promise<DataSource> {
  if (sizeBytes > constants.MAX_STRING_LENGTH) {
    refuse(
      { file },
      `at ${formatSize(sizeBytes)} it is too large for one JSON text in Node ` +
        `(${formatSize(constants.MAX_STRING_LENGTH)}). Load a folder of <table>.jsonl instead`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const isEncoding = error instanceof TypeError;
    return refuse({ file }, isEncoding ? "it is not valid UTF-8" : String(error));
  }
  const root = asObject(parse(file, text), { file }, "the file");
  const metadata = asObject(root.metadata, { file, within: "metadata" }, "metadata");
  const data = asObject(root.data, { file, within: "data" }, "data");
  const unknown = Object.keys(root).find((key) => key !== "metadata" && key !== "data");
  if (unknown !== undefined) {
    refuse({ file }, `it has an unknown key ${JSON.stringify(unknown)}`);
  }
  const { version } = metadata;
  if (typeof version !== "string" || !SUPPORTED_VERSION.test(version)) {
    refuse(
      { file, within: "metadata.version" },
      `version 1.x is supported, not ${JSON.stringify(version)}`,
    );
  }
  checkCounts(file, metadata.recordCounts, data);
  return { documents: documentsOf(file, text, data), notes: [] };
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Node tells the position in the text, except for a text that ends too early.
    const offset = /position (\d+)/.exec(message)?.[1];
    const line = lineAt(text, offset === undefined ? text.length : Number(offset));
    return refuse({ file, line }, `bad JSON: ${message}`);
  }
}

function checkCounts(file: string, counts: unknown, data: Record<string, unknown>): void {
  if (counts === undefined) {
    return;
  }
  for (const [table, count] of Object.entries(asObject(counts, { file }, "recordCounts"))) {
    const documents = data[table];
    const found = Array.isArray(documents) ? documents.length : 0;
    if (found !== count) {
      refuse(
        { file, within: `metadata.recordCounts.${table}` },
        `it says ${JSON.stringify(count)}, but data holds ${found}`,
      );
    }
  }
}

function* documentsOf(
  file: string,
  text: string,
  data: Record<string, unknown>,
): Generator<FoundDocument, void> {
  const lines = new DocumentLines(text);
  for (const [table, documents] of Object.entries(data)) {
    if (!Array.isArray(documents)) {
      refuse({ file, within: `data.${table}` }, "a table must be an array of documents");
    }
    for (const [index, json] of (documents as unknown[]).entries()) {
      const line = lines.of(json);
      const within = `data.${table}[${index}]`;
      yield { table, place: line === undefined ? { file, within } : { file, line, within }, json };
    }
  }
}

/** Finds the line of each document by its `_id`, reading the text once from start to end. */
class DocumentLines {
  readonly #text: string;
  #offset = 0;
  #line = 1;
  #isLost = false;

  constructor(text: string) {
    this.#text = text;
  }

  of(document: unknown): number | undefined {
    const id: unknown =
      typeof document === "object" && document !== null && "_id" in document
        ? document._id
        : undefined;
    if (typeof id !== "string" || this.#isLost) {
      return undefined;
    }
    const found = this.#text.indexOf(`"_id":${JSON.stringify(id)}`, this.#offset);
    if (found === -1) {
      // Another layout than ours; searching on for every document would take forever.
      this.#isLost = true;
      return undefined;
    }
    this.#line += lineAt(this.#text, found, this.#offset) - 1;
    this.#offset = found + 1;
    return this.#line;
  }
}

/** Line, from 1, of an offset, counted from another. */
function lineAt(text: string, offset: number, from = 0): number {
  let line = 1;
  for (
    let at = text.indexOf("\n", from);
    at !== -1 && at < offset;
    at = text.indexOf("\n", at + 1)
  ) {
    line += 1;
  }
  return line;
}

function asObject(value: unknown, place: Place, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(place, `${name} must be a JSON object`);
  }
  return value as Record<string, unknown>;
}
