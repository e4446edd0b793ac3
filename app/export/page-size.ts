/** How much one page may read. */
export interface PageBounds {
  maximumBytes: number;
  maximumDocuments: number;
}

/** A page is not made smaller than this: a single document may have 1 MiB and is read in any case. */
const SMALLEST_PAGE_BYTES = 64 * 1024;

/** Pages that must fit in a row before the next ones are larger. */
const PAGES_BEFORE_GROWTH = 4;
const GROWTH = 1.25;

/** After so many growths a size that once failed is tried again: documents differ within a table. */
const GROWTHS_BEFORE_RETRIAL = 8;

/**
 * The size of the pages of one export: halved when a function's limits do not allow it, and grown
 * again while pages fit. A restarted capture goes on with what was learnt.
 */
export class PageSize {
  private factor = 1;
  private smallestFailed = Infinity;
  private fitting = 0;
  private growths = 0;

  constructor(private readonly maximum: PageBounds) {}

  get bounds(): PageBounds {
    return {
      maximumBytes: Math.ceil(this.maximum.maximumBytes * this.factor),
      maximumDocuments: Math.ceil(this.maximum.maximumDocuments * this.factor),
    };
  }

  /** A page of these bounds fitted. */
  fitted({ maximumBytes }: PageBounds): void {
    if (maximumBytes < this.bounds.maximumBytes || this.factor === 1) return;
    this.fitting += 1;
    if (this.fitting < PAGES_BEFORE_GROWTH) return;
    this.fitting = 0;
    this.growths += 1;
    if (this.growths % GROWTHS_BEFORE_RETRIAL === 0) this.smallestFailed = Infinity;
    const grown = Math.min(1, this.factor * GROWTH);
    if (grown < this.smallestFailed) this.factor = grown;
  }

  /** A page of these bounds was too large. @returns whether a smaller one may be tried. */
  failed({ maximumBytes }: PageBounds): boolean {
    if (maximumBytes <= SMALLEST_PAGE_BYTES) return false;
    const factor = maximumBytes / this.maximum.maximumBytes;
    this.smallestFailed = Math.min(this.smallestFailed, factor);
    this.fitting = 0;
    // Several pages were under way with the same size: they halve it once.
    this.factor = Math.min(this.factor, factor / 2);
    return true;
  }
}
