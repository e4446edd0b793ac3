import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import {
  DocumentCheck,
  MAXIMUM_PROBLEMS,
  parseObject,
  type FileProblem,
  type FileReport,
} from "../export/document-check";
import type { ManifestFile } from "../export/formats/manifest";
import { LineReader } from "../export/line-reader";
import { Bundle } from "./bundle";
import { AnalysisError } from "./errors";

/**
 * Checks a bundle: that it has the files of its manifest and no others, each with its length and
 * SHA-256, and documents as `FileCheck` wants them.
 * @throws the system's error where the file cannot be read
 */
export async function checkBundle(file: string): Promise<FileReport> {
  const { size: bytes } = await stat(file);
  let bundle: Bundle;
  try {
    bundle = await Bundle.open(file);
  } catch (error) {
    const problems = [{ line: 0, message: messageOf(error) }];
    return { bytes, recordCounts: {}, problems, danglingReferences: {} };
  }
  try {
    return { bytes, ...(await new BundleCheck(bundle).run()) };
  } finally {
    bundle.close();
  }
}

class BundleCheck {
  private readonly problems: FileProblem[] = [];
  private readonly documents = new DocumentCheck((message) => this.problem(message));
  private path = "";
  private line = 0;

  constructor(private readonly bundle: Bundle) {}

  async run(): Promise<Omit<FileReport, "bytes">> {
    const { metadata, files } = this.bundle.manifest;
    this.documents.relations = metadata.relations;
    for (const file of files) {
      [this.path, this.line] = [file.path, 0];
      try {
        await this.checkFile(file);
      } catch (error) {
        this.problem(messageOf(error), 0);
      }
    }
    const known = new Set(["manifest.json", ...files.map(({ path }) => path)]);
    for (const path of this.bundle.paths) {
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

  private async checkFile({ path, table, records, bytes, sha256 }: ManifestFile): Promise<void> {
    const hash = createHash("sha256");
    let read = 0;
    const reader = table === undefined ? undefined : this.readDocuments(table);
    for await (const piece of this.bundle.read(path)) {
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

/** What is wrong with the archive. What is wrong with the machine is thrown on. */
function messageOf(error: unknown): string {
  if (error instanceof AnalysisError) return error.message;
  throw error;
}
