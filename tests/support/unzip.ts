import { promisify } from "node:util";
import { fromBuffer, type Entry, type ZipFile } from "yauzl";

export interface ZipEntry {
  path: string;
  modified: { date: number; time: number };
  mode: number;
  content: Buffer;
}

/** All files of an archive, in its order. */
export async function unzip(bytes: Buffer): Promise<ZipEntry[]> {
  const zip = await promisify<Buffer, object, ZipFile>(fromBuffer)(bytes, { lazyEntries: true });
  const entries: ZipEntry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on("error", reject);
    zip.on("end", resolve);
    zip.on("entry", (entry: Entry) => {
      void read(zip, entry).then((content) => {
        entries.push({
          path: entry.fileName,
          modified: { date: entry.lastModFileDate, time: entry.lastModFileTime },
          mode: entry.externalFileAttributes >>> 16,
          content,
        });
        zip.readEntry();
      }, reject);
    });
    zip.readEntry();
  });
  return entries;
}

async function read(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const open = (): Promise<NodeJS.ReadableStream> =>
    new Promise((resolve, reject) => {
      zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
  const pieces: Buffer[] = [];
  for await (const piece of await open()) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
