import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { FileMetadata } from "../export/file-schema";
import { detectFormat, START_BYTES, type DownloadFormat } from "../export/formats/format";
import type { Manifest } from "../export/formats/manifest";
import { describeSchema, type SchemaDescription } from "../export/formats/schema-description";
import { Bundle } from "./bundle";
import { AnalysisError } from "./errors";
import { readJson } from "./read-json";
import { readNdjson } from "./read-ndjson";

/** Documents of one table, each as JSON text. */
export interface DocumentBatch {
  table: string;
  documents: Buffer[];
}

/** An export, whatever its format, with its documents in the order of the file. Close it. */
export interface ExportInput {
  format: DownloadFormat;
  metadata: FileMetadata;
  schema: SchemaDescription;
  /** Of a bundle only. */
  manifest?: Manifest;
  /**
   * All documents, once.
   * @throws AnalysisError `integrity` where there are not as many as were exported
   */
  batches: AsyncIterable<DocumentBatch>;
  close(): void;
}

const PIECE_BYTES = 1024 * 1024;

/** The first bytes of a file, enough for `detectFormat`. */
export async function readStart(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The same bytes, with enough for `detectFormat` in the first piece: a pipe cuts them anywhere. */
export async function* withWholeStart(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (start === undefined) {
      yield piece;
      continue;
    }
    start = Buffer.concat([start, piece]);
    if (start.byteLength < START_BYTES) continue;
    yield start;
    start = undefined;
  }
  if (start !== undefined && start.byteLength > 0) yield start;
}

/** @throws AnalysisError where it is a folder, which `--format parquet` and `csv` make */
export async function requireFile(file: string): Promise<void> {
  if (!(await stat(file)).isDirectory()) return;
  throw new AnalysisError(
    "usage",
    `${file} is a folder: name an export as JSON, NDJSON or a bundle. The Parquet and CSV in a folder can be read by DuckDB itself and other programs, and checked with verify.`,
  );
}

/** @throws AnalysisError where it is no export; the system's error where it cannot be read */
export async function openExport(file: string): Promise<ExportInput> {
  await requireFile(file);
  const format = detectFormat(await readStart(file));
  if (format === undefined) {
    throw new AnalysisError("usage", `${file} is no export: neither JSON, NDJSON nor a bundle.`);
  }
  if (format === "zip") {
    const bundle = await Bundle.open(file);
    const { manifest, schema } = bundle;
    const { metadata } = manifest;
    const batches = counted(bundle.batches(), metadata);
    return { format, metadata, schema, manifest, batches, close: () => bundle.close() };
  }
  const stream = createReadStream(file, { highWaterMark: PIECE_BYTES });
  try {
    const input = await readStream(stream as AsyncIterable<Buffer>, format);
    return { ...input, close: () => void stream.destroy() };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** An export of one of the formats that are one stream. */
export async function readStream(
  pieces: AsyncIterable<Buffer>,
  format: "json" | "ndjson",
): Promise<Omit<ExportInput, "close">> {
  const { metadata, batches } = await (format === "json" ? readJson : readNdjson)(pieces);
  const schema = describeSchema(Object.keys(metadata.recordCounts));
  return { format, metadata, schema, batches: counted(batches, metadata) };
}

async function* counted(
  batches: AsyncIterable<DocumentBatch>,
  { recordCounts }: FileMetadata,
): AsyncGenerator<DocumentBatch, void> {
  const found = new Map<string, number>();
  for await (const batch of batches) {
    found.set(batch.table, (found.get(batch.table) ?? 0) + batch.documents.length);
    yield batch;
  }
  for (const name of new Set([...Object.keys(recordCounts), ...found.keys()])) {
    const [said = 0, held = 0] = [recordCounts[name], found.get(name)];
    if (said === held) continue;
    throw new AnalysisError(
      "integrity",
      `The file is not a complete export: ${name} has ${held} of ${said} documents.`,
    );
  }
}
