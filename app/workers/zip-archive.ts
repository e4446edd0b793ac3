// The build of zip.js without workers and WebAssembly of its own: browsers unpack by themselves.
import {
  BlobReader,
  ERR_AMBIGUOUS_ARCHIVE,
  ERR_BAD_FORMAT,
  ERR_EOCDR_NOT_FOUND,
  ZipReader,
  type FileEntry,
} from "@zip.js/zip.js/lib/zip-core-custom.js";
import { MOST_FILES, type Archive } from "../export/formats/archive";
import { piecesOf } from "./inspection";

/** An archive that can be read, why it cannot, or that it was cut off. */
export type OpenedZip = { archive: ZipArchive } | { damage: string } | { isCutOff: true };

/**
 * Opens a ZIP, of which only the list at its end is read.
 * @param onUnpacked Told of each piece that was unpacked.
 */
export async function openZip(file: Blob, onUnpacked: (bytes: number) => void): Promise<OpenedZip> {
  const zip = new ZipReader(new BlobReader(file), {
    useWebWorkers: false,
    checkCrc32: true,
    // An archive that two programs can read as two different ones is not what was exported.
    strictness: "strict",
  });
  const entries: FileEntry[] = [];
  try {
    for await (const entry of zip.getEntriesGenerator()) {
      if (!entry.directory) entries.push(entry);
      if (entries.length > MOST_FILES) return { damage: "The archive has too many files." };
    }
  } catch (error) {
    if (isCutOff(error)) return { isCutOff: true };
    const damage = damageOf(error);
    if (damage === undefined) throw error;
    return { damage };
  }
  return { archive: new ZipArchive(entries, onUnpacked) };
}

/** An archive that is unpacked piece by piece. */
export class ZipArchive implements Archive {
  constructor(
    private readonly entries: readonly FileEntry[],
    private readonly onUnpacked: (bytes: number) => void,
  ) {}

  get paths(): string[] {
    return this.entries.map(({ filename }) => filename);
  }

  /** Of all files, as the archive says. */
  get unpackedBytes(): number {
    return this.entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  }

  async *read(path: string): AsyncGenerator<Uint8Array, void> {
    const entry = this.entries.find(({ filename }) => filename === path);
    if (entry === undefined) throw new Error(`there is no ${path}`);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const unpacking = entry.getData(writable);
    // What fails before the first piece leaves the stream open, and whoever reads it waiting.
    unpacking.catch((error: unknown) => writable.abort(error).catch(() => undefined));
    for await (const piece of piecesOf(readable)) {
      this.onUnpacked(piece.byteLength);
      yield piece;
    }
    await unpacking;
  }

  damageOf(error: unknown): string | undefined {
    return damageOf(error);
  }
}

/** A file that the browser cannot read fails with a DOMException. All else is about its content. */
function damageOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof DOMException) return undefined;
  const detail =
    error.message === ERR_AMBIGUOUS_ARCHIVE ? "its parts do not fit together" : error.message;
  return `The archive is damaged: ${detail}.`;
}

function isCutOff(error: unknown): boolean {
  return error instanceof Error && [ERR_EOCDR_NOT_FOUND, ERR_BAD_FORMAT].includes(error.message);
}
