import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { open as openZip, type Entry, type ZipFile } from "yauzl";
import { MOST_FILES, type Archive } from "../export/formats/archive";
import { AnalysisError } from "./errors";

/** A ZIP on disk. Close it. */
export class ZipArchive implements Archive {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: readonly Entry[],
  ) {}

  /** @throws AnalysisError where it is no ZIP; the system's error where it cannot be read */
  static async open(file: string): Promise<ZipArchive> {
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
      return new ZipArchive(zip, await listEntries(zip));
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  get paths(): string[] {
    return this.entries.map(({ fileName }) => fileName);
  }

  /** Compared with the archive's own checksum, which is all that the manifest itself has. */
  async *read(path: string): AsyncGenerator<Buffer, void> {
    const entry = this.entries.find(({ fileName }) => fileName === path);
    if (entry === undefined) throw incomplete(`it has no ${path}`);
    let checksum = 0;
    try {
      for await (const piece of await openEntry(this.zip, entry)) {
        checksum = crc32(piece, checksum);
        yield piece as Buffer;
      }
    } catch (error) {
      throw broken(error);
    }
    if (checksum !== entry.crc32) throw changed(path);
  }

  damageOf(error: unknown): string | undefined {
    return error instanceof AnalysisError ? error.message : undefined;
  }

  close(): void {
    this.zip.close();
  }
}

function listEntries(zip: ZipFile): Promise<readonly Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on("error", (error) => reject(broken(error)));
    zip.on("entry", (entry: Entry) => {
      entries.push(entry);
      if (entries.length > MOST_FILES) return reject(incomplete("it has too many files"));
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

export function incomplete(detail: string): AnalysisError {
  return new AnalysisError("integrity", `The archive is not a complete export: ${detail}.`);
}

export function changed(path: string): AnalysisError {
  return new AnalysisError("integrity", `${path} is not the file that was exported.`);
}

/** What is thrown by those who read on is theirs; the rest is the archive's. */
function broken(error: unknown): Error {
  if (error instanceof AnalysisError) return error;
  const failure = error as NodeJS.ErrnoException;
  if (failure.code?.startsWith("E") === true && !failure.code.startsWith("ERR_")) return failure;
  return new AnalysisError("integrity", `The archive is damaged: ${failure.message}.`);
}
