import { isWide, narrowed } from "../values";

/** What is to be replaced in one text, in order. */
export class Replacements {
  private readonly list: { start: number; end: number; by: string }[] = [];

  get size(): number {
    return this.list.length;
  }

  add(start: number, end: number, by: string): void {
    this.list.push({ start, end, by });
  }

  /** Adds one that may reach back into the last ones, which give way to it. */
  replaceFrom(start: number, end: number, by: string): void {
    for (let last = this.list.at(-1); last !== undefined && last.end > start;) {
      this.list.pop();
      if (last.start < start) this.add(last.start, start, `${last.by} `);
      last = this.list.at(-1);
    }
    this.add(start, end, by);
  }

  apply(text: string): string {
    if (this.list.length === 0) return text;
    let result = "";
    let copied = 0;
    for (const { start, end, by } of this.list) {
      result += text.slice(copied, start) + by;
      copied = end;
    }
    result += text.slice(copied);
    // A name may have had the only wide character of a text.
    return isWide(text) && !isWide(result) ? narrowed(result) : result;
  }
}
