import pLimit from "p-limit";
import type { Capture, CaptureProgress } from "./capture";
import { addCounts } from "./capture";
import { CapturedTable } from "./captured-table";
import { ExportError } from "./errors";
import { PageReceiver } from "./page-receiver";
import type { PageSize } from "./page-size";
import { sum } from "./plan";
import type { FoundDocument } from "./segment-documents";
import type { ExportSource, Identities, Page, SnapshotTimestamp } from "./source";
import type { Spool } from "./spool";

/** Documents of a table, by their ids, in the order of the file. */
export interface DocumentList {
  name: string;
  documents: readonly FoundDocument[];
}

export interface DocumentCaptureOptions {
  timestamp: SnapshotTimestamp;
  fingerprintKey: string;
  identities?: Identities;
  pageSize: PageSize;
  /** Most queries at once. */
  queries: number;
  signal: AbortSignal;
  onProgress?: (progress: CaptureProgress) => void;
}

/** Ids in one page: each is an interval, of which a function may read 4,096. */
const MAXIMUM_IDS = 2000;

/** What one call reads: of each table some documents, of which the first is the `start`th of its list. */
type Batch = { name: string; start: number; documents: readonly FoundDocument[] }[];

/**
 * Reads documents by their ids into the spool, several pages at once, and checks that each page holds
 * exactly what it was asked for, in that order.
 * @param source Waits for a free query before each that it makes.
 * @throws ExportError `incomplete` where it does not; whatever the source and the spool throw.
 */
export async function captureDocuments(
  source: ExportSource,
  lists: readonly DocumentList[],
  spool: Spool,
  options: DocumentCaptureOptions,
): Promise<Capture> {
  const captured = new Map(
    lists.map(({ name }) => [name, new CapturedTable(name, { mayRepeat: false })]),
  );
  const counts = { redactions: {}, withheld: {}, pseudonymised: {} };
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const limit = pLimit(options.queries);
  await Promise.all(
    [...packBatches(lists, options.pageSize.bounds.maximumBytes)].map((batch) =>
      limit(() => read(batch)).catch((error: unknown) => {
        failure.abort(error); // the others would read in vain
        throw error;
      }),
    ),
  );
  for (const { name, documents } of lists) {
    const { records } = tableOf(name);
    if (records !== documents.length) {
      const detail = `${name}: found ${documents.length}, captured ${records}`;
      throw new ExportError("incomplete", detail);
    }
  }
  return {
    tables: [...captured.values()],
    recordCounts: recordCounts(),
    ...counts,
    references: {},
  };

  /** Reads one batch, and its halves where a function's limits do not allow the whole. */
  async function read(batch: Batch): Promise<void> {
    signal.throwIfAborted();
    const { bounds } = options.pageSize;
    const receiver = new PageReceiver(spool, { keepLines: true });
    try {
      const page = await source.readDocuments(
        options.timestamp,
        {
          tables: batch.map(({ name, documents }) => ({
            name,
            ids: documents.map(({ id }) => id),
          })),
          fingerprintKey: options.fingerprintKey,
          ...(options.identities === undefined ? {} : { identities: options.identities }),
        },
        receiver.open,
        signal,
      );
      // Whoever reads the file comes behind what is still to be written, and hears of its failures.
      void receiver.segment.end();
      keep(batch, page, receiver);
    } catch (error) {
      receiver.discard();
      const halves = halve(batch);
      const isTooLarge = error instanceof ExportError && error.code === "page_too_large";
      if (!isTooLarge || halves === null) throw error;
      options.pageSize.failed(bounds);
      for (const half of halves) await read(half);
    }
  }

  function keep(batch: Batch, page: Page, receiver: PageReceiver): void {
    if (page.next !== null) throw new ExportError("incomplete", "a page of documents goes on");
    const names = batch.map(({ name }) => name);
    for (const [index, { name, lines, start }] of receiver.match(page, names).entries()) {
      const asked = batch[index];
      const isAsked =
        asked?.documents.length === lines.records &&
        [...lines.lines].every(({ id }, place) => id === asked.documents[place]?.id);
      if (!isAsked) throw new ExportError("incomplete", `${name}: other documents than asked for`);
      tableOf(name).add(lines, WHOLE, receiver.segment, start, asked.start);
    }
    addCounts(counts.redactions, page.redactions);
    addCounts(counts.withheld, page.withheld);
    addCounts(counts.pseudonymised, page.pseudonymised ?? {});
    const capturedBytes = sum([...captured.values()].map(({ bytes }) => bytes));
    options.onProgress?.({ recordCounts: recordCounts(), capturedBytes });
  }

  function tableOf(name: string): CapturedTable {
    const table = captured.get(name);
    if (table === undefined) throw new ExportError("internal", "a table that was not listed");
    return table;
  }

  function recordCounts(): Record<string, number> {
    return Object.fromEntries([...captured.values()].map(({ name, records }) => [name, records]));
  }
}

const WHOLE = { from: null, before: null };

/** Puts the documents into batches of about a page; small tables share one. */
function* packBatches(lists: readonly DocumentList[], maximumBytes: number): Generator<Batch> {
  let batch: Batch = [];
  let bytes = 0;
  let count = 0;
  for (const { name, documents } of lists) {
    let start = 0;
    for (const [index, document] of documents.entries()) {
      if (count > 0 && (count >= MAXIMUM_IDS || bytes + document.bytes > maximumBytes)) {
        if (index > start) batch.push({ name, start, documents: documents.slice(start, index) });
        yield batch;
        [batch, bytes, count, start] = [[], 0, 0, index];
      }
      bytes += document.bytes;
      count += 1;
    }
    if (documents.length > start) batch.push({ name, start, documents: documents.slice(start) });
  }
  if (batch.length > 0) yield batch;
}

/** Two batches of about as many documents; null where there is only one document. */
function halve(batch: Batch): [Batch, Batch] | null {
  const total = sum(batch.map(({ documents }) => documents.length));
  if (total < 2) return null;
  let left = Math.floor(total / 2);
  const halves: [Batch, Batch] = [[], []];
  for (const { name, start, documents } of batch) {
    const first = documents.slice(0, left);
    const second = documents.slice(left);
    if (first.length > 0) halves[0].push({ name, start, documents: first });
    if (second.length > 0) {
      halves[1].push({ name, start: start + first.length, documents: second });
    }
    left = Math.max(0, left - documents.length);
  }
  return halves;
}
