import { randomUUID } from "node:crypto";
import { EXPORT_TABLES, createConvexSource } from "../convex/export-source";
import { createRunRecorder } from "../convex/runs";
import { ExportCapacity } from "../export/capacity";
import { ExportError } from "../export/errors";
import { parseExportQuery, type ExportRequest } from "../export/filters";
import { isFolderFormat, listFormats } from "../export/formats/format";
import { prepareExport } from "../export/run";
import { SEGMENT_FILTERS, type SegmentFilter } from "../export/segment-filter";
import { SpoolSpace } from "../export/spool";
import { connect, type ConnectionOptions } from "./connection";
import { isForWantOfRoom, UsageError } from "./failure";
import { readKeyFile } from "./key-file";
import { EXPORT_FORMATS } from "./options";
import { parseTarget, writeToFile, writeToFolder, writeToStdout, type Target } from "./output";
import { createEventReporter, createTextReporter, type Reporter } from "./progress";

const MEBIBYTE = 1024 * 1024;

/**
 * The portal's defaults, see `app/env.server.ts`, but half of its memory, as there is one export; the
 * disk is whatever the machine has.
 */
const PAGE = { maximumBytes: 8 * MEBIBYTE, maximumDocuments: 24_000 };
const MEMORY_BYTES = 32 * MEBIBYTE;
const DISK_BYTES = Number.MAX_SAFE_INTEGER;

type SegmentOptions = { [Filter in keyof SegmentFilter]?: string | undefined };

export interface ExportOptions extends ConnectionOptions, SegmentOptions {
  out?: string | undefined;
  overwrite: boolean;
  format: string;
  privacy: string;
  consistency: string;
  reason?: string | undefined;
  keyFile?: string | undefined;
  concurrency: number;
  /** Seconds. */
  timeout: number;
  spoolDirectory: string;
  json: boolean;
}

/**
 * `export`: the same engine as the portal's, the same audit row, and a file that is complete or does
 * not exist.
 * @param signal Aborted by Ctrl-C.
 */
export async function exportDatabase(options: ExportOptions, signal: AbortSignal): Promise<void> {
  const request = readRequest(options);
  const target = parseTarget(options.out, options.overwrite, isFolderFormat(request.format));
  const { client, actor } = connect(options);
  const fingerprintKey = options.keyFile === undefined ? undefined : readKeyFile(options.keyFile);
  const reporter = createReporter(options.json, target);
  const startedAt = performance.now();
  await SpoolSpace.removeStale(options.spoolDirectory);
  try {
    const prepared = await prepareExport({
      source: createConvexSource(client, actor),
      recorder: createRunRecorder(client, actor, { runKey: randomUUID() }),
      request,
      capacity: new ExportCapacity({
        queries: options.concurrency,
        captures: 1,
        spool: {
          memoryBytes: MEMORY_BYTES,
          diskBytes: DISK_BYTES,
          directory: options.spoolDirectory,
        },
      }),
      page: PAGE,
      captureMs: options.timeout * 1000,
      signal,
      onProgress: (progress) => reporter.reading(progress),
      ...(fingerprintKey === undefined ? {} : { fingerprintKey }),
    });
    const { file } = prepared;
    let where = "-";
    try {
      if (target.kind === "stdout") await writeToStdout(file, signal);
      else if (isFolderFormat(file.format)) {
        where = await writeToFolder(file, file.format, target, signal);
      } else where = await writeToFile(file, target, signal);
    } catch (error) {
      const failure = toExportError(error, signal);
      const code = failure instanceof ExportError ? failure.code : "internal";
      const settled =
        code === "cancelled" ? prepared.settle("cancelled") : prepared.settle("failed", code);
      // Why there is no file is what must be told, not that it could not be put on record.
      await settled.catch(() => undefined);
      throw failure;
    }
    reporter.done(file, where, performance.now() - startedAt);
    // The file is what was asked for, and it is there: to take it away would help nobody.
    await prepared.settle("completed").catch(() => reporter.unrecorded());
  } finally {
    reporter.end();
    await client.close();
  }
}

/** The filters are those of the portal's address, and are read by the same code. */
function readRequest(options: ExportOptions): ExportRequest {
  const { format, privacy, consistency, reason } = options;
  if (!EXPORT_FORMATS.some((each) => each === format)) {
    throw new UsageError(`--format must be ${listFormats(EXPORT_FORMATS)}.`);
  }
  // A folder is made here, of JSON; the portal has no such format.
  const isFolder = isFolderFormat(format);
  const carrier = isFolder ? "json" : format;
  const query = new URLSearchParams({ format: carrier, privacy, consistency });
  for (const filter of SEGMENT_FILTERS) {
    const value = options[filter];
    // The parser makes a list of an option that is given twice, and so do the filters of commas.
    if (value !== undefined) query.set(filter, String(value));
  }
  if (reason !== undefined) query.set("reason", reason);
  const request = parseExportQuery(query, EXPORT_TABLES);
  return isFolder ? { ...request, format } : request;
}

function createReporter(isJson: boolean, target: Target): Reporter {
  // Where the file itself is on standard output, all else is told beside it.
  const beside = process.stderr;
  if (!isJson) return createTextReporter(beside);
  return createEventReporter(target.kind === "stdout" ? beside : process.stdout);
}

function toExportError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return new ExportError("cancelled", "ended by a signal", { cause: error });
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === "EPIPE") {
    return new ExportError("cancelled", "nobody reads standard output", { cause: error });
  }
  if (isForWantOfRoom(error)) {
    return new ExportError("disk_full", `the file: ${String(code)}`, { cause: error });
  }
  return error;
}
