import { ExportError } from "./errors";
import type { CheckedLines } from "./lines-check";
import type { CreationRange } from "./source";
import type { SpoolSegment } from "./spool";

/** Lines that stand together in a segment. */
export interface Slice {
  segment: SpoolSegment;
  start: number;
  /** Exclusive. */
  end: number;
}

interface Part extends Slice {
  order: number;
  ends: NonNullable<CheckedLines["ends"]>;
}

/** Between two lines. */
export const SEPARATOR = ",\n";

/**
 * What has been captured of one table: the lines of many pages, which came in any order, and the
 * proof that together they are the table.
 */
export class CapturedTable {
  records = 0;
  bytes = 0;
  private readonly parts: Part[] = [];
  /** Ids so far, where a document may come twice: pages of a rolling export are of different moments. */
  private readonly seen: Set<string> | undefined;

  constructor(
    readonly name: string,
    options: { mayRepeat: boolean },
  ) {
    this.seen = options.mayRepeat ? new Set() : undefined;
  }

  /**
   * Adds the lines of one page, which stand in a segment from `start` on.
   * @param order Where the page stands among those that share a creation time with it; as they come
   *   where absent.
   * @throws ExportError `incomplete` where they are not of the range that was asked for.
   */
  add(
    lines: CheckedLines,
    range: CreationRange,
    segment: SpoolSegment,
    start: number,
    order = this.parts.length,
  ): void {
    const { ends } = lines;
    if (ends === null) return;
    const { from, before } = range;
    if (
      (from !== null && ends.first.time < from) ||
      (before !== null && ends.last.time >= before)
    ) {
      throw this.incomplete("a page held documents that it was not asked for");
    }
    for (const { start: a, end: b, records } of this.keep(lines)) {
      this.records += records;
      this.bytes += b - a;
      this.parts.push({ segment, start: start + a, end: start + b, order, ends });
    }
  }

  /**
   * All lines in `_creationTime` order.
   * @throws ExportError `incomplete` where pages overlap.
   */
  slices(): Slice[] {
    // Pages of one creation time follow each other by cursor, so they came in order.
    const parts = [...this.parts].sort(
      (a, b) => a.ends.first.time - b.ends.first.time || a.order - b.order,
    );
    if (this.seen === undefined) this.requireNoOverlap(parts);
    return parts;
  }

  /** The parts of the lines that are not in the table already. */
  private keep(lines: CheckedLines): { start: number; end: number; records: number }[] {
    const { seen } = this;
    if (seen === undefined) return [{ start: 0, end: lines.bytes, records: lines.records }];
    const kept: { start: number; end: number; records: number }[] = [];
    lines.lines.forEach(({ id, start }, index) => {
      if (seen.has(id)) return;
      seen.add(id);
      const next = lines.lines[index + 1];
      const end = next === undefined ? lines.bytes : next.start - SEPARATOR.length;
      const previous = kept.at(-1);
      if (previous !== undefined && previous.end + SEPARATOR.length === start) {
        previous.end = end;
        previous.records += 1;
      } else kept.push({ start, end, records: 1 });
    });
    return kept;
  }

  private requireNoOverlap(parts: readonly Part[]): void {
    let tied = new Set<string>();
    let previous: Part | undefined;
    for (const part of parts) {
      const { first, last } = part.ends;
      if (previous !== undefined) {
        const end = previous.ends.last;
        if (first.time < end.time) throw this.incomplete("documents out of order");
        if (first.time > end.time) tied = new Set();
        else if ([...first.ids].some((id) => tied.has(id))) {
          throw this.incomplete("a document came twice");
        }
      }
      if (last.time > first.time) tied = new Set();
      for (const id of last.ids) tied.add(id);
      previous = part;
    }
  }

  private incomplete(detail: string): ExportError {
    return new ExportError("incomplete", `${this.name}: ${detail}`);
  }
}
