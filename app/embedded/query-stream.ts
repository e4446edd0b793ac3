import { documentSizeBytes, type StoredDocument } from "./documents";
import type { ReadMeter } from "./pagination";
import { passesFilters, type IndexScan } from "./query-engine";

/** Gives out the results of a query one by one, as they are asked for. */
export class QueryStream {
  readonly #scan: IndexScan;
  #offset = 0;
  #returned = 0;

  constructor(scan: IndexScan) {
    this.#scan = scan;
  }

  /** The next result, or null. Every document looked at is charged, also if it is filtered out. */
  next(meter: ReadMeter): StoredDocument | null {
    const { documents, start, end, order, limit } = this.#scan;
    while (this.#returned < (limit ?? Infinity) && start + this.#offset < end) {
      const index = order === "asc" ? start + this.#offset : end - 1 - this.#offset;
      const document = documents[index];
      if (document === undefined) {
        return null;
      }
      const overLimit = meter.charge(documentSizeBytes(document));
      if (overLimit !== null) {
        throw overLimit;
      }
      this.#offset += 1;
      if (passesFilters(this.#scan, document)) {
        this.#returned += 1;
        return document;
      }
    }
    return null;
  }
}
