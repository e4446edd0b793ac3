import { setImmediate } from "node:timers/promises";
import { SEPARATOR, type CapturedTable } from "./captured-table";
import { readLineId, type LineId } from "./line-ids";
import { LONGEST_ID } from "./line-start";
import type { CheckedLines } from "./lines-check";
import type { Spool, SpoolSegment } from "./spool";

/**
 * Documents that came twice: pages of a rolling export are of different moments, and a backup that is
 * restored meanwhile gives a document another creation time. The ids of a large database do not fit
 * memory, so they are dealt out by a hash to lists in the spool, which are compared one by one when all is
 * read.
 */

/** Ids per list: some 6 MB in memory while they are compared. */
const IDS_PER_LIST = 100_000;

/** Each takes a block of the spool while it is written, 256 KiB. Past it lists are longer. */
const MOST_LISTS = 64;

/** In front of an id, each of 4 bytes but the last: hash, table, page, start and end of the line, length. */
const HEAD_BYTES = 21;
const [TABLE, PAGE, START, END, LENGTH] = [4, 8, 12, 16, 20];

/** Entries wait here for the spool, which takes pieces faster than single ones. */
const BUFFER_BYTES = 16 * 1024;

/** So many take less than a millisecond to compare. */
const ENTRIES_PER_TURN = 4000;

interface List {
  segment: SpoolSegment;
  entries: number;
  buffer: Buffer;
  view: DataView;
  filled: number;
}

/** All lines of a capture by their ids, to leave those out that came again. */
export class RepeatedLines {
  private readonly lists: (List | undefined)[];
  private readonly found: LineId = { start: 0, idStart: 0, idEnd: 0 };

  /** @param expected Number of documents, about. */
  constructor(
    private readonly spool: Spool,
    private readonly tables: readonly CapturedTable[],
    expected: number,
  ) {
    const lists = Math.ceil(expected / IDS_PER_LIST);
    this.lists = Array.from({ length: Math.min(Math.max(lists, 1), MOST_LISTS) }, () => undefined);
  }

  /**
   * Takes the lines of a page, which its table has under that number.
   * @throws ExportError as a segment's `write`
   */
  add(table: CapturedTable, page: number, { lines, bytes: end }: CheckedLines): void {
    const number = this.tables.indexOf(table);
    const { found } = this;
    const { bytes } = lines;
    for (let at = 0; at < bytes.byteLength; at = found.idEnd) {
      readLineId(bytes, at, found);
      const { start, idStart, idEnd } = found;
      const isLast = idEnd === bytes.byteLength;
      // Where the next line begins, behind the separator.
      const next = isLast ? end + SEPARATOR.length : bytes.readUInt32LE(idEnd);
      const hash = hashOf(number, bytes, idStart, idEnd);
      const list = this.listOf(hash);
      const { view, filled } = list;
      view.setUint32(filled, hash);
      view.setUint32(filled + TABLE, number);
      view.setUint32(filled + PAGE, page);
      view.setUint32(filled + START, start);
      view.setUint32(filled + END, next - SEPARATOR.length);
      view.setUint8(filled + LENGTH, idEnd - idStart);
      let to = filled + HEAD_BYTES;
      for (let from = idStart; from < idEnd; from++) list.buffer[to++] = bytes[from] ?? 0;
      list.filled = to;
      list.entries += 1;
    }
  }

  /**
   * Leaves out of their tables what came before in the same table, as it was added. To be called once,
   * behind the last `add`.
   * @throws whatever the spool throws, and the reason of the signal
   */
  async leaveOut(signal: AbortSignal): Promise<void> {
    const lists = this.lists.filter((list) => list !== undefined);
    if (lists.length === 0) return;
    lists.forEach(flush);
    // The same memory for each of them: what is dropped would not be free at once.
    const entries = Buffer.allocUnsafeSlow(Math.max(...lists.map(({ segment }) => segment.length)));
    const most = Math.max(...lists.map((list) => list.entries));
    // Where the first entry of an id stands, plus 1: a table with open addressing, half full at most.
    const slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * most)));
    for (const { segment } of lists) {
      await segment.end();
      let filled = 0;
      for await (const piece of segment.read()) filled += piece.copy(entries, filled);
      segment.discard({ isUnused: true });
      slots.fill(0);
      await this.leaveOutOf(entries.subarray(0, filled), slots, signal);
    }
  }

  private async leaveOutOf(
    entries: Buffer,
    slots: Uint32Array,
    signal: AbortSignal,
  ): Promise<void> {
    const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
    const mask = slots.length - 1;
    let sinceTurn = 0;
    for (let at = 0; at < view.byteLength; at += HEAD_BYTES + view.getUint8(at + LENGTH)) {
      // Mixed, for all hashes of a list may have something in common.
      let slot = Math.imul(view.getUint32(at), 0x9e3779b1) >>> Math.clz32(mask);
      let other = slots[slot] ?? 0;
      while (other !== 0 && !isSameDocument(view, other - 1, at)) {
        slot = (slot + 1) & mask;
        other = slots[slot] ?? 0;
      }
      if (other === 0) slots[slot] = at + 1;
      else this.leaveLineOut(view, at);
      sinceTurn += 1;
      if (sinceTurn < ENTRIES_PER_TURN) continue;
      await setImmediate();
      signal.throwIfAborted();
      sinceTurn = 0;
    }
  }

  private leaveLineOut(view: DataView, at: number): void {
    const [start, end] = [view.getUint32(at + START), view.getUint32(at + END)];
    this.tables[view.getUint32(at + TABLE)]?.leaveOut(view.getUint32(at + PAGE), { start, end });
  }

  /** The list of a hash, with room for an entry. */
  private listOf(hash: number): List {
    const index = hash % this.lists.length;
    const list = (this.lists[index] ??= openList(this.spool));
    if (list.filled + HEAD_BYTES + LONGEST_ID > BUFFER_BYTES) flush(list);
    return list;
  }
}

function openList(spool: Spool): List {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const view = new DataView(buffer.buffer);
  return { segment: spool.segment(), entries: 0, buffer, view, filled: 0 };
}

function flush(list: List): void {
  // Lines are far more bytes, and who writes them waits for the disk. Where it fails, the spool has failed
  // as a whole: the next write throws, and so does `end`.
  void list.segment.write(list.buffer.subarray(0, list.filled))?.catch(() => undefined);
  list.filled = 0;
}

function isSameDocument(view: DataView, one: number, other: number): boolean {
  if (view.getUint32(one) !== view.getUint32(other)) return false;
  if (view.getUint32(one + TABLE) !== view.getUint32(other + TABLE)) return false;
  const length = view.getUint8(one + LENGTH);
  if (length !== view.getUint8(other + LENGTH)) return false;
  for (let i = HEAD_BYTES; i < HEAD_BYTES + length; i++) {
    if (view.getUint8(one + i) !== view.getUint8(other + i)) return false;
  }
  return true;
}

/** FNV-1a of 32 bits. */
function hashOf(table: number, bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ table;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash >>> 0;
}
