import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { MAXIMUM_PROBLEMS, type FileProblem, type FileReport } from "../export/document-check";
import { LARGEST_METADATA_BYTES } from "../export/file-schema";
import { isFolderFormat, type FolderFormat } from "../export/formats/format";
import { quoteText } from "../export/formats/load-sql";
import { manifestSchema, type Manifest, type ManifestFile } from "../export/formats/manifest";
import { openDuckDb } from "./duckdb";

const [QUOTE, NEWLINE] = [0x22, 0x0a];

export interface FolderReport extends FileReport {
  /** Unknown where the manifest cannot be read. */
  format?: FolderFormat;
  /** The JSON file that the folder was made from. */
  madeFrom?: { bytes: number; sha256: string };
}

/**
 * Checks a folder of Parquet or CSV by its manifest: that it has these files and no others, each with
 * its length, SHA-256 and rows. The order of documents and their references are those of the JSON
 * file that it was made from, and are not looked at.
 * @throws the system's error where something cannot be read
 */
export async function checkFolder(folder: string): Promise<FolderReport> {
  const names = new Set(await readdir(folder));
  const empty = { bytes: 0, recordCounts: {}, danglingReferences: {} };
  if (!names.has("manifest.json")) {
    return { ...empty, problems: [{ line: 0, message: "the folder has no manifest.json" }] };
  }
  const manifest = await readManifest(path.join(folder, "manifest.json"));
  const [table] = manifest?.files.filter((file) => file.table !== undefined) ?? [];
  const format = table === undefined ? "" : path.extname(table.path).slice(1);
  if (manifest === undefined || !isFolderFormat(format)) {
    const message = "it is not that of a folder of Parquet or CSV";
    return { ...empty, problems: [{ path: "manifest.json", line: 0, message }] };
  }
  const { madeFrom, metadata } = manifest;
  const checked = await new FolderCheck(folder, names, format).run(manifest);
  return { format, metadata, danglingReferences: {}, ...(madeFrom && { madeFrom }), ...checked };
}

async function readManifest(file: string): Promise<Manifest | undefined> {
  if ((await stat(file)).size > LARGEST_METADATA_BYTES) return undefined;
  try {
    return manifestSchema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class FolderCheck {
  private readonly problems: FileProblem[] = [];
  private readonly recordCounts: Record<string, number> = {};
  private bytes = 0;

  constructor(
    private readonly folder: string,
    private readonly names: ReadonlySet<string>,
    private readonly format: FolderFormat,
  ) {}

  async run({ files, metadata }: Manifest) {
    for (const file of files) await this.checkFile(file);
    const known = new Set(["manifest.json", ...files.map((file) => file.path)]);
    for (const name of this.names) {
      if (!known.has(name)) this.problem(name, "the manifest does not know this file");
    }
    const tables = new Map(files.map((file) => [file.table, file.records]));
    for (const [name, said] of Object.entries(metadata.recordCounts)) {
      const records = tables.get(name);
      if (records === undefined) this.problem("manifest.json", `${name}: the table is missing`);
      else if (records !== said) {
        this.problem("manifest.json", `${name}: ${said} documents were exported, not ${records}`);
      }
    }
    this.bytes += (await stat(path.join(this.folder, "manifest.json"))).size;
    const { bytes, recordCounts, problems } = this;
    return { bytes, recordCounts, problems };
  }

  private async checkFile({ path: name, table, records, bytes, sha256 }: ManifestFile) {
    // Names are those of the folder itself: a crafted manifest leads nowhere else.
    if (!this.names.has(name)) return this.problem(name, "the file is missing");
    const file = path.join(this.folder, name);
    const hash = createHash("sha256");
    const rows = new CsvRows();
    let read = 0;
    for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(piece);
      read += piece.byteLength;
      if (this.format === "csv") rows.write(piece);
    }
    this.bytes += read;
    if (read !== bytes) return this.problem(name, `${bytes} bytes were exported, ${read} are here`);
    if (hash.digest("hex") !== sha256) {
      return this.problem(name, "its SHA-256 is not the manifest's");
    }
    if (table === undefined) return;
    const found = this.format === "csv" ? rows.count : await countParquet(file);
    if (found !== undefined) this.recordCounts[table] = found;
    if (found !== records) this.problem(name, `the manifest says ${String(records)} documents`);
  }

  private problem(name: string, message: string): void {
    if (this.problems.length < MAXIMUM_PROBLEMS) {
      this.problems.push({ path: name, line: 0, message });
    }
  }
}

/** Counts the rows below the head. A newline between quotes is part of a text. */
class CsvRows {
  private isQuoted = false;
  private lines = 0;

  get count(): number {
    return Math.max(0, this.lines - 1);
  }

  write(bytes: Buffer): void {
    for (const byte of bytes) {
      if (byte === QUOTE) this.isQuoted = !this.isQuoted;
      else if (byte === NEWLINE && !this.isQuoted) this.lines += 1;
    }
  }
}

/** @returns the rows, where it is Parquet at all */
async function countParquet(file: string): Promise<number | undefined> {
  const options = { spillDirectory: tmpdir(), isReadOnly: false };
  const instance = await openDuckDb(":memory:", options);
  try {
    const connection = await instance.connect();
    const result = await connection
      .runAndReadAll(`SELECT count(*)::DOUBLE FROM read_parquet(${quoteText(file)})`)
      .catch(() => undefined);
    connection.closeSync();
    return result === undefined ? undefined : Number(result.getRows()[0]?.[0]);
  } finally {
    instance.closeSync();
  }
}
