import { fileMetadataSchema, type FileMetadata } from "../export/file-schema";
import { completenessSchema } from "../export/formats/manifest";
import { AnalysisError } from "./errors";
import type { DocumentBatch } from "./export-input";
import { lineBatches } from "./line-batches";

/** How the line of a document begins; a table's name is a plain word. */
const START = /^\{"table":("(?:[^"\\]|\\.)*"),"document":/;
const LONGEST_START = 512;
const END = Buffer.from('{"complete":');

/** The documents of an NDJSON export. */
export async function readNdjson(
  pieces: AsyncIterable<Buffer>,
): Promise<{ metadata: FileMetadata; batches: AsyncGenerator<DocumentBatch, void> }> {
  const lines = lineBatches(pieces);
  const next = await lines.next();
  const [head, ...first] = next.done === true ? [] : next.value;
  const parsed = fileMetadataSchema.safeParse(metadataOf(head));
  if (!parsed.success) {
    throw new AnalysisError("usage", "The first line is not the metadata of an export.");
  }
  return { metadata: parsed.data, batches: readDocuments(first, lines) };
}

async function* readDocuments(
  first: Buffer[],
  rest: AsyncGenerator<Buffer[], void>,
): AsyncGenerator<DocumentBatch, void> {
  let last: Buffer | undefined;
  const batchesOf = function* (lines: Buffer[]): Generator<DocumentBatch, void> {
    let batch: DocumentBatch | undefined;
    for (const line of lines) {
      last = line;
      if (line.subarray(0, END.byteLength).equals(END)) continue;
      const { table, document } = unwrap(line);
      if (batch !== undefined && batch.table !== table) {
        yield batch;
        batch = undefined;
      }
      batch ??= { table, documents: [] };
      batch.documents.push(document);
    }
    if (batch !== undefined) yield batch;
  };
  yield* batchesOf(first);
  for await (const lines of rest) yield* batchesOf(lines);
  if (last === undefined || !completenessSchema.safeParse(parse(last)).success) {
    throw new AnalysisError(
      "integrity",
      "The file is cut off: its last line does not say that it is complete.",
    );
  }
}

function unwrap(line: Buffer): { table: string; document: Buffer } {
  const [start, name] = START.exec(line.toString("latin1", 0, LONGEST_START)) ?? [];
  if (start === undefined || name === undefined) {
    throw new AnalysisError("integrity", "A line is neither a document nor the end.");
  }
  return { table: JSON.parse(name) as string, document: line.subarray(start.length, -1) };
}

function metadataOf(line: Buffer | undefined): unknown {
  const value = line === undefined ? undefined : parse(line);
  return typeof value === "object" && value !== null && "metadata" in value
    ? value.metadata
    : undefined;
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
