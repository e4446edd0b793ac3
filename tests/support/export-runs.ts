import { captureTables, type CaptureOptions } from "~/export/capture";
import { assembleFile, type ExportFile } from "~/export/document";
import { planExport } from "~/export/plan";
import type { RunEnd, RunRecorder } from "~/export/run";
import type { ExportSource } from "~/export/source";
import { Spool } from "~/export/spool";
import type { ExportFileContent } from "~/export/file-schema";

export const EXPORTED_AT = new Date("2026-01-31T04:05:06.789Z");

export const MEBIBYTE = 1024 * 1024;

export function captureOptions(options: Partial<CaptureOptions> = {}): CaptureOptions {
  return {
    fingerprintKey: "key",
    page: { maximumBytes: MEBIBYTE, maximumDocuments: 1000 },
    concurrency: 16,
    signal: new AbortController().signal,
    ...options,
  };
}

/** Plan, capture and assemble without audit and authorisation. */
export async function makeFile(
  source: ExportSource,
  options: Partial<CaptureOptions> = {},
  tables?: readonly string[],
): Promise<ExportFile> {
  const plan = await planExport(source, tables);
  const spool = new Spool(64 * MEBIBYTE);
  const exportType = tables === undefined ? "full" : "segmented";
  const capture = await captureTables(source, plan, spool, captureOptions(options));
  return await assembleFile(plan, capture, spool, { exportType, exportedAt: EXPORTED_AT });
}

export async function readPieces(file: ExportFile): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of file.content()) pieces.push(piece);
  return pieces;
}

export async function readBytes(file: ExportFile): Promise<Buffer> {
  return Buffer.concat(await readPieces(file));
}

export async function readContent(file: ExportFile): Promise<ExportFileContent> {
  return JSON.parse((await readBytes(file)).toString("utf8")) as ExportFileContent;
}

/** An audit trail in memory. */
export class MemoryRecorder implements RunRecorder {
  readonly started: Parameters<RunRecorder["start"]>[0][] = [];
  readonly finished: RunEnd[] = [];

  constructor(
    private readonly failures: { start?: () => never; finish?: () => never } = {},
    private readonly calls: string[] = [],
  ) {}

  start(run: Parameters<RunRecorder["start"]>[0]): Promise<void> {
    this.calls.push("start");
    return Promise.resolve().then(() => {
      this.failures.start?.();
      this.started.push(run);
    });
  }

  finish(end: RunEnd): Promise<void> {
    this.calls.push("finish");
    return Promise.resolve().then(() => {
      this.failures.finish?.();
      this.finished.push(end);
    });
  }
}
