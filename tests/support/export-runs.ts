import { tmpdir } from "node:os";
import { ExportCapacity, type CapacityOptions } from "~/export/capacity";
import { captureTables, type Capture, type CaptureProgress } from "~/export/capture";
import { assembleFile, type ByteRange, type ExportFile } from "~/export/document";
import type { ExportFileContent, FiltersApplied } from "~/export/file-schema";
import type { DownloadFormat } from "~/export/formats/format";
import { PageSize, type PageBounds } from "~/export/page-size";
import { planExport, withTables, type ExportPlan, type TablePlan } from "~/export/plan";
import type { RunEnd, RunProgress, RunRecorder, RunStart } from "~/export/run";
import { SnapshotClock } from "~/export/snapshot-clock";
import type { Consistency, ExportSource } from "~/export/source";
import type { Spool } from "~/export/spool";

export const EXPORTED_AT = new Date("2026-01-31T04:05:06.789Z");

export const MEBIBYTE = 1024 * 1024;

/** What a process may do, with room for every test that is not about bounds. */
export function makeCapacity(
  options: Partial<Pick<CapacityOptions, "queries" | "captures">> & {
    memoryBytes?: number;
    diskBytes?: number;
    directory?: string;
  } = {},
): ExportCapacity {
  const { queries = 16, captures = 16, memoryBytes = 64 * MEBIBYTE } = options;
  const { diskBytes = 256 * MEBIBYTE, directory = tmpdir() } = options;
  return new ExportCapacity({ queries, captures, spool: { memoryBytes, diskBytes, directory } });
}

/** How a test captures; each has a default. */
export interface TestCapture {
  fingerprintKey?: string;
  page?: PageBounds;
  pageSize?: PageSize;
  consistency?: Consistency;
  /** Made with `queries` where absent. */
  capacity?: ExportCapacity;
  queries?: number;
  signal?: AbortSignal;
  onProgress?: (progress: CaptureProgress) => void;
  onOnlyAnswer?: () => void;
  /** Only these tables. */
  tables?: readonly string[];
  /** What the file says that it was narrowed to; `tables` where absent. */
  filtersApplied?: FiltersApplied;
  /** `json` where absent. */
  format?: DownloadFormat;
}

export interface PlannedCapture {
  plan: ExportPlan;
  capture: Capture;
  spool: Spool;
  clock: SnapshotClock;
  capacity: ExportCapacity;
}

/** Plans and captures, without audit and authorisation. Frees the spool where that fails. */
export async function capture(
  source: ExportSource,
  options: TestCapture = {},
): Promise<PlannedCapture> {
  const { queries, consistency = "snapshot", signal = new AbortController().signal } = options;
  const capacity = options.capacity ?? makeCapacity(queries === undefined ? {} : { queries });
  const query = capacity.lane();
  const full = await planExport(capacity.bound(source, query));
  const isAsked = ({ name }: TablePlan) => options.tables?.includes(name) !== false;
  const plan = withTables(full, full.tables.filter(isAsked));
  const clock = new SnapshotClock(consistency, plan.timestamp, () => source.pinTimestamp());
  const page = options.page ?? { maximumBytes: MEBIBYTE, maximumDocuments: 1000 };
  const spool = capacity.spools.open();
  try {
    const captured = await captureTables(source, plan, spool, {
      fingerprintKey: options.fingerprintKey ?? "key",
      pageSize: options.pageSize ?? new PageSize(page),
      clock,
      capacity,
      query,
      signal,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.onOnlyAnswer === undefined ? {} : { onOnlyAnswer: options.onOnlyAnswer }),
    });
    return { plan, capture: captured, spool, clock, capacity };
  } catch (error) {
    spool.dispose();
    throw error;
  }
}

/** Plan, capture and assemble without audit and authorisation. */
export async function makeFile(
  source: ExportSource,
  options: TestCapture = {},
): Promise<ExportFile> {
  const { plan, capture: captured, spool, clock } = await capture(source, options);
  const { tables } = options;
  const filtersApplied =
    options.filtersApplied ?? (tables === undefined ? undefined : { tables: [...tables] });
  return await assembleFile(plan, captured, spool, {
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(filtersApplied === undefined ? {} : { filtersApplied }),
    exportedAt: EXPORTED_AT,
    consistency: clock.consistency,
    latest: await clock.latest,
    signal: options.signal ?? new AbortController().signal,
  });
}

export async function readPieces(file: ExportFile, range?: ByteRange): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of file.content(range)) pieces.push(piece);
  return pieces;
}

export async function readBytes(file: ExportFile, range?: ByteRange): Promise<Buffer> {
  return Buffer.concat(await readPieces(file, range));
}

export async function readContent(file: ExportFile): Promise<ExportFileContent> {
  return JSON.parse((await readBytes(file)).toString("utf8")) as ExportFileContent;
}

interface RecorderHooks {
  /** Called before a row is written; what they throw or reject with is how it fails. */
  start?: () => Promise<void> | void;
  progress?: () => Promise<void> | void;
  finish?: () => Promise<void> | void;
}

/** An audit trail in memory. */
export class MemoryRecorder implements RunRecorder {
  readonly started: RunStart[] = [];
  readonly reported: RunProgress[] = [];
  readonly finished: RunEnd[] = [];
  /** Whether it was asked to write the end. */
  isFinishing = false;

  constructor(
    private readonly hooks: RecorderHooks = {},
    private readonly calls: string[] = [],
  ) {}

  async start(run: RunStart): Promise<void> {
    this.calls.push("start");
    await this.hooks.start?.();
    this.started.push(run);
  }

  async progress(progress: RunProgress): Promise<void> {
    this.calls.push("progress");
    await this.hooks.progress?.();
    this.reported.push(progress);
  }

  async finish(end: RunEnd): Promise<void> {
    this.calls.push("finish");
    this.isFinishing = true;
    await this.hooks.finish?.();
    this.finished.push(end);
  }
}
