import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import { CursorCodec } from "./cursors";
import {
  documentSizeBytes,
  EMPTY_TABLE,
  findDocument,
  type StoredDocument,
  type TableDocuments,
} from "./documents";
import { literalValue } from "./expressions";
import { isDocumentIdShape, newDocumentId, type IdTables } from "./ids";
import {
  checkPageRequest,
  readPage,
  type Page,
  type PageRequest,
  type ReadMeter,
} from "./pagination";
import { planScan, type QueryJSON } from "./query-engine";
import { QueryStream } from "./query-stream";
import type { DatabaseSchema } from "./schema";
import { SnapshotHistory, type Snapshot } from "./snapshots";
import { TransactionStack } from "./transaction-stack";
import { validationProblem } from "./validators";
import { checkDocumentSize } from "./value-limits";

/** Step between creation times given out in one millisecond (about 244 ns), as in Convex. */
const CREATION_TIME_STEP_MS = 1 / 4096;

interface IdLocation {
  readonly table: string;
  readonly creationTime: number;
}

export interface DatabaseOptions {
  schema: DatabaseSchema;
  /** The initial contents; every table ordered, every document complete and checked. */
  tables: ReadonlyMap<string, TableDocuments>;
  /** Timestamp of the initial contents, Unix nanoseconds. */
  ts: bigint;
  retentionMs: number;
  /** Called when a top-level transaction begins: the snapshot to read from, if not the latest. */
  pinnedSnapshot: () => Snapshot | undefined;
}

/**
 * The database behind convex-test's function runtime. It takes the place of convex-test's own,
 * which derives a document's table from the text of its id, keeps no past and scans everything.
 * Method names and semantics are those that convex-test calls; it runs one transaction at a time.
 */
export class Database implements IdTables {
  readonly componentPath = "";
  readonly history: SnapshotHistory;
  readonly #schema: DatabaseSchema;
  readonly #pinnedSnapshot: () => Snapshot | undefined;
  readonly #cursors = new CursorCodec();
  /** Every id ever seen. A document's table and creation time never change. */
  readonly #locations = new Map<string, IdLocation>();
  readonly #streams = new Map<number, QueryStream>();
  readonly #transactions = new TransactionStack();
  /** What the running transaction reads; null between transactions. */
  #pinned: Snapshot | null = null;
  #nextQueryId = 1;
  #lastCreationTime = 0;

  constructor(options: DatabaseOptions) {
    this.#schema = options.schema;
    this.#pinnedSnapshot = options.pinnedSnapshot;
    this.history = new SnapshotHistory(
      { ts: options.ts, tables: options.tables },
      options.retentionMs,
    );
    for (const [table, documents] of options.tables) {
      for (const { _id, _creationTime } of documents) {
        this.#locations.set(_id, { table, creationTime: _creationTime });
      }
    }
  }

  tableOf(id: string): string | undefined {
    return this.#locations.get(id)?.table;
  }

  /** Timestamp of what the running transaction reads, Unix nanoseconds. */
  get viewTs(): bigint {
    return this.#view.ts;
  }

  startTransaction(): void {
    if (this.#transactions.begin() === "top-level") {
      this.#pinned = this.#pinnedSnapshot() ?? this.history.latest();
      this.#streams.clear();
    }
  }

  /** Ends a transaction: into its parent, or as a new snapshot where it has none. */
  commit(commitTs: bigint | null): void {
    const writes = this.#transactions.commit();
    this.#unpinIfIdle();
    if (writes !== null && writes.size > 0) {
      if (commitTs === null) {
        throw new Error("A top-level commit needs a timestamp");
      }
      // The runtime's clock starts with its first commit, which may fall into the initial ms.
      const earliest = this.history.latest().ts + 1n;
      this.history.commit(commitTs > earliest ? commitTs : earliest, writes);
    }
  }

  rollbackWrites(): void {
    this.#transactions.rollback();
    this.#unpinIfIdle();
  }

  /** Hides uncommitted writes, for a query that asks for the committed state. */
  stashWrites(): unknown {
    return this.#transactions.stash();
  }

  restoreWrites(stashed: unknown): void {
    this.#transactions.restore(stashed);
  }

  get(table: string | undefined, id: unknown): StoredDocument | null {
    const location = this.#locate(table, id);
    if (location === undefined) {
      return null;
    }
    const written = this.#transactions.written(location.table, String(id));
    if (written !== undefined) {
      return written;
    }
    const documents = this.#view.tables.get(location.table) ?? EMPTY_TABLE;
    return findDocument(documents, String(id), location.creationTime);
  }

  insert(table: string, value: Record<string, Value>): string {
    const _id = newDocumentId();
    const now = Date.now();
    const _creationTime =
      now > this.#lastCreationTime ? now : this.#lastCreationTime + CREATION_TIME_STEP_MS;
    this.#lastCreationTime = _creationTime;
    const document: StoredDocument = { ...value, _id, _creationTime };
    this.#check(table, document);
    this.#locations.set(_id, { table, creationTime: _creationTime });
    this.#transactions.write(table, _id, document);
    return _id;
  }

