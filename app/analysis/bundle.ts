import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { open as openZip, type Entry, type ZipFile } from "yauzl";
import { LARGEST_METADATA_BYTES } from "../export/file-schema";
import { manifestSchema, type Manifest, type ManifestFile } from "../export/formats/manifest";
import {
  schemaDescriptionSchema,
  type SchemaDescription,
} from "../export/formats/schema-description";
import { AnalysisError } from "./errors";
import type { DocumentBatch } from "./export-input";
import { lineBatches } from "./line-batches";

/** More entries than a bundle can have, so that a crafted archive is no list without end. */
const MOST_ENTRIES = 10_000;

/** The archive of a bundle. Close it. */
export class Bundle {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
    readonly manifest: Manifest,
    readonly schema: SchemaDescription,
  ) {}

  /** @throws AnalysisError where it is no bundle */
  static async open(file: string): Promise<Bundle> {
    let zip: ZipFile;
    try {
      zip = await promisify<string, object, ZipFile>(openZip)(file, {
        lazyEntries: true,
        autoClose: false,
      });
    } catch (error) {
      throw broken(error);
    }
    try {
      const entries = await listEntries(zip);
      const text = (path: string) => readText(zip, entries, path);
      const manifest = manifestSchema.safeParse(parse(await text("manifest.json")));
      if (!manifest.success) throw noBundle("its manifest.json is not that of an export");
      const schemaText = await text("schema.json");
      const sealed = manifest.data.files.find(({ path }) => path === "schema.json");
      if (sealed?.sha256 !== createHash("sha256").update(schemaText).digest("hex")) {
        throw changed("schema.json");
      }
      const schema = schemaDescriptionSchema.safeParse(parse(schemaText));
      if (!schema.success) throw noBundle("its schema.json is not that of an export");
      return new Bundle(zip, entries, manifest.data, schema.data);
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  /** The files that are in the archive, in its order. */
  get paths(): string[] {
    return [...this.entries.keys()];
  }

  /** The bytes of a file of it. */
  async *read(path: string): AsyncGenerator<Buffer, void> {
    const entry = this.entries.get(path);
    if (entry === undefined) throw noBundle(`it has no ${path}`);
    yield* readEntry(this.zip, entry);
  }

  /** The documents of all tables, each file compared with what the manifest says of it. */
  async *batches(): AsyncGenerator<DocumentBatch, void> {
    for (const file of this.manifest.files) {
      if (file.table === undefined) continue;
      const pieces = this.checked(file);
      for await (const documents of lineBatches(pieces)) yield { table: file.table, documents };
    }
  }

  close(): void {
    this.zip.close();
  }

  private async *checked({ path, bytes, sha256 }: ManifestFile): AsyncGenerator<Buffer, void> {
    const hash = createHash("sha256");
    let read = 0;
    for await (const piece of this.read(path)) {
      hash.update(piece);
      read += piece.byteLength;
      yield piece;
    }
    if (read !== bytes || hash.digest("hex") !== sha256) {
      throw changed(path);
    }
  }
}

function listEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on("error", (error) => reject(broken(error)));
    zip.on("entry", (entry: Entry) => {
      if (entries.has(entry.fileName)) return reject(noBundle(`${entry.fileName} is there twice`));
      entries.set(entry.fileName, entry);
      if (entries.size > MOST_ENTRIES) return reject(noBundle("it has too many files"));
      zip.readEntry();
    });
    zip.on("end", () => resolve(entries));
    zip.readEntry();
  });
}

function openEntry(zip: ZipFile, entry: Entry): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

/** Compared with the archive's own checksum, which is all that the manifest itself has. */
async function* readEntry(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer, void> {
  let checksum = 0;
  try {
    for await (const piece of await openEntry(zip, entry)) {
      checksum = crc32(piece, checksum);
      yield piece as Buffer;
    }
  } catch (error) {
    throw broken(error);
  }
  if (checksum !== entry.crc32) throw changed(entry.fileName);
}

async function readText(
  zip: ZipFile,
  entries: ReadonlyMap<string, Entry>,
  path: string,
): Promise<string> {
  const entry = entries.get(path);
  if (entry === undefined) throw noBundle(`it has no ${path}`);
  if (entry.uncompressedSize > LARGEST_METADATA_BYTES) throw noBundle(`its ${path} is too large`);
  const pieces: Buffer[] = [];
  for await (const piece of readEntry(zip, entry)) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function noBundle(detail: string): AnalysisError {
  return new AnalysisError("integrity", `The archive is not a complete export: ${detail}.`);
}

function changed(path: string): AnalysisError {
  return new AnalysisError("integrity", `${path} is not the file that was exported.`);
}

/** What is thrown by those who read on is theirs; the rest is the archive's. */
function broken(error: unknown): Error {
  if (error instanceof AnalysisError) return error;
  const failure = error as NodeJS.ErrnoException;
  if (failure.code?.startsWith("E") === true && !failure.code.startsWith("ERR_")) return failure;
  return new AnalysisError("integrity", `The archive is damaged: ${failure.message}.`);
}
