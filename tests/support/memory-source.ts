import type {
  Beginning,
  DocumentsRequest,
  ExportSource,
  FirstPageRequest,
  FoundDocuments,
  FoundPage,
  IdentityPage,
  IdentityRequest,
  LinesSink,
  Page,
  PageRequest,
  SegmentNames,
  SnapshotTimestamp,
  Summary,
} from "~/export/source";
import { lineBytes, toLine, type StoredDocument, type Tables } from "./memory-documents";
import { pageOf, type PagingOptions } from "./memory-pages";
import { seededRandom, type Random } from "./random";

const WHOLE = { from: null, before: null };

/** How the source departs from answering at once, completely and truthfully. */
export interface MemorySourceOptions extends PagingOptions {
  timestamp?: SnapshotTimestamp;
  /** Documents sampled per table; all where absent. */
  sampled?: number;
  /** What is said of how much the sampled lines differ; nothing where absent. */
  sampledDeviation?: number;
  excludedTables?: Summary["excludedTables"];
  redactedFields?: string[];
  searchedFields?: string[];
  excludedFields?: string[];
  /** The tables of the page that comes with the plan, largest first; none where absent. */
  firstTables?: string[];
  /** Awaited before each page is read. */
  beforePage?: (
    request: PageRequest,
    signal: AbortSignal | undefined,
    timestamp: SnapshotTimestamp,
  ) => Promise<void> | void;
  /** Gets the documents of each table of a page and returns those that the engine sees. */
  alterDocuments?: (
    table: string,
    documents: StoredDocument[],
    request: PageRequest,
  ) => StoredDocument[];
  /** Gets the lines of each table of a page and returns those that the engine sees. */
  alterLines?: (table: string, lines: string) => string;
  /** Gets the description of each page and returns the one that the engine sees. */
  alterPage?: (page: Page, request: PageRequest) => Page;
  /** How many attempts at a page break off in the middle before one succeeds. */
  failingAttempts?: (request: PageRequest) => number;
  /** Cuts the lines at random, the same ones for the same seed; by default 64 KiB at a time. */
  cutSeed?: number;
  authorize?: (signal: AbortSignal | undefined) => Promise<void>;
}

/** 2026-01-31T04:05:06.123456789Z */
export const SNAPSHOT_NS = 1_769_832_306_123_456_789n;

/** A timestamp as Convex writes it: base64 of 8 little-endian bytes. */
export function encodeTimestamp(nanoseconds: bigint): SnapshotTimestamp {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(nanoseconds);
  return bytes.toString("base64");
}

/** A database in memory. It keeps what it was asked. */
export class MemorySource implements ExportSource {
  readonly calls: string[] = [];
  readonly requests: PageRequest[] = [];
  /** The timestamps that were pinned, each a second after the one before. */
  readonly pinned: SnapshotTimestamp[] = [];
  mostAtOnce = 0;
  private atOnce = 0;
  private readonly random: Random | undefined;

  constructor(
    readonly tables: Tables,
    private readonly options: MemorySourceOptions = {},
  ) {
    const { cutSeed } = options;
    this.random = cutSeed === undefined ? undefined : seededRandom(cutSeed);
  }

  pinTimestamp(signal?: AbortSignal): Promise<SnapshotTimestamp> {
    this.calls.push("pinTimestamp");
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const later = SNAPSHOT_NS + BigInt(this.pinned.length) * 1_000_000_000n;
    const timestamp = this.options.timestamp ?? encodeTimestamp(later);
    this.pinned.push(timestamp);
    return Promise.resolve(timestamp);
  }

  async begin(
    timestamp: SnapshotTimestamp,
    page: FirstPageRequest | null,
    signal?: AbortSignal,
  ): Promise<Beginning> {
    this.calls.push("begin");
    const { firstTables = [] } = this.options;
    if (page === null || firstTables.length === 0) return { summary: this.summary(), first: null };
    const { openSink, ...bounds } = page;
    const request = { ...bounds, tables: firstTables, range: WHOLE, cursor: null };
    const first = await this.answerPage(timestamp, request, openSink, signal);
    return { summary: this.summary(), first: { asked: firstTables, page: first } };
  }

  /** What the database holds, sampled as the options say. */
  summary(): Summary {
    const { sampled = Infinity, excludedTables = [] } = this.options;
    return {
      version: "1.0",
      exportedBy: "memory",
      tables: Object.entries(this.tables).map(([name, documents]) => {
        const sample = documents.slice(0, sampled);
        return {
          name,
          records: documents.length,
          sampledRecords: sample.length,
          sampledBytes: sample.reduce((bytes, document) => bytes + lineBytes(document), 0),
          sampledDeviation: this.options.sampledDeviation ?? 0,
          oldest: documents[0]?._creationTime ?? null,
          newest: documents.at(-1)?._creationTime ?? null,
        };
      }),
      relations: { "notes.author": "people" },
      sanitization: {
        policyVersion: "1.0",
        excludedTables: excludedTables.map((table) => table.name),
        excludedFields: this.options.excludedFields ?? [],
        redactedFields: this.options.redactedFields ?? [],
      },
      searchedFields: this.options.searchedFields ?? [],
      excludedTables,
    };
  }

