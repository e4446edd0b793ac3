import { fileMetadataSchema, type FileMetadata } from "./file-schema";

/** What is wrong with a file, and where; line 0 is the file as a whole. */
export interface FileProblem {
  line: number;
  message: string;
}

/** What a file holds, as far as it could be read. */
export interface FileReport {
  /** Absent where the head of the file could not be read. */
  metadata?: FileMetadata;
  bytes: number;
  /** Documents found, per table. */
  recordCounts: Record<string, number>;
  /** Why it is no complete export; empty for one that is. At most `MAXIMUM_PROBLEMS`. */
  problems: FileProblem[];
  /** Different ids that no document of the file has, per relation. The database may have them, too. */
  danglingReferences: Record<string, number>;
}

/** More of them say nothing new. */
export const MAXIMUM_PROBLEMS = 20;

/** The problem of a file that ends too early. */
export const CUT_OFF = "the file is cut off";

/** A document has 1 MiB in Convex, and may be six times that as JSON (`\u0000` is one byte there). */
const LONGEST_LINE = 8 * 1024 * 1024;

/** All of what stands before the data: names and counts. */
const LONGEST_HEAD = 1024 * 1024;

const NEWLINE = 0x0a;

const DATA = '  "data": {';
const TABLE = /^ {4}("(?:[^"\\]|\\.)*"): \[(\])?(,)?$/;
const TABLE_END = /^ {4}\](,)?$/;

interface Table {
  ids: Set<string>;
  /** Fields with ids of other tables, and the ids seen in them. */
  references: Map<string, Set<string>>;
}

/**
 * Checks an export file while it is read: that it is complete, that its counts are those of its head,
 * that documents are in order and none is there twice. Only ids are kept of it. It knows the layout
 * in which exports are written, a document per line: a file that was formatted anew is not the file
 * that was exported. It needs nothing of Node, so that a browser can check a file as well.
 */
export class FileCheck {
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private readonly problems: FileProblem[] = [];
  private readonly tables = new Map<string, Table>();
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private bytes = 0;
  private line = 0;
  private head = "";
  private metadata: FileMetadata | undefined;
  private state: "head" | "tables" | "documents" | "closing" | "end" | "failed" = "head";
  private table: Table = { ids: new Set(), references: new Map() };
  private lastTime = -Infinity;
  /** Whether a comma says that more follows in the table, and behind it. */
  private isMoreDue = false;

  /** The next bytes of the file, cut anywhere. */
  write(bytes: Uint8Array): void {
    this.bytes += bytes.byteLength;
    let start = 0;
    while (this.state !== "failed") {
      const newline = bytes.indexOf(NEWLINE, start);
      this.keep(bytes.subarray(start, newline === -1 ? undefined : newline));
      if (newline === -1) return;
      this.endLine();
      start = newline + 1;
    }
  }

  /** The file is at its end. */
  end(): FileReport {
    if (this.state !== "failed" && (this.state !== "end" || this.pendingBytes > 0)) {
      this.problem(CUT_OFF, 0);
    }
    const recordCounts = Object.fromEntries(
      [...this.tables].map(([name, { ids }]) => [name, ids.size]),
    );
    if (this.metadata !== undefined) this.compareCounts(this.metadata, recordCounts);
    return {
      ...(this.metadata === undefined ? {} : { metadata: this.metadata }),
      bytes: this.bytes,
      recordCounts,
      problems: this.problems,
      danglingReferences: this.dangling(),
    };
  }

  private keep(part: Uint8Array): void {
    this.pendingBytes += part.byteLength;
    if (this.pendingBytes > LONGEST_LINE) this.fail("the line is longer than any of an export");
    else if (part.byteLength > 0) this.pending.push(part.slice()); // the bytes are the caller's again
  }

  private endLine(): void {
    this.line += 1;
    let text = "";
    try {
      for (const part of this.pending) text += this.decoder.decode(part, { stream: true });
      text += this.decoder.decode();
    } catch {
      this.fail("the line is not UTF-8");
    }
    this.pending = [];
    this.pendingBytes = 0;
    if (this.state !== "failed") this.readLine(text);
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
      if (this.head.length > LONGEST_HEAD) this.fail("this is not the layout of an export");
      return;
    }
    const parsed = parse(this.head.replace(/,\n$/, "}"));
    const { success, data } = fileMetadataSchema.safeParse(
      isObject(parsed) ? parsed["metadata"] : undefined,
    );
    if (!success) return this.fail("what stands before the data is not that of an export");
    this.metadata = data;
    this.state = "tables";
  }

  private readTable(text: string): void {
    const [, name, isEmpty, comma] = TABLE.exec(text) ?? [];
    if (name === undefined) {
      if (text !== "  }" || this.isMoreDue) return this.fail("a table does not begin as one");
      this.state = "closing";
      return;
    }
    if (this.tables.size > 0 && !this.isMoreDue) return this.fail("a comma is missing");
    const title = JSON.parse(name) as string;
    if (this.tables.has(title)) return this.fail(`the table ${title} is there twice`);
    this.table = { ids: new Set(), references: this.relationsOf(title) };
    this.tables.set(title, this.table);
    this.lastTime = -Infinity;
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
    const document = parse(this.isMoreDue ? text.slice(0, -1) : text);
    if (!isObject(document)) return this.fail("the line is not a document");
    const { _id: id, _creationTime: time } = document;
    if (typeof id !== "string" || typeof time !== "number") {
      return this.problem("the document has no _id or no _creationTime");
    }
    if (this.table.ids.has(id)) this.problem("the document is there twice");
    if (time < this.lastTime) this.problem("the document is older than the one before it");
    this.table.ids.add(id);
    this.lastTime = time;
    for (const [field, ids] of this.table.references) {
      const value = document[field];
      if (typeof value === "string") ids.add(value);
    }
  }

  private relationsOf(table: string): Map<string, Set<string>> {
    const names = Object.keys(this.metadata?.relations ?? {});
    const own = names.filter((name) => name.startsWith(`${table}.`));
    return new Map(own.map((name) => [name.slice(table.length + 1), new Set<string>()]));
  }

  private compareCounts(
    { recordCounts, totalRecords }: FileMetadata,
    found: FileReport["recordCounts"],
  ) {
    for (const name of new Set([...Object.keys(recordCounts), ...Object.keys(found)])) {
      const [said = 0, held = 0] = [recordCounts[name], found[name]];
      if (said !== held)
        this.problem(`${name}: ${said} documents were exported, ${held} are here`, 0);
      else if (!Object.hasOwn(found, name)) this.problem(`${name}: the table is missing`, 0);
    }
    const total = Object.values(recordCounts).reduce((sum, count) => sum + count, 0);
    if (total !== totalRecords) this.problem("totalRecords is not the sum of recordCounts", 0);
  }

  private dangling(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [name, { references }] of this.tables) {
      for (const [field, ids] of references) {
        const relation = `${name}.${field}`;
        const target = this.tables.get(this.metadata?.relations[relation] ?? "");
        // A table that is not in the file has none of the ids, which says nothing.
        if (target === undefined) continue;
        const missing = [...ids].filter((id) => !target.ids.has(id)).length;
        if (missing > 0) counts[relation] = missing;
      }
    }
    return counts;
  }

  /** Nothing behind this can be read. */
  private fail(message: string): void {
    this.problem(message);
    this.state = "failed";
    this.pending = [];
  }

  private problem(message: string, line = this.line): void {
    if (this.problems.length < MAXIMUM_PROBLEMS) this.problems.push({ line, message });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
