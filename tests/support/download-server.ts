import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { ExportError } from "~/export/errors";
import { HeldExports } from "~/export/held-exports";
import { LiveRuns } from "~/export/live-runs";
import { answerDownload } from "~/http/export-download.server";
import { exportProblem } from "~/http/export-problem.server";
import { startRemix, type RemixServer, type ResourceLoader } from "./remix-server";
import { TestExport, type TestExportOptions } from "./prepared-export";

export interface DownloadServerOptions extends TestExportOptions {
  /** The file of each new export. */
  makeFile: () => Buffer;
  holdMs?: number;
  /** Told of each response before it begins. */
  onResponse?: (res: ServerResponse) => void;
}

/** The download on a real server, with exports of the test. */
export interface DownloadServer extends RemixServer {
  /** Every export that was made, in order. */
  exports: TestExport[];
  /** Ends a run, as its user asks. */
  cancel(runKey: string): void;
  /** What waits for the hold time to pass. */
  expireHeld(): void;
}

/** Serves `/file`. The header `X-Session` stands for the session, `run` and `tables` for the query. */
export async function startDownloads(options: DownloadServerOptions): Promise<DownloadServer> {
  const exports: TestExport[] = [];
  const waiting = new Set<() => void>();
  const runs = new Set<string>();
  const heldExports = new HeldExports({
    holdMs: options.holdMs ?? 60_000,
    schedule: (run) => {
      waiting.add(run);
      return () => void waiting.delete(run);
    },
  });
  const liveRuns = new LiveRuns({ heldExports, schedule: () => () => undefined });
  function prepare(runKey: string): Promise<TestExport> {
    if (runs.has(runKey)) return Promise.reject(new ExportError("run_exists", runKey));
    runs.add(runKey);
    const prepared = new TestExport(options.makeFile(), options);
    exports.push(prepared);
    return Promise.resolve(prepared);
  }
  const file: ResourceLoader = async (request, context) => {
    const query = new URL(request.url).searchParams;
    const [run, tables] = [query.get("run"), query.get("tables")];
    try {
      return await answerDownload(request, context, {
        heldExports,
        liveRuns,
        isCancelAsked: () => Promise.resolve(false),
        owner: request.headers.get("X-Session") ?? "session-1",
        asked: {
          format: options.format ?? "json",
          privacy: "redacted",
          consistency: "snapshot",
          ...(run === null ? {} : { run }),
          ...(tables === null ? {} : { tables: tables.split(",") }),
        },
        prepare,
      });
    } catch (error) {
      if (error instanceof Response) return error;
      return exportProblem(error, context);
    }
  };
  const server = await startRemix({ file }, undefined, options.onResponse);
  return {
    ...server,
    exports,
    cancel: (runKey) => liveRuns.cancel(runKey),
    expireHeld: () => {
      for (const run of waiting) run();
      waiting.clear();
    },
  };
}

export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** Sends a request with exactly these headers; its body is read by whoever wants it. */
export async function begin(
  { url }: RemixServer,
  headers: Record<string, string> = {},
  { method = "GET", query = "" } = {},
): Promise<IncomingMessage> {
  const request = httpRequest(`${url}/file${query}`, { method, headers, agent: false });
  request.on("error", () => undefined);
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

/** Sends a request and reads all of its answer. @throws Error where it breaks off */
export async function ask(
  server: RemixServer,
  headers: Record<string, string> = {},
  options: { method?: string; query?: string } = {},
): Promise<Answer> {
  const response = await begin(server, headers, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks),
  };
}

/** Reads so many bytes and goes away, as a connection that breaks. */
export async function readAndLeave(response: IncomingMessage, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length >= bytes) break;
  }
  response.destroy();
  return Buffer.concat(chunks);
}
