import { ExportError } from "./errors";
import type { CheckedLines } from "./lines-check";
import { sum } from "./plan";
import type { CreationRange } from "./source";
import type { SpoolSegment } from "./spool";

/** Lines that stand together in a segment. */
export interface Slice {
  segment: SpoolSegment;
  start: number;
  /** Exclusive. */
  end: number;
}

interface Part {
  segment: SpoolSegment;
  /** Where its lines are in the segment: in one piece, unless some were left out. */
  spans: Pick<Slice, "start" | "end">[];
  /** Where its page begins in the segment. */
  start: number;
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

  /** @param options.mayRepeat Pages may be of different moments, and hold a document twice. */
  constructor(
    readonly name: string,
    private readonly options: { mayRepeat: boolean },
  ) {}

  /**
   * Adds the lines of one page, which stand in a segment from `start` on.
   * @param order Where the page stands among those that share a creation time with it; as they come
   *   where absent.
   * @returns the page's number in this table, to leave lines of it out by; undefined for an empty one.
   * @throws ExportError `incomplete` where they are not of the range that was asked for.
   */
  add(
    lines: CheckedLines,
    range: CreationRange,
    segment: SpoolSegment,
    start: number,
    order = this.parts.length,
  ): number | undefined {
    const { ends, records, bytes } = lines;
    if (ends === null) return undefined;
    const { from, before } = range;
    if (
      (from !== null && ends.first.time < from) ||
      (before !== null && ends.last.time >= before)
    ) {
      throw this.incomplete("a page held documents that it was not asked for");
    }
    this.records += records;
    this.bytes += bytes;
    const spans = [{ start, end: start + bytes }];
    return this.parts.push({ segment, spans, start, order, ends }) - 1;
  }

  /** Leaves a line out. Its place is that in the lines of a page. */
  leaveOut(page: number, line: { start: number; end: number }): void {
    const part = this.parts[page];
    const [start, end] = [(part?.start ?? 0) + line.start, (part?.start ?? 0) + line.end];
    const index = lastFrom(part?.spans ?? [], start);
    const span = part?.spans[index];
    if (part === undefined || span === undefined || end > span.end) {
      throw this.incomplete("no such line");
    }
    const rest = [
      { start: span.start, end: start - SEPARATOR.length },
      { start: end + SEPARATOR.length, end: span.end },
    ].filter((left) => left.start < left.end);
    part.spans.splice(index, 1, ...rest);
    this.records -= 1;
    this.bytes += sum(rest.map(lengthOf)) - lengthOf(span);
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
    if (!this.options.mayRepeat) this.requireNoOverlap(parts);
    return parts.flatMap(({ segment, spans }) => spans.map((span) => ({ segment, ...span })));
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

/**
 * Of spans in order, the last that begins at a place or in front of it; -1 where there is none. By halves,
 * for where a backup is restored meanwhile, every other line of a page may be left out.
 */
function lastFrom(spans: readonly { start: number }[], place: number): number {
  let [low, high] = [-1, spans.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((spans[middle]?.start ?? Infinity) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

function lengthOf({ start, end }: { start: number; end: number }): number {
  return end - start;
}
