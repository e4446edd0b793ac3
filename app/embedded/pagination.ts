import type { CursorCodec, CursorPosition } from "./cursors";
import { documentSizeBytes, partitionPoint, type StoredDocument } from "./documents";
import {
  ARRAY_MAX_LENGTH,
  softLimit,
  TRANSACTION_READ_MAX_BYTES,
  TRANSACTION_READ_MAX_DOCUMENTS,
} from "./limits";
import {
  compareToKey,
  indexKey,
  passesFilters,
  type IndexKey,
  type IndexScan,
  type QueryJSON,
} from "./query-engine";

/** Arguments of the `queryPage` system call. */
export interface PageRequest {
  query: QueryJSON;
  cursor: string | null;
  endCursor?: string | null;
  pageSize: number;
  maximumRowsRead?: number | null;
  maximumBytesRead?: number | null;
}

export interface Page {
  page: StoredDocument[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: "SplitRequired" | "SplitRecommended" | null;
}

/** Charges the transaction for a document read, before it is given out. */
export interface ReadMeter {
  /** Returns the error if the document is over the transaction's limits, else null. */
  charge(sizeBytes: number): Error | null;
}

/** Refuses page sizes and limits that the backend refuses. */
export function checkPageRequest(request: PageRequest): void {
  if (request.pageSize === 0) {
    throw new Error("Must request at least 1 document while paginating");
  }
  if (request.pageSize > TRANSACTION_READ_MAX_DOCUMENTS) {
    throw new Error(`Requested too many items: ${request.pageSize}`);
  }
  if (!Number.isInteger(request.pageSize)) {
    throw new Error(`Invalid argument \`numItems\`: ${request.pageSize} is not an integer`);
  }
  if (request.maximumRowsRead === 0 || request.maximumBytesRead === 0) {
    throw new Error("maximumRowsRead and maximumBytesRead must be greater than 0");
  }
}

/**
 * Reads a page as the backend does (crates/database/src/query/index_range.rs and
 * crates/isolate/src/environment/udf/async_syscall.rs): a limit ends the page with SplitRequired
 * and an exact cursor; a page filled exactly at the end is not done; an `endCursor` lifts the
 * page's own limits.
 */
export function readPage(
  request: PageRequest,
  scan: IndexScan,
  cursors: CursorCodec,
  meter: ReadMeter,
): Page {
  const { query, pageSize, maximumRowsRead, maximumBytesRead } = request;
  if (scan.limit !== null) {
    throw new Error("The embedded Convex does not support paginate after a limit");
  }
  const startPosition = request.cursor === null ? null : cursors.decode(query, request.cursor);
  const endPosition =
    request.endCursor === null || request.endCursor === undefined
      ? null
      : cursors.decode(query, request.endCursor);
  const rowsMax = endPosition === null ? (maximumRowsRead ?? Infinity) : Infinity;
  const bytesMax = endPosition === null ? (maximumBytesRead ?? Infinity) : Infinity;

  const documents = window(scan, startPosition, endPosition);
  const page: StoredDocument[] = [];
  const read: StoredDocument[] = [];
  let readBytes = 0;
  let position: CursorPosition | null = startPosition;
  let pageStatus: Page["pageStatus"] = null;
  while (endPosition !== null || page.length < pageSize) {
    if (readBytes >= bytesMax || read.length >= rowsMax) {
      pageStatus = "SplitRequired";
      break;
    }
    const document = documents.at(read.length);
    if (document === undefined) {
      position = "end";
      break;
    }
    const sizeBytes = documentSizeBytes(document);
    const overLimit = meter.charge(sizeBytes);
    if (overLimit !== null) {
      // Without progress the page could never be split; the caller's transaction is used up.
      if (position === null) {
        throw overLimit;
      }
      pageStatus = "SplitRequired";
      break;
    }
    read.push(document);
    readBytes += sizeBytes;
    position = { after: indexKey(scan, document) };
    if (passesFilters(scan, document)) {
      page.push(document);
    }
  }
  const isLarge =
    read.length > softLimit(Math.min(rowsMax, TRANSACTION_READ_MAX_DOCUMENTS)) ||
    readBytes > softLimit(Math.min(bytesMax, TRANSACTION_READ_MAX_BYTES)) ||
    page.length > softLimit(ARRAY_MAX_LENGTH);
  const last = endPosition ?? position ?? "end";
  const middle = read.length > 2 ? read[Math.floor(read.length / 2)] : undefined;
  return {
    page,
    isDone: last === "end",
    continueCursor: cursors.encode(query, last),
    splitCursor:
      middle === undefined ? null : cursors.encode(query, { after: indexKey(scan, middle) }),
    pageStatus: pageStatus ?? (isLarge ? "SplitRecommended" : null),
  };
}

/** The documents between two positions, in reading order, without copying the table. */
function window(
  scan: IndexScan,
  after: CursorPosition | null,
  upTo: CursorPosition | null,
): { at(offset: number): StoredDocument | undefined } {
  const { documents, order } = scan;
  const boundary = (key: IndexKey, pastEqual: boolean): number =>
    partitionPoint(documents, (document) => {
      const comparison = compareToKey(document, scan.keyFields, key);
      return pastEqual ? comparison > 0 : comparison >= 0;
    });
  const isAscending = order === "asc";
  let start = scan.start;
  let end = scan.end;
  if (after === "end") {
    end = start;
  } else if (after !== null) {
    if (isAscending) {
      start = Math.max(start, boundary(after.after, true));
    } else {
      end = Math.min(end, boundary(after.after, false));
    }
  }
  if (upTo !== null && upTo !== "end") {
    if (isAscending) {
      end = Math.min(end, boundary(upTo.after, true));
    } else {
      start = Math.max(start, boundary(upTo.after, false));
    }
  }
  return {
    at: (offset) => {
      const index = isAscending ? start + offset : end - 1 - offset;
      return index >= start && index < end ? documents[index] : undefined;
    },
  };
}