  async readPage(
    timestamp: SnapshotTimestamp,
    request: PageRequest,
    openSink: () => LinesSink,
    signal?: AbortSignal,
  ): Promise<Page> {
    this.calls.push("readPage");
    this.requests.push(request);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    try {
      return await this.answerPage(timestamp, request, openSink, signal);
    } finally {
      this.atOnce -= 1;
    }
  }

  private async answerPage(
    timestamp: SnapshotTimestamp,
    request: PageRequest,
    openSink: () => LinesSink,
    signal: AbortSignal | undefined,
  ): Promise<Page> {
    await this.options.beforePage?.(request, signal, timestamp);
    signal?.throwIfAborted();
    const { next, tables } = pageOf(this.tables, request, this.options);
    for (let failures = this.options.failingAttempts?.(request) ?? 0; failures > 0; failures--) {
      const sink = openSink();
      await this.send(sink, '{"_id":"broken","_creationTime":1,"te');
    }
    const sink = openSink();
    const page: Page = { tables: [], next, redactions: {}, withheld: {} };
    if (request.references !== undefined) page.references = referencesIn(tables);
    for (const [name, documents] of tables) {
      const seen = this.options.alterDocuments?.(name, documents, request) ?? documents;
      const lines = seen.map(toLine).join(",\n");
      const bytes = await this.send(sink, this.options.alterLines?.(name, lines) ?? lines);
      sink.endTable();
      page.tables.push({ name, records: seen.length, bytes });
    }
    return this.options.alterPage?.(page, request) ?? page;
  }

  /** Who is named: everybody in a field `name`. */
  readIdentities(
    _timestamp: SnapshotTimestamp,
    request: IdentityRequest,
    signal?: AbortSignal,
  ): Promise<IdentityPage> {
    this.calls.push("readIdentities");
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const { next, tables } = pageOf(this.tables, request, this.options);
    const names = tables.flatMap(([, documents]) => documents.map(({ name }) => name));
    const people = names.filter((name) => typeof name === "string").join("\n");
    const others = { participants: "", users: "", phones: "", ndisNumbers: "", imageUrls: "" };
    return Promise.resolve({ identities: { ...others, people }, next });
  }

  /** Nobody: segments of somebody are tested where there are indexes, against the embedded Convex. */
  lookUp(): Promise<SegmentNames> {
    return Promise.resolve({ companies: [], sites: [], participants: [] });
  }

  find(): Promise<FoundPage> {
    return Promise.resolve({ found: "", references: {}, next: null });
  }

  findIds(_timestamp: SnapshotTimestamp, table: string, ids: string[]): Promise<FoundDocuments> {
    this.calls.push("findIds");
    const documents = this.byIds(table, ids);
    const found = documents.map((document) =>
      [document._id, document._creationTime, lineBytes(document)].join(" "),
    );
    return Promise.resolve({ found: found.join("\n"), references: {} });
  }

  async readDocuments(
    _timestamp: SnapshotTimestamp,
    request: DocumentsRequest,
    openSink: () => LinesSink,
  ): Promise<Page> {
    this.calls.push("readDocuments");
    const sink = openSink();
    const page: Page = { tables: [], next: null, redactions: {}, withheld: {} };
    for (const { name, ids } of request.tables) {
      const documents = this.byIds(name, ids);
      const bytes = await this.send(sink, documents.map(toLine).join(",\n"));
      sink.endTable();
      page.tables.push({ name, records: documents.length, bytes });
    }
    return page;
  }

  private byIds(table: string, ids: string[]): StoredDocument[] {
    return ids.flatMap((id) => this.tables[table]?.find(({ _id }) => _id === id) ?? []);
  }

  async authorize(signal?: AbortSignal): Promise<void> {
    this.calls.push("authorize");
    await this.options.authorize?.(signal);
  }

  /** Streams text as the Convex client does: from a buffer that is used again. @returns its bytes */
  private async send(sink: LinesSink, text: string): Promise<number> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.byteLength;) {
      const longest = this.random === undefined ? 64 * 1024 : 1 + this.random(64);
      const piece = Uint8Array.from(bytes.subarray(at, at + longest));
      const written = sink.write(piece);
      piece.fill(0);
      at += piece.byteLength;
      await written;
    }
    return bytes.byteLength;
  }
}

/** `notes.author` is an id of `people`. */
function referencesIn(
  tables: [name: string, documents: StoredDocument[]][],
): Record<string, string> {
  const notes = tables.flatMap(([name, documents]) => (name === "notes" ? documents : []));
  const ids = notes.map(({ author }) => author).filter((id) => typeof id === "string");
  return ids.length === 0 ? {} : { people: [...new Set(ids)].join("\n") };
}
