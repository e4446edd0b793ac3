import { LARGEST_METADATA_BYTES } from "../file-schema";
import { manifestSchema, type Manifest } from "./manifest";

/** The archive of a bundle, whoever unpacks it: yauzl on the command line, zip.js in a browser. */
export interface Archive {
  /** The files in it, in its order. */
  readonly paths: readonly string[];
  /** The bytes of a file that is in it. Fails where they are not those of the archive's checksum. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** What an error of `read` says of the archive; nothing where it is the machine's. */
  damageOf(error: unknown): string | undefined;
}

/** More files than a bundle can have, so that a crafted archive is no list without end. */
export const MOST_FILES = 10_000;

/**
 * - `other`: no export of this portal.
 * - `damaged`: an archive that is not as it was written.
 */
export type ManifestReading =
  { manifest: Manifest } | { kind: "other" | "damaged"; problem: string };

/** Reads what a bundle says of itself. */
export async function readManifest(archive: Archive): Promise<ManifestReading> {
  const paths = new Set<string>();
  for (const path of archive.paths) {
    if (paths.has(path)) return damaged(`${path} is there twice`);
    paths.add(path);
  }
  if (!paths.has("manifest.json")) return other("it has no manifest.json");
  try {
    const text = await readText(archive, "manifest.json");
    if (text === undefined) return other("its manifest.json is too large");
    const { success, data } = manifestSchema.safeParse(parse(text));
    return success ? { manifest: data } : other("its manifest.json is not that of an export");
  } catch (error) {
    const damage = archive.damageOf(error);
    if (damage === undefined) throw error;
    return { kind: "damaged", problem: damage };
  }
}

function damaged(detail: string): ManifestReading {
  return { kind: "damaged", problem: `The archive is not a complete export: ${detail}.` };
}

function other(detail: string): ManifestReading {
  return { kind: "other", problem: `The archive is not a complete export: ${detail}.` };
}

/** A file of an archive as text; nothing where it is larger than any that is read as one. */
export async function readText(archive: Archive, path: string): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of archive.read(path)) {
    bytes += piece.byteLength;
    if (bytes > LARGEST_METADATA_BYTES) return undefined;
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
