import type { ExportSource, Page, PageRequest, SnapshotTimestamp, Summary } from "~/export/source";

/** A document in Convex's JSON. */
export type StoredDocument = Record<string, unknown> & { _creationTime: number; _id: string };

export type Tables = Record<string, StoredDocument[]>;

/** How the source departs from answering at once, completely and truthfully. */
export interface MemorySourceOptions {
  timestamp?: SnapshotTimestamp;
  /** Documents sampled per table; all where absent. */
  sampled?: number;
  excludedTables?: Summary["excludedTables"];
  redactedFields?: string[];
  excludedFields?: string[];
  /** Awaited before each page is read. */
  beforePage?: (request: PageRequest, signal: AbortSignal | undefined) => Promise<void> | void;
  /** Gets the documents of each table of a page and returns those that the engine sees. */
  alterDocuments?: (table: string, documents: StoredDocument[]) => StoredDocument[];
  /** Gets each page and returns what the engine sees. */
  alterPage?: (page: Page, request: PageRequest) => Page;
  authorize?: () => Promise<void>;
}

/** 2026-01-31T04:05:06.123456789Z */
export const SNAPSHOT_NS = 1_769_832_306_123_456_789n;

/** A timestamp as Convex writes it: base64 of 8 little-endian bytes. */
export function encodeTimestamp(nanoseconds: bigint): SnapshotTimestamp {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(nanoseconds);
  return bytes.toString("base64");
}

/** A document as a line of the file: `_id` and `_creationTime` come first. */
export function toLine({ _id, _creationTime, ...rest }: StoredDocument): string {
  return JSON.stringify({ _id, _creationTime, ...rest });
}

export function lineBytes(document: StoredDocument): number {
  return Buffer.byteLength(toLine(document));
}

/** A database in memory, paged as the Convex function pages. It keeps what it was asked. */
export class MemorySource implements ExportSource {
  readonly calls: string[] = [];
  readonly requests: PageRequest[] = [];
  mostAtOnce = 0;
  private atOnce = 0;

  constructor(
    readonly tables: Tables,
    private readonly options: MemorySourceOptions = {},
  ) {}

  pinTimestamp(): Promise<SnapshotTimestamp> {
    this.calls.push("pinTimestamp");
    return Promise.resolve(this.options.timestamp ?? encodeTimestamp(SNAPSHOT_NS));
  }

  summarize(): Promise<Summary> {
    this.calls.push("summarize");
    const { sampled = Infinity, excludedTables = [] } = this.options;
    return Promise.resolve({
      version: "1.0",
      exportedBy: "memory",
      tables: Object.entries(this.tables).map(([name, documents]) => {
        const sample = documents.slice(0, sampled);
        return {
          name,
          records: documents.length,
          sampledRecords: sample.length,
          sampledBytes: sample.reduce((bytes, document) => bytes + lineBytes(document), 0),
        };
      }),
      relations: { "notes.author": "people" },
      sanitization: {
        policyVersion: "1.0",
        excludedTables: excludedTables.map((table) => table.name),
        excludedFields: this.options.excludedFields ?? [],
        redactedFields: this.options.redactedFields ?? [],
      },
      excludedTables,
    });
  }

  async readPage(
    _timestamp: SnapshotTimestamp,
    request: PageRequest,
    signal?: AbortSignal,
  ): Promise<Page> {
    this.calls.push("readPage");
    this.requests.push(request);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    try {
      await this.options.beforePage?.(request, signal);
      const page = this.honestPage(request);
      return this.options.alterPage?.(page, request) ?? page;
    } finally {
      this.atOnce -= 1;
    }
  }

  async authorize(): Promise<void> {
    this.calls.push("authorize");
    await this.options.authorize?.();
  }

  private honestPage(request: PageRequest): Page {
    const page: Page = { tables: [], next: null, redactions: {}, withheld: {} };
    const add = (name: string, documents: StoredDocument[]) => {
      const seen = this.options.alterDocuments?.(name, documents) ?? documents;
      page.tables.push({ name, records: seen.length, lines: seen.map(toLine).join(",\n") });
    };
    let bytesLeft = request.maximumBytes;
    let documentsLeft = request.maximumDocuments;
    for (const [index, table] of request.tables.entries()) {
      const start = index === 0 ? Number(request.cursor ?? 0) : 0;
      const all = (this.tables[table] ?? []).slice(start);
      const fitting = all.filter((document) => {
        documentsLeft -= 1;
        bytesLeft -= lineBytes(document);
        return bytesLeft >= 0 && documentsLeft >= 0;
      });
      if (fitting.length === all.length) {
        add(table, all);
        continue;
      }
      if (index > 0) return { ...page, next: { table, cursor: null } };
      const some = all.slice(0, Math.max(1, fitting.length));
      add(table, some);
      if (some.length === all.length) continue;
      return { ...page, next: { table, cursor: String(start + some.length) } };
    }
    return page;
  }
}

/** Documents with increasing creation times. */
export function makeDocuments(
  prefix: string,
  count: number,
  fields: (index: number) => Record<string, unknown> = () => ({}),
): StoredDocument[] {
  return Array.from({ length: count }, (_, index) => ({
    _id: `${prefix}${index}`,
    _creationTime: 1_700_000_000_000 + index / 4,
    ...fields(index),
  }));
}
