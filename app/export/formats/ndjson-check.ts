import {
  CUT_OFF,
  DocumentCheck,
  MAXIMUM_PROBLEMS,
  parseObject,
  type FileProblem,
  type FileReport,
} from "../document-check";
import { fileMetadataSchema, LARGEST_METADATA_BYTES, type FileMetadata } from "../file-schema";
import { LineReader } from "../line-reader";
import type { RunningSha256 } from "../running-hash";
import { completenessSchema, isCountedAs } from "./manifest";

const NEWLINE = Uint8Array.of(0x0a);

/**
 * Checks a file of the format `ndjson` while it is read, as `FileCheck` does for JSON. It needs nothing
 * of Node, either.
 */
export class NdjsonCheck {
  private readonly problems: FileProblem[] = [];
  private readonly documents = new DocumentCheck((message) => this.problem(message));
  private readonly reader = new LineReader(
    {
      line: (text, bytes) => {
        this.line += 1;
        this.readLine(text, bytes);
      },
      fail: (message) => {
        this.line += 1;
        this.fail(message);
      },
    },
    LARGEST_METADATA_BYTES,
  );
  private bytes = 0;
  private line = 0;
  /** Bytes of the lines before the present one. */
  private before = 0;
  private metadata: FileMetadata | undefined;
  private table: string | undefined;
  private state: "head" | "documents" | "end" | "failed" = "head";

  /** @param hash Without any bytes yet. */
  constructor(private readonly hash: RunningSha256) {}

  write(bytes: Uint8Array): void {
    this.bytes += bytes.byteLength;
    this.reader.write(bytes);
  }

  end(): FileReport {
    if (this.state !== "failed" && (this.state !== "end" || this.reader.isInsideLine)) {
      this.problem(`${CUT_OFF}: its last line does not say that it is complete`, 0);
    }
    const { metadata } = this;
    if (metadata !== undefined) {
      // Tables without documents have no lines.
      for (const [name, records] of Object.entries(metadata.recordCounts)) {
        if (records === 0) this.documents.beginTable(name);
      }
      for (const miscount of this.documents.miscounts(metadata)) this.problem(miscount, 0);
    }
    return {
      ...(metadata === undefined ? {} : { metadata }),
      bytes: this.bytes,
      recordCounts: this.documents.recordCounts,
      problems: this.problems,
      danglingReferences: this.documents.dangling(),
    };
  }

  private readLine(text: string, bytes: Uint8Array): void {
    if (this.state === "end") return this.fail("the file goes on behind its end");
    const value = parseObject(text);
    if (value === undefined) return this.fail("the line is not a JSON object");
    if (this.state === "head") this.readHead(value);
    else if (Object.hasOwn(value, "complete")) return this.readEnd(value);
    else this.readDocument(value);
    this.hash.update(bytes);
    this.hash.update(NEWLINE);
    this.before += bytes.byteLength + 1;
  }

  private readHead(value: Record<string, unknown>): void {
    const { success, data } = fileMetadataSchema.safeParse(value["metadata"]);
    if (!success) return this.fail("the first line is not the metadata of an export");
    this.metadata = data;
    this.documents.relations = data.relations;
    this.state = "documents";
  }

  private readDocument({ table, document }: Record<string, unknown>): void {
    const isDocument = typeof document === "object" && document !== null;
    if (typeof table !== "string" || !isDocument) {
      return this.fail("the line is neither a document nor the end");
    }
    if (table !== this.table && !this.documents.beginTable(table)) {
      return this.fail(`the table ${table} is there twice`);
    }
    this.table = table;
    this.documents.document(document as Record<string, unknown>);
  }

  private readEnd(value: Record<string, unknown>): void {
    this.state = "end";
    const { success, data } = completenessSchema.safeParse(value);
    if (!success) return this.fail("the last line does not say what is complete");
    const { complete } = data;
    if (this.metadata === undefined || !isCountedAs(complete, this.metadata)) {
      this.problem("the last line counts other documents than the first");
    }
    if (complete.bytes !== this.before) {
      this.problem(
        `${complete.bytes} bytes were written before this line, ${this.before} are here`,
      );
    } else if (complete.sha256 !== this.hash.digest("hex")) {
      this.problem(
        "the lines before this one are not those that were written: their SHA-256 differs",
      );
    }
  }

  /** Nothing behind this can be read. */
  private fail(message: string): void {
    this.problem(message);
    this.state = "failed";
    this.reader.stop();
  }

  private problem(message: string, line = this.line): void {
    if (this.problems.length < MAXIMUM_PROBLEMS) this.problems.push({ line, message });
  }
}
