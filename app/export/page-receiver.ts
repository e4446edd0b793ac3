import { ExportError } from "./errors";
import { LinesCheck, type CheckedLines } from "./lines-check";
import type { PageBounds } from "./page-size";
import type { LinesSink, Page } from "./source";
import type { Spool, SpoolSegment } from "./spool";

/** The lines of one table in a page, which stand in the page's segment from `start` on. */
export interface ReceivedLines {
  name: string;
  lines: CheckedLines;
  start: number;
}

/** A page that is complete, in its segment. */
export interface ReceivedPage {
  page: Page;
  receiver: PageReceiver;
  /** With which it was asked for. */
  bounds: PageBounds;
}

/** Takes one page into a segment of the spool and checks its lines on the way. */
export class PageReceiver {
  private current: SpoolSegment;
  private received: CheckedLines[] = [];

  constructor(
    private readonly spool: Spool,
    private readonly options: { keepLines: boolean },
  ) {
    this.current = spool.segment();
  }

  get segment(): SpoolSegment {
    return this.current;
  }

  /** Begins an attempt: what came in one before it is thrown away, and what still comes is refused. */
  readonly open = (): LinesSink => {
    this.current.discard();
    const segment = this.spool.segment();
    this.current = segment;
    const received: CheckedLines[] = [];
    this.received = received;
    let check = new LinesCheck(this.options);
    return {
      write: (bytes) => {
        check.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
        return segment.write(bytes);
      },
      endTable: () => {
        received.push(check.end());
        check = new LinesCheck(this.options);
      },
    };
  };

  discard(): void {
    this.current.discard();
  }

  /**
   * What was received, by the names of the tables that the page has to hold.
   * @throws ExportError `incomplete` where it is of others, or the page says otherwise than what came.
   */
  match(page: Page, tables: readonly string[]): ReceivedLines[] {
    if (page.tables.length !== tables.length || this.received.length !== tables.length) {
      throw new ExportError("incomplete", "a page held other tables than it was to hold");
    }
    let end = 0;
    const matched = tables.map((name, index): ReceivedLines => {
      const said = page.tables[index];
      const lines = this.received[index];
      if (said?.name !== name || lines === undefined) {
        throw new ExportError("incomplete", `${name}: a page held another table in its place`);
      }
      if (said.records !== lines.records || said.bytes !== lines.bytes) {
        const detail = `${name}: a page said ${said.records}, and held ${lines.records}`;
        throw new ExportError("incomplete", detail);
      }
      const start = end;
      end += lines.bytes;
      return { name, lines, start };
    });
    if (end !== this.current.length) {
      throw new ExportError("incomplete", "a page held lines of no table");
    }
    return matched;
  }
}
