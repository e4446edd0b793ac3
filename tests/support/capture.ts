import { captureTables, type Capture, type CaptureOptions } from "~/export/capture";
import { planExport } from "~/export/plan";
import { Spool } from "~/export/spool";
import { captureOptions, MEBIBYTE } from "./export-runs";
import type { MemorySource } from "./memory-source";

/** What a capture yields, and the ids that it spooled. */
export interface Captured {
  capture: Capture;
  ids: Record<string, string[]>;
}

/** Captures a source with its own plan. */
export async function captured(
  source: MemorySource,
  options: Partial<CaptureOptions> = {},
  spool = new Spool(MEBIBYTE),
): Promise<Captured> {
  const plan = await planExport(source);
  const capture = await captureTables(source, plan, spool, captureOptions(options));
  const ids = Object.fromEntries(
    plan.tables.map(({ name }) => {
      const text = `[${Buffer.concat([...spool.read(name)]).toString()}]`;
      return [name, (JSON.parse(text) as { _id: string }[]).map(({ _id }) => _id)];
    }),
  );
  return { capture, ids };
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
export async function failure(
  source: MemorySource,
  options: Partial<CaptureOptions> = {},
): Promise<unknown> {
  return await captured(source, options).then(
    () => undefined,
    (error: unknown) => error,
  );
}
