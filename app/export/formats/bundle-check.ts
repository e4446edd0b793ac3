import {
  DocumentCheck,
  MAXIMUM_PROBLEMS,
  parseObject,
  type FileProblem,
  type FileReport,
} from "../document-check";
import { LineReader } from "../line-reader";
import type { RunningSha256 } from "../running-hash";
import type { Archive } from "./archive";
import type { Manifest, ManifestFile } from "./manifest";

/**
 * Checks a bundle: that it has the files of its manifest and no others, each with its length and
 * SHA-256, and documents as `FileCheck` wants them. It needs nothing of Node.
 */
export class BundleCheck {
  private readonly problems: FileProblem[] = [];
  private readonly documents = new DocumentCheck((message) => this.problem(message));
  private path = "";
  private line = 0;

  /** @param newSha256 Called for each file. */
  constructor(
    private readonly archive: Archive,
    private readonly newSha256: () => RunningSha256,
  ) {}

  async run({ metadata, files }: Manifest): Promise<Omit<FileReport, "bytes">> {
    this.documents.relations = metadata.relations;
    const present = new Set(this.archive.paths);
    for (const file of files) {
      [this.path, this.line] = [file.path, 0];
      if (present.has(file.path)) await this.checkFile(file);
      else this.problem("the file is missing", 0);
    }
    const known = new Set(["manifest.json", ...files.map(({ path }) => path)]);
    for (const path of present) {
      if (!known.has(path)) this.problem("the manifest does not know this file", 0, path);
    }
    for (const miscount of this.documents.miscounts(metadata)) {
      this.problem(miscount, 0, "manifest.json");
    }
    return {
      metadata,
      recordCounts: this.documents.recordCounts,
      problems: this.problems,
      danglingReferences: this.documents.dangling(),
    };
  }

  private async checkFile(file: ManifestFile): Promise<void> {
    try {
      await this.readFile(file);
    } catch (error) {
      const damage = this.archive.damageOf(error);
      if (damage === undefined) throw error;
      this.problem(damage, 0);
    }
  }

  private async readFile({ path, table, records, bytes, sha256 }: ManifestFile): Promise<void> {
    const hash = this.newSha256();
    let read = 0;
    const reader = table === undefined ? undefined : this.readDocuments(table);
    for await (const piece of this.archive.read(path)) {
      hash.update(piece);
      read += piece.byteLength;
      reader?.write(piece);
    }
    if (reader?.isInsideLine === true) this.problem("the last line has no end");
    if (read !== bytes) this.problem(`${bytes} bytes were exported, ${read} are here`, 0);
    else if (hash.digest("hex") !== sha256) this.problem("its SHA-256 is not the manifest's", 0);
    if (table !== undefined && records !== this.documents.recordCounts[table]) {
      this.problem(`the manifest says ${String(records)} documents`, 0);
    }
  }

  private readDocuments(table: string): LineReader {
    if (!this.documents.beginTable(table)) this.problem(`the table ${table} is there twice`, 0);
    const reader = new LineReader({
      line: (text) => {
        this.line += 1;
        const document = parseObject(text);
        if (document === undefined) this.problem("the line is not a document");
        else this.documents.document(document);
      },
      fail: (message) => {
        this.line += 1;
        this.problem(message);
      },
    });
    return reader;
  }

  private problem(message: string, line = this.line, path = this.path): void {
    if (this.problems.length < MAXIMUM_PROBLEMS) this.problems.push({ path, line, message });
  }
}
