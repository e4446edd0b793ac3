import { createHash } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { FileMetadata } from "../file-schema";
import { bundleGuide, bundleReadme, loadScriptHead } from "./bundle-texts";
import { relayLines } from "./lines";
import { loadScript } from "./load-sql";
import { MANIFEST_FORMAT, type Manifest, type ManifestFile } from "./manifest";
import { describeSchema, formatSchema } from "./schema-description";
import type { TableSlices } from "./written-file";

/** Where the documents of a table are in a bundle. */
export function dataPath(table: string): string {
  return `data/${table}.ndjson`;
}

/** JSON shrinks to a tenth or less at any level; this one is twice as fast as zlib's own choice. */
const COMPRESSION_LEVEL = 4;

/** Like the file that it comes from: for its owner only. */
const MODE = 0o100600;

/**
 * A bundle as bytes of a ZIP: the same metadata, tables and program give the same ones. The manifest
 * comes last, because it has the digests of the files before it.
 */
export async function* bundlePieces(
  metadata: FileMetadata,
  tables: readonly TableSlices[],
): AsyncGenerator<Buffer, void> {
  const zip = new ZipFile();
  const out = new PassThrough();
  // Whoever reads gets the error. Without a listener, one that comes after that ends the process.
  out.on("error", () => undefined);
  zip.on("error", (error: Error) => out.destroy(error));
  zip.outputStream.pipe(out);
  const options = {
    mtime: new ZipTime(metadata.snapshotTimestamp),
    mode: MODE,
    forceDosTimestamp: true,
    compressionLevel: COMPRESSION_LEVEL,
  };
  const files: ManifestFile[] = [];
  let reading: Readable | undefined;
  const schema = describeSchema(tables.map(({ name }) => name));
  for (const [path, text] of [
    ["README.md", bundleReadme(metadata)],
    ["CLAUDE.md", bundleGuide(metadata)],
    ["schema.json", formatSchema(schema)],
    ["load.sql", loadScript(schema, dataPath, loadScriptHead())],
  ] as const) {
    const content = Buffer.from(text);
    files.push({ path, bytes: content.byteLength, sha256: sha256(content) });
    zip.addBuffer(content, path, options);
  }
  for (const { name, records, slices } of tables) {
    const path = dataPath(name);
    zip.addReadStreamLazy(path, options, (begin) => {
      const described = (bytes: number, digest: string) =>
        files.push({ path, table: name, records, bytes, sha256: digest });
      reading = Readable.from(observed(relayLines(slices), described), { objectMode: false });
      // The archive's library leaves the errors of what it reads to us.
      reading.on("error", (error) => out.destroy(error));
      begin(null, reading);
    });
  }
  zip.addReadStreamLazy("manifest.json", options, (begin) => {
    const manifest: Manifest = { format: MANIFEST_FORMAT, version: "1.0", metadata, files };
    begin(null, Readable.from([Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]));
  });
  zip.end();
  try {
    yield* out as AsyncIterable<Buffer>;
  } finally {
    // What is read ahead counts as the spool's memory until its reader ends.
    reading?.destroy();
  }
}

async function* observed(
  pieces: AsyncIterable<Buffer>,
  done: (bytes: number, digest: string) => void,
): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.byteLength;
    yield piece;
  }
  done(bytes, hash.digest("hex"));
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A ZIP holds local times without a zone. With UTC in their place it is the same everywhere. */
class ZipTime extends Date {
  override getFullYear(): number {
    return this.getUTCFullYear();
  }
  override getMonth(): number {
    return this.getUTCMonth();
  }
  override getDate(): number {
    return this.getUTCDate();
  }
  override getHours(): number {
    return this.getUTCHours();
  }
  override getMinutes(): number {
    return this.getUTCMinutes();
  }
  override getSeconds(): number {
    return this.getUTCSeconds();
  }
}
