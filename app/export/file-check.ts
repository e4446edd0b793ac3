import {
  CUT_OFF,
  DocumentCheck,
  MAXIMUM_PROBLEMS,
  parseObject,
  type FileProblem,
  type FileReport,
} from "./document-check";
import { fileMetadataSchema, LARGEST_METADATA_BYTES, type FileMetadata } from "./file-schema";
import { LineReader } from "./line-reader";

export { MAXIMUM_PROBLEMS, type FileProblem, type FileReport } from "./document-check";

/** The layout of the JSON format, which everything that reads a file by its lines knows from here. */
export const DATA = '  "data": {';
export const TABLE = /^ {4}"(\w+)": \[(\])?(,)?$/;
export const TABLE_END = /^ {4}\](,)?$/;

/**
 * Checks an export file while it is read: that it is complete, that its counts are those of its head,
 * that documents are in order and none is there twice. Only ids are kept of it. It knows the layout
 * in which exports are written, a document per line: a file that was formatted anew is not the file
 * that was exported. It needs nothing of Node, so that a browser can check a file as well.
 */
export class FileCheck {
  private readonly problems: FileProblem[] = [];
  private readonly documents = new DocumentCheck((message) => this.problem(message));
  private readonly reader = new LineReader({
    line: (text) => {
      this.line += 1;
      this.readLine(text);
    },
    fail: (message) => {
      this.line += 1;
      this.fail(message);
    },
  });
  private bytes = 0;
  private line = 0;
  private head = "";
  private metadata: FileMetadata | undefined;
  private state: "head" | "tables" | "documents" | "closing" | "end" | "failed" = "head";
  private isFirstTable = true;
  /** Whether a comma says that more follows in the table, and behind it. */
  private isMoreDue = false;

  /** The next bytes of the file, cut anywhere. */
  write(bytes: Uint8Array): void {
    this.bytes += bytes.byteLength;
    this.reader.write(bytes);
  }

  /** The file is at its end. */
  end(): FileReport {
    if (this.state !== "failed" && (this.state !== "end" || this.reader.isInsideLine)) {
      this.problem(CUT_OFF, 0);
    }
    if (this.metadata !== undefined) {
      for (const miscount of this.documents.miscounts(this.metadata)) this.problem(miscount, 0);
    }
    return {
      ...(this.metadata === undefined ? {} : { metadata: this.metadata }),
      bytes: this.bytes,
      recordCounts: this.documents.recordCounts,
      problems: this.problems,
      danglingReferences: this.documents.dangling(),
    };
  }

  private readLine(text: string): void {
    switch (this.state) {
      case "head":
        return this.readHead(text);
      case "tables":
        return this.readTable(text);
      case "documents":
        return this.readDocument(text);
      case "closing":
        this.state = "end";
        if (text !== "}") this.fail("the file goes on behind its data");
        return;
      default:
        this.fail("the file goes on behind its end");
    }
  }

  private readHead(text: string): void {
    if (text !== DATA) {
      this.head += `${text}\n`;
      if (this.head.length > LARGEST_METADATA_BYTES)
        this.fail("this is not the layout of an export");
      return;
    }
    const { success, data } = fileMetadataSchema.safeParse(parseHead(this.head));
    if (!success) return this.fail("what stands before the data is not that of an export");
    this.metadata = data;
    this.documents.relations = data.relations;
    this.state = "tables";
  }

  private readTable(text: string): void {
    const [, name, isEmpty, comma] = TABLE.exec(text) ?? [];
    if (name === undefined) {
      if (text !== "  }" || this.isMoreDue) return this.fail("a table does not begin as one");
      this.state = "closing";
      return;
    }
    if (!this.isFirstTable && !this.isMoreDue) return this.fail("a comma is missing");
    if (!this.documents.beginTable(name)) return this.fail(`the table ${name} is there twice`);
    this.isFirstTable = false;
    this.isMoreDue = isEmpty === undefined || comma !== undefined;
    if (isEmpty === undefined) this.state = "documents";
  }

  private readDocument(text: string): void {
    const [end, comma] = TABLE_END.exec(text) ?? [];
    if (end !== undefined) {
      if (this.isMoreDue) return this.fail("a document is missing");
      this.isMoreDue = comma !== undefined;
      this.state = "tables";
      return;
    }
    if (!this.isMoreDue) return this.fail("a comma is missing");
    this.isMoreDue = text.endsWith(",");
    const document = parseObject(this.isMoreDue ? text.slice(0, -1) : text);
    if (document === undefined) return this.fail("the line is not a document");
    this.documents.document(document);
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

/** The metadata, from all lines before `DATA`. */
export function parseHead(head: string): unknown {
  return parseObject(head.replace(/,\n$/, "}"))?.["metadata"];
}
