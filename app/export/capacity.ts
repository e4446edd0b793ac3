import { ExportError } from "./errors";
import { QuerySlots } from "./query-slots";
import type { ExportSource } from "./source";
import { SpoolSpace, type SpoolSpaceOptions } from "./spool";

export interface CapacityOptions {
  /** Queries at once; 16 is the limit of the smallest hosted class of Convex. */
  queries: number;
  /** Captures at once. */
  captures: number;
  spool: SpoolSpaceOptions;
}

/** Seconds after which a place is likely to be free: most captures take less. */
const RETRY_AFTER_SECONDS = 10;

/** Runs a query as soon as one more may run, unless its signal is aborted before. */
export type QueryLane = <T>(signal: AbortSignal | undefined, query: () => Promise<T>) => Promise<T>;

/** What all exports of a process share: queries, captures, memory and disk. */
export class ExportCapacity {
  readonly spools: SpoolSpace;
  private readonly slots: QuerySlots;
  private captures = 0;

  constructor(private readonly options: CapacityOptions) {
    this.slots = new QuerySlots(options.queries);
    this.spools = new SpoolSpace(options.spool);
  }

  get queries(): number {
    return this.options.queries;
  }

  /** Queries that could start at once. */
  get idleQueries(): number {
    return this.slots.idle;
  }

  /**
   * Takes a place for a capture and returns how to give it back.
   * @throws ExportError `busy`
   */
  admit(): () => void {
    const busy = (detail: string) =>
      new ExportError("busy", detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    if (this.captures >= this.options.captures) throw busy(`${this.captures} captures at once`);
    if (this.spools.isFull) throw busy("the spools have no room left");
    this.captures += 1;
    let isReleased = false;
    return () => {
      if (!isReleased) this.captures -= 1;
      isReleased = true;
    };
  }

  /** A lane of its own for the queries of one export: all lanes take turns. */
  lane(): QueryLane {
    const owner = {};
    return (signal, query) => this.slots.run(owner, signal, query);
  }

  /** The same source, waiting for a free query before each that it makes. */
  bound(source: ExportSource, query = this.lane()): ExportSource {
    return {
      pinTimestamp: (signal) => query(signal, () => source.pinTimestamp(signal)),
      begin: (timestamp, page, signal) =>
        query(signal, () => source.begin(timestamp, page, signal)),
      readPage: (timestamp, request, openSink, signal) =>
        query(signal, () => source.readPage(timestamp, request, openSink, signal)),
      readIdentities: (timestamp, request, signal) =>
        query(signal, () => source.readIdentities(timestamp, request, signal)),
      lookUp: (timestamp, keys, signal) =>
        query(signal, () => source.lookUp(timestamp, keys, signal)),
      find: (timestamp, request, signal) =>
        query(signal, () => source.find(timestamp, request, signal)),
      findIds: (timestamp, table, ids, signal) =>
        query(signal, () => source.findIds(timestamp, table, ids, signal)),
      readDocuments: (timestamp, request, openSink, signal) =>
        query(signal, () => source.readDocuments(timestamp, request, openSink, signal)),
      authorize: (signal) => query(signal, () => source.authorize(signal)),
    };
  }
}
