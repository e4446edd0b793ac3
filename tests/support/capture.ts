import type { Capture } from "~/export/capture";
import type { CapturedTable } from "~/export/captured-table";
import { capture, type TestCapture } from "./export-runs";
import type { MemorySource } from "./memory-source";

/** What a capture yields, and the ids that it spooled. */
export interface Captured {
  capture: Capture;
  ids: Record<string, string[]>;
}

/** Captures a source with its own plan, reads the spool and frees it. */
export async function captured(source: MemorySource, options: TestCapture = {}): Promise<Captured> {
  const done = await capture(source, options);
  const ids: Record<string, string[]> = {};
  for (const table of done.capture.tables) {
    const documents = JSON.parse(`[${await linesOf(table)}]`) as { _id: string }[];
    ids[table.name] = documents.map(({ _id }) => _id);
  }
  done.spool.dispose();
  return { capture: done.capture, ids };
}

async function linesOf(table: CapturedTable): Promise<string> {
  const slices: string[] = [];
  for (const { segment, start, end } of table.slices()) {
    const pieces: Buffer[] = [];
    for await (const piece of segment.read(start, end)) pieces.push(piece);
    slices.push(Buffer.concat(pieces).toString());
  }
  return slices.join(",\n");
}

/** The ids that a capture of the source has to hold. */
export function idsOf(source: MemorySource): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(source.tables).map(([table, documents]) => [
      table,
      documents.map(({ _id }) => _id),
    ]),
  );
}

/** What a capture fails with; undefined where it does not. */
export async function failure(source: MemorySource, options: TestCapture = {}): Promise<unknown> {
  return await captured(source, options).then(
    () => undefined,
    (error: unknown) => error,
  );
}