  /** `fields` are in Convex's encoding; `{$undefined: null}` removes a field. */
  patch(table: string | undefined, id: unknown, fields: Record<string, JSONValue>): void {
    const existing = this.#existing("Update", table, id);
    const merged: Record<string, Value | undefined> = { ...existing };
    for (const [name, json] of Object.entries(fields)) {
      merged[name] = literalValue(json);
    }
    this.#overwrite(existing, merged);
  }

  replace(table: string | undefined, id: unknown, fields: Record<string, JSONValue>): void {
    const existing = this.#existing("Update", table, id);
    const { _id, _creationTime } = existing;
    const replacement = jsonToConvex(fields) as Record<string, Value>;
    this.#overwrite(existing, { _id, _creationTime, ...replacement });
  }

  delete(table: string | undefined, id: unknown): void {
    const existing = this.#existing("Delete", table, id);
    this.#transactions.write(this.#tableOfExisting(existing), existing._id, null);
  }

  /** Number of documents in a table, without reading any. */
  count(table: string): number {
    return this.#readTable(table).length;
  }

  startQuery(query: QueryJSON): number {
    const queryId = this.#nextQueryId;
    this.#nextQueryId += 1;
    const scan = planScan(query, this.#schema, (table) => this.#readTable(table));
    this.#streams.set(queryId, new QueryStream(scan));
    return queryId;
  }

  /** The next result of a query; every document looked at is charged, also if filtered out. */
  queryNext(queryId: number, meter: ReadMeter): { value: StoredDocument | null; done: boolean } {
    const stream = this.#streams.get(queryId);
    if (stream === undefined) {
      throw new Error("Bad queryId");
    }
    const value = stream.next(meter);
    return { value, done: value === null };
  }

  endQuery(queryId: number): void {
    this.#streams.delete(queryId);
  }

  paginate(request: PageRequest, meter: ReadMeter): Page {
    checkPageRequest(request);
    const scan = planScan(request.query, this.#schema, (table) => this.#readTable(table));
    const page = readPage(request, scan, this.#cursors, meter);
    if (!this.#transactions.claimPagination()) {
      throw new Error(
        "This query or mutation function ran multiple paginated queries. Convex only supports a " +
          "single paginated query in each function.",
      );
    }
    return page;
  }

  storeFile(): never {
    throw new Error("The embedded Convex does not support file storage");
  }

  getFile(): never {
    throw new Error("The embedded Convex does not support file storage");
  }

  vectorSearch(): never {
    throw new Error("The embedded Convex does not support vector search");
  }

  get #view(): Snapshot {
    return this.#pinned ?? this.history.latest();
  }

  #unpinIfIdle(): void {
    if (this.#transactions.isIdle) {
      this.#pinned = null;
    }
  }

  #readTable(table: string): TableDocuments {
    return this.#transactions.overlay(table, this.#view.tables.get(table) ?? EMPTY_TABLE);
  }

  #overwrite(existing: StoredDocument, changed: Record<string, Value | undefined>): void {
    for (const field of ["_id", "_creationTime"] as const) {
      if (changed[field] !== existing[field]) {
        throw new Error(
          `Provided \`${field}\` field value ${JSON.stringify(changed[field])} does not match ` +
            `the document's ${JSON.stringify(existing[field])}`,
        );
      }
    }
    const table = this.#tableOfExisting(existing);
    const defined = Object.entries(changed).filter(([, value]) => value !== undefined);
    const document = Object.fromEntries(defined) as StoredDocument;
    this.#check(table, document);
    this.#transactions.write(table, existing._id, document);
  }

  #existing(operation: string, table: string | undefined, id: unknown): StoredDocument {
    const document = this.get(table, id);
    if (document === null) {
      throw new Error(`${operation} on nonexistent document ID ${String(id)}`);
    }
    return document;
  }

  #tableOfExisting({ _id }: StoredDocument): string {
    const table = this.tableOf(_id);
    if (table === undefined) {
      throw new Error(`Document ${_id} belongs to no table`);
    }
    return table;
  }

  #locate(table: string | undefined, id: unknown): IdLocation | undefined {
    if (typeof id !== "string" || !isDocumentIdShape(id)) {
      throw new Error(`Invalid argument \`id\`: Unable to decode ID: ${JSON.stringify(id)}`);
    }
    const location = this.#locations.get(id);
    if (table !== undefined && location !== undefined && location.table !== table) {
      throw new Error(
        `Invalid argument \`id\`: expected an ID in table '${table}', but got an ID in table ` +
          `'${location.table}'`,
      );
    }
    return location;
  }

  /** Refuses a document that Convex would not store. */
  #check(table: string, document: StoredDocument): void {
    checkDocumentSize(documentSizeBytes(document));
    const { _id, _creationTime, ...fields } = document;
    const definition = this.#schema.tables.get(table);
    if (definition === undefined || !this.#schema.validates) {
      return;
    }
    const mismatch = validationProblem(definition.documentType, fields, this);
    if (mismatch !== null) {
      throw new Error(
        `Failed to insert or update a document in table "${table}" because it does not match ` +
          `the schema: ${mismatch}`,
      );
    }
  }
}
