import { ExportError } from "./errors";

/** How a line begins: with what its place in the table is judged by. */
const LINE_START = /\{"_id":"([^"\\]+)","_creationTime":(-?[\d.e+-]+)/y;

/** What separates two lines. A newline inside a value is escaped, so no line holds one. */
const SEPARATOR = ",\n";

/**
 * Follows the lines of one table from page to page, and refuses what a complete table cannot
 * hold: a page that is not as long as it says, a document out of creation order, or one twice.
 */
export class SequenceCheck {
  /** Documents so far. */
  count = 0;
  private lastCreationTime = -Infinity;
  /** Ids at `lastCreationTime`: documents may share a creation time, e.g. after an import. */
  private readonly tied = new Set<string>();

  constructor(private readonly table: string) {}

  /** @throws ExportError `incomplete` */
  add(records: number, lines: string): void {
    let found = 0;
    for (let start = 0; start < lines.length; found += 1) {
      LINE_START.lastIndex = start;
      const [, id, creationTime] = LINE_START.exec(lines) ?? [];
      if (creationTime === undefined || id === undefined) {
        throw this.incomplete("a line does not begin as a document");
      }
      this.follow(Number(creationTime), id);
      const end = lines.indexOf(SEPARATOR, start);
      start = end === -1 ? lines.length : end + SEPARATOR.length;
      if (end !== -1 && start === lines.length) throw this.incomplete("the last line is missing");
    }
    if (found !== records) throw this.incomplete(`a page said ${records}, and held ${found}`);
    this.count += found;
  }

  private follow(creationTime: number, id: string): void {
    if (creationTime < this.lastCreationTime) throw this.incomplete("documents out of order");
    if (creationTime > this.lastCreationTime) this.tied.clear();
    else if (this.tied.has(id)) throw this.incomplete("a document came twice");
    this.tied.add(id);
    this.lastCreationTime = creationTime;
  }

  private incomplete(detail: string): ExportError {
    return new ExportError("incomplete", `${this.table}: ${detail}`);
  }
}
