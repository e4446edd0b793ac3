import type { IncomingMessage, ServerResponse } from "node:http";
import { ConvexClient, type ConvexClientOptions } from "~/convex/client";
import { ExportError } from "~/export/errors";
import type { LinesSink } from "~/export/source";
import { internal } from "../../convex/_generated/api";
import { listen, type ListeningServer } from "./http-server";

export const DEPLOY_KEY = "prod:happy-animal-123|d3pl0y-k3y-that-nobody-may-see";

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as it is where it is a text or bytes, else as JSON. */
  body?: unknown;
}

/** What happens to a request: an answer, a broken connection, or whatever the function does. */
export type Reply = Answer | "hang up" | ((res: ServerResponse, req: IncomingMessage) => void);

export interface ReceivedRequest {
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

export interface ScriptedConvex extends ListeningServer {
  client: ConvexClient;
  received: ReceivedRequest[];
}

/** An HTTP server that answers call after call as told; the last reply repeats. */
export async function scriptedConvex(
  replies: Reply[],
  options: Partial<ConvexClientOptions> = {},
): Promise<ScriptedConvex> {
  const received: ReceivedRequest[] = [];
  const server = await listen((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.once("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
      const reply = replies[Math.min(received.length, replies.length - 1)] ?? {};
      received.push({ path: req.url ?? "", headers: req.headers, body });
      if (reply === "hang up") res.destroy();
      else if (typeof reply === "function") reply(res, req);
      else send(res, reply);
    });
  });
  const client = new ConvexClient({
    url: server.url,
    deployKey: DEPLOY_KEY,
    timeoutMs: 10_000,
    retryDelayMs: 1,
    ...options,
  });
  const close = async () => {
    await server.close();
    await client.close();
  };
  return { ...server, client, received, close };
}

function send(res: ServerResponse, { status = 200, headers, body }: Answer): void {
  const asIs = typeof body === "string" || body instanceof Uint8Array;
  res.writeHead(status, { "Content-Type": "application/json", ...headers });
  res.end(asIs ? body : JSON.stringify(body));
}

export const TOKEN_HASH = `sha256:${"5ec3e7".repeat(10)}`;
export const FINGERPRINT_KEY = "f1ng3rpr1nt-k3y-of-one-export";
export const TIMESTAMP = "AAAAAAAAAAA=";

export const success = (value: unknown): Answer => ({ body: { status: "success", value } });

export const failure = (errorMessage: string, errorData?: unknown): Answer => ({
  body: { status: "error", errorMessage, errorData },
});

/** A page of tables, given as the text of their lines. */
export function page(tables: Record<string, string>): Answer {
  return success({
    next: null,
    redactions: {},
    tables: Object.entries(tables).map(([name, lines]) => ({ lines, name, records: 1 })),
    withheld: {},
  });
}

/** What a promise is rejected with, which must be an ExportError. */
export async function errorOf(promise: Promise<unknown>): Promise<ExportError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ExportError) return error;
  throw new Error("expected an ExportError", { cause: error });
}

export function resolveQuery(client: ConvexClient): Promise<unknown> {
  return client.query(internal.sessions.resolve, { tokenHash: TOKEN_HASH });
}

export function removeMutation(
  client: ConvexClient,
  options?: { idempotent: boolean },
): Promise<unknown> {
  return client.mutation(internal.sessions.remove, { tokenHash: TOKEN_HASH }, options);
}

const PAGE_ARGUMENTS = {
  actor: { kind: "session" as const, tokenHash: TOKEN_HASH },
  tables: ["users"],
  fingerprintKey: FINGERPRINT_KEY,
  page: {
    range: { from: null, before: null },
    cursor: null,
    maximumBytes: 1,
    maximumDocuments: 1,
  },
};

export function pageQuery(client: ConvexClient): Promise<unknown> {
  return client.queryAt(TIMESTAMP, internal.exports.readLines, PAGE_ARGUMENTS);
}

/** Reads a page as the engine does, into a sink for each attempt. */
export function streamPage(
  client: ConvexClient,
  openSink: () => LinesSink = collectLines,
  signal?: AbortSignal,
) {
  const { readLines } = internal.exports;
  return client.readPageAt(TIMESTAMP, readLines, PAGE_ARGUMENTS, openSink, signal);
}

export interface CollectedLines extends LinesSink {
  /** The lines of each complete table. */
  tables: string[];
}

/** A sink that keeps what it gets. */
export function collectLines(): CollectedLines {
  const tables: string[] = [];
  let chunks: Buffer[] = [];
  return {
    tables,
    write(lines) {
      chunks.push(Buffer.from(lines));
      return undefined;
    },
    endTable() {
      tables.push(Buffer.concat(chunks).toString("utf8"));
      chunks = [];
    },
  };
}
