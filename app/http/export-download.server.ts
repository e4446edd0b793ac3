import { randomUUID } from "node:crypto";
import type { ByteRange, ExportFile } from "../export/document";
import { ExportError } from "../export/errors";
import type { ExportRequest } from "../export/filters";
import { exportFileName, isCompressible, mediaTypeOf } from "../export/formats/format";
import type { HeldExport, HeldExports } from "../export/held-exports";
import type { LiveRun, LiveRuns } from "../export/live-runs";
import type { PreparedExport } from "../export/run";
import { gzipAdaptively } from "./adaptive-gzip";
import { selectRange } from "./byte-range";
import { prefersGzip } from "./content-coding";
import { describeCause } from "./export-problem.server";
import type { RequestContext } from "./load-context";
import { problemResponse } from "./problem.server";
import { streamFrom } from "./stream";

export interface DownloadOptions {
  heldExports: HeldExports;
  liveRuns: LiveRuns;
  /** Names the session: an export is resumed by the one that made it. */
  owner: string;
  asked: ExportRequest;
  /** Makes a new export under a run key. */
  prepare: (runKey: string, run: LiveRun) => Promise<PreparedExport>;
  /** Whether somebody asked to cancel a run, wherever they did. */
  isCancelAsked: (runKey: string) => Promise<boolean>;
}

/**
 * Answers GET and HEAD of the download. GET sends an export of this session that is still held,
 * where the request names it by `run` or by `If-Range`, waits for the one that is being made under
 * that `run`, and makes a new one otherwise. A part of a file is only sent where it can be appended
 * to what the client has. HEAD makes no export.
 * @throws ExportError, or a Response where no byte of the range exists
 */
export async function answerDownload(
  request: Request,
  context: RequestContext,
  { heldExports, liveRuns, owner, asked, prepare, isCancelAsked }: DownloadOptions,
): Promise<Response> {
  const key = { owner, selection: JSON.stringify({ ...asked, run: undefined }) };
  const named = asked.run === undefined ? { digest: partialFile(request) } : { runKey: asked.run };
  const held = heldExports.find({ ...key, ...named });
  if (held !== undefined) return sendHeld(held, request, context);
  if (request.method === "HEAD") {
    const name = exportFileName(new Date(), asked.format);
    return new Response(null, { headers: describeDownload({ name, format: asked.format }) });
  }
  if (context.stopping.aborted) throw new ExportError("stopping", "asked for while stopping");
  const runKey = asked.run ?? randomUUID();
  liveRuns.stopOn(context.stopping);
  const fresh = await liveRuns.obtain({
    key: { ...key, runKey },
    client: context.signal,
    mayReturn: asked.run !== undefined && isFrame(request),
    make: (run) => prepare(runKey, run),
    isCancelAsked: () => isCancelAsked(runKey),
    onSettleError: (error) => {
      context.log.error({ cause: describeCause(error) }, "the end of an export was not recorded");
    },
  });
  return sendWhole(fresh, request, context);
}

/** The export page downloads through a frame: a reload breaks that off, and comes back for it. */
function isFrame({ headers }: Request): boolean {
  return headers.get("Sec-Fetch-Dest") === "iframe";
}

/** The digest of the file of which the client wants the rest, where it says that. */
function partialFile({ headers }: Request): string | undefined {
  return headers.has("Range") ? /^"(.+)"$/.exec(headers.get("If-Range") ?? "")?.[1] : undefined;
}

function sendHeld(held: HeldExport, request: Request, context: RequestContext): Response {
  const ifRange = request.headers.get("If-Range");
  // A weak validator, a date and that of another coding do not match (RFC 9110, 13.1.5).
  const isSameFile = ifRange === null || ifRange === entityTag(held);
  // Only GET has ranges (RFC 9110, 14.2).
  const header = request.method === "GET" && isSameFile ? request.headers.get("Range") : null;
  const selection = selectRange(header, held.file.bytes);
  switch (selection.kind) {
    case "whole":
      return sendWhole(held, request, context);
    case "part":
      return sendPart(held, selection.range, context);
    case "unsatisfiable":
      throw problemResponse(
        {
          status: 416,
          title: "Range not satisfiable",
          detail: `The file has ${held.file.bytes} bytes.`,
          requestId: context.requestId,
        },
        { "Content-Range": `bytes */${held.file.bytes}` },
      );
  }
}

function sendPart(held: HeldExport, range: ByteRange, { sent }: RequestContext): Response {
  const { file } = held;
  const lease = held.open(range);
  void sent.then((isComplete) => lease.end(isComplete));
  return new Response(streamFrom(lease.content()), {
    status: 206,
    headers: {
      ...describeFile(held),
      "Content-Range": `bytes ${range.start}-${range.end - 1}/${file.bytes}`,
      "Content-Length": String(range.end - range.start),
    },
  });
}

function sendWhole(held: HeldExport, request: Request, { sent }: RequestContext): Response {
  const isGzip = isCompressible(held.file.format) && prefersGzip(request);
  const headers = isGzip
    ? describeGzip(held)
    : { ...describeFile(held), "Content-Length": String(held.file.bytes) };
  if (request.method === "HEAD") return new Response(null, { headers });
  const lease = held.open(undefined, !isGzip);
  void sent.then((isComplete) => lease.end(isComplete));
  const content = isGzip ? gzipAdaptively(lease.content()) : lease.content();
  return new Response(streamFrom(content), { headers });
}

function describeDownload({
  name,
  format,
}: Pick<ExportFile, "name" | "format">): Record<string, string> {
  return {
    "Content-Type": mediaTypeOf(format),
    "Content-Disposition": `attachment; filename="${name}"`,
    "Cache-Control": "private, no-store",
  };
}

/** The digest is that of the whole file, also where a part is sent (RFC 9530, section 3). */
function describeFile(held: HeldExport): Record<string, string> {
  return {
    ...describeDownload(held.file),
    "Accept-Ranges": "bytes",
    ETag: entityTag(held),
    "Repr-Digest": digestField(held.file),
  };
}

/**
 * Its size and the digest of its bytes are not known ahead, so it cannot be resumed. What is known
 * is the digest of the file in it (draft-ietf-httpbis-unencoded-digest).
 */
function describeGzip({ file, digest }: HeldExport): Record<string, string> {
  return {
    ...describeDownload(file),
    "Content-Encoding": "gzip",
    ETag: `"${digest}-gzip"`,
    "Unencoded-Digest": digestField(file),
  };
}

function entityTag({ digest }: HeldExport): string {
  return `"${digest}"`;
}

function digestField({ digest }: ExportFile): string {
  return `sha-256=:${digest.toString("base64")}:`;
}
