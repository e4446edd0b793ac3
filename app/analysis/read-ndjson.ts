import { createHash } from "node:crypto";
import { fileMetadataSchema, type FileMetadata } from "../export/file-schema";
import { completenessSchema, isCountedAs } from "../export/formats/manifest";
import { AnalysisError } from "./errors";
import type { DocumentBatch } from "./export-input";
import { lineBatches } from "./line-batches";

/** How the line of a document begins; a table's name is a plain word. */
const START = /^\{"table":"(\w+)","document":/;
const LONGEST_START = 512;
const END = Buffer.from('{"complete":');

const NEWLINE = Buffer.from("\n");

/** The documents of an NDJSON export, compared with what its last line says of it. */
export async function readNdjson(
  pieces: AsyncIterable<Buffer>,
): Promise<{ metadata: FileMetadata; batches: AsyncGenerator<DocumentBatch, void> }> {
  const lines = lineBatches(pieces, { isRestLine: false });
  const next = await lines.next();
  const [head, ...first] = next.done === true ? [] : next.value;
  const parsed = fileMetadataSchema.safeParse(metadataOf(head));
  if (head === undefined || !parsed.success) {
    throw new AnalysisError("integrity", "The first line is not the metadata of an export.");
  }
  const seal = new Seal(parsed.data);
  seal.cover([head]);
  return { metadata: parsed.data, batches: readDocuments(first, lines, seal) };
}

async function* readDocuments(
  first: Buffer[],
  rest: AsyncGenerator<Buffer[], void>,
  seal: Seal,
): AsyncGenerator<DocumentBatch, void> {
  const batchesOf = function* (lines: Buffer[]): Generator<DocumentBatch, void> {
    const end = lines.findIndex((line) => line.subarray(0, END.byteLength).equals(END));
    const own = end === -1 ? lines : lines.slice(0, end);
    seal.cover(own);
    let batch: DocumentBatch | undefined;
    for (const line of own) {
      const { table, document } = unwrap(line);
      if (batch !== undefined && batch.table !== table) {
        yield batch;
        batch = undefined;
      }
      batch ??= { table, documents: [] };
      batch.documents.push(document);
    }
    if (batch !== undefined) yield batch;
    if (end !== -1) seal.end(lines.slice(end));
  };
  yield* batchesOf(first);
  for await (const lines of rest) yield* batchesOf(lines);
  seal.check();
}

/** What the last line says, and what stands before it. */
class Seal {
  private readonly hash = createHash("sha256");
  private bytes = 0;
  private last: Buffer | undefined;

  constructor(private readonly metadata: FileMetadata) {}

  cover(lines: readonly Buffer[]): void {
    if (lines.length === 0) return;
    if (this.last !== undefined) throw goesOn();
    const covered = Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
    this.hash.update(covered);
    this.bytes += covered.byteLength;
  }

  end([line, ...behind]: readonly Buffer[]): void {
    if (this.last !== undefined || behind.length > 0) throw goesOn();
    this.last = line;
  }

  /** @throws AnalysisError `integrity` */
  check(): void {
    const { success, data } = completenessSchema.safeParse(this.last && parse(this.last));
    if (!success) {
      throw new AnalysisError(
        "integrity",
        "The file is cut off: its last line does not say that it is complete.",
      );
    }
    const { complete } = data;
    if (
      complete.bytes !== this.bytes ||
      complete.sha256 !== this.hash.digest("hex") ||
      !isCountedAs(complete, this.metadata)
    ) {
      throw new AnalysisError(
        "integrity",
        "The file is not the one that was exported: its last line says something else of it.",
      );
    }
  }
}

function goesOn(): AnalysisError {
  return new AnalysisError("integrity", "The file goes on behind its end.");
}

function unwrap(line: Buffer): { table: string; document: Buffer } {
  const [start, name] = START.exec(line.toString("latin1", 0, LONGEST_START)) ?? [];
  if (start === undefined || name === undefined) {
    throw new AnalysisError("integrity", "A line is neither a document nor the end.");
  }
  return { table: name, document: line.subarray(start.length, -1) };
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
