import type { ByteRange } from "./document";

/** Which bytes of a file have been handed over, in however many parts and whatever order. */
export class Coverage {
  /** Neither overlapping nor touching. */
  private ranges: ByteRange[] = [];

  add(range: ByteRange): void {
    if (range.start >= range.end) return;
    const isApart = ({ start, end }: ByteRange) => end < range.start || start > range.end;
    const joined = [range, ...this.ranges.filter((known) => !isApart(known))];
    this.ranges = this.ranges.filter(isApart);
    this.ranges.push({
      start: Math.min(...joined.map(({ start }) => start)),
      end: Math.max(...joined.map(({ end }) => end)),
    });
  }

  /** How many bytes are there. */
  get bytes(): number {
    return this.ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** Whether every byte up to this length is there. */
  isWhole(bytes: number): boolean {
    return this.ranges.some(({ start, end }) => start === 0 && end >= bytes);
  }
}
