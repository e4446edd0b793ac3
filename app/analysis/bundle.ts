import { createHash } from "node:crypto";
import { readManifest, readText } from "../export/formats/archive";
import type { Manifest, ManifestFile } from "../export/formats/manifest";
import {
  schemaDescriptionSchema,
  type SchemaDescription,
} from "../export/formats/schema-description";
import { AnalysisError } from "./errors";
import type { DocumentBatch } from "./export-input";
import { lineBatches } from "./line-batches";
import { changed, incomplete, ZipArchive } from "./zip-archive";

/** The archive of a bundle. Close it. */
export class Bundle {
  private constructor(
    private readonly archive: ZipArchive,
    readonly manifest: Manifest,
    readonly schema: SchemaDescription,
  ) {}

  /** @throws AnalysisError where it is no bundle */
  static async open(file: string): Promise<Bundle> {
    const archive = await ZipArchive.open(file);
    try {
      const reading = await readManifest(archive);
      if ("problem" in reading) throw new AnalysisError("integrity", reading.problem);
      const { manifest } = reading;
      return new Bundle(archive, manifest, await readSchema(archive, manifest));
    } catch (error) {
      archive.close();
      throw error;
    }
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
    this.archive.close();
  }

  private async *checked({ path, bytes, sha256 }: ManifestFile): AsyncGenerator<Buffer, void> {
    const hash = createHash("sha256");
    let read = 0;
    for await (const piece of this.archive.read(path)) {
      hash.update(piece);
      read += piece.byteLength;
      yield piece;
    }
    if (read !== bytes || hash.digest("hex") !== sha256) throw changed(path);
  }
}

async function readSchema(archive: ZipArchive, { files }: Manifest): Promise<SchemaDescription> {
  const text = await readText(archive, "schema.json");
  if (text === undefined) throw incomplete("its schema.json is too large");
  const sealed = files.find(({ path }) => path === "schema.json");
  if (sealed?.sha256 !== createHash("sha256").update(text).digest("hex")) {
    throw changed("schema.json");
  }
  const schema = schemaDescriptionSchema.safeParse(parse(text));
  if (!schema.success) throw incomplete("its schema.json is not that of an export");
  return schema.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
