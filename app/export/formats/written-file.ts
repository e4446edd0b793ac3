import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { CapturedTable, Slice } from "../captured-table";
import { contentOf } from "../file-content";
import type { ExportFile } from "../document";
import type { Spool } from "../spool";

/** A table whose order and completeness are proven. */
export interface TableSlices {
  name: string;
  records: number;
  slices: Slice[];
}

/** @throws ExportError `incomplete` where the pages of a table do not add up to it */
export function sliceTables(tables: readonly CapturedTable[]): TableSlices[] {
  return tables.map((table) => ({
    name: table.name,
    records: table.records,
    slices: table.slices(),
  }));
}

/** So many bytes are written before other requests get their turn. */
const BUSY_BYTES = 1024 * 1024;

/**
 * Writes what a format makes of the captured lines into the same spool, and frees the lines. Memory
 * is that of the spool; the disk of the spool holds both for the time of writing.
 */
export async function writeFile(
  pieces: AsyncIterable<Buffer>,
  tables: readonly TableSlices[],
  spool: Spool,
  signal: AbortSignal,
): Promise<Pick<ExportFile, "bytes" | "digest" | "content" | "dispose">> {
  const segment = spool.segment();
  const hash = createHash("sha256");
  let sinceTurn = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    hash.update(piece);
    await segment.write(piece);
    sinceTurn += piece.byteLength;
    if (sinceTurn < BUSY_BYTES) continue;
    await setImmediate();
    sinceTurn = 0;
  }
  await segment.end();
  const captured = new Set(tables.flatMap(({ slices }) => slices.map((slice) => slice.segment)));
  for (const done of captured) done.discard({ isUnused: true });
  const content = contentOf([{ segment, start: 0, end: segment.length }], spool);
  return { ...content, digest: hash.digest() };
}
