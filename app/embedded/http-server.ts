import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readCredentials } from "./admin-auth";
import type { FunctionApi } from "./api-calls";
import { EmbeddedConvexError, HttpError, internalServerError } from "./errors";
import type { FunctionType } from "./function-registry";
import { checkLoopback } from "./loopback";
import { parseCallBody, readJsonBody } from "./request-body";
import type { SnapshotHistory } from "./snapshots";
import { encodeTimestamp } from "./timestamps";
import { refuseWebSocket } from "./websocket-refusal";

/** The deployment's name: the part of its admin key before the bar. */
export const INSTANCE_NAME = "supportsignal-embedded";
/** Longer than the idle time of any usual client, so that it is never us who hangs up (65 s). */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const REQUEST_ID_BYTES = 8;

type Reply = { contentType: "application/json" | "text/plain; charset=utf-8"; text: string };
type Handler = (request: IncomingMessage, url: URL) => Promise<Reply> | Reply;

export interface HttpServerOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  api: FunctionApi;
  history: SnapshotHistory;
  /** What `/version` answers. */
  version: string;
  /** Told about failures that are not the client's. */
  log: (line: string) => void;
}

/** Starts listening. Throws `EmbeddedConvexError` for a host that is not loopback or a taken port. */
export async function listen(options: HttpServerOptions): Promise<{
  port: number;
  close(): Promise<void>;
}> {
  checkLoopback(options.host);
  const routes = routeTable(options);
  const server = createServer((request, response) => {
    void respond(routes, options.log, request, response);
  });
  server.on("upgrade", refuseWebSocket);
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  const port = await bind(server, options.host, options.port);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function routeTable({
  api,
  history,
  version,
}: HttpServerOptions): Readonly<Record<string, Readonly<Record<string, Handler>>>> {
  const call = (routeType: FunctionType | undefined, atTimestamp = false): Handler => {
    return async (request, url) => {
      const credentials = credentialsOf(request, url);
      const body = parseCallBody(await readJsonBody(request), atTimestamp);
      if (!atTimestamp) {
        delete body.ts;
      }
      return json(await api.answer({ routeType, body, credentials, requestId: idOf(request) }));
    };
  };
  return {
    "/api/query": { POST: call("Query") },
    "/api/query_ts": {
      POST: () => json(JSON.stringify({ ts: encodeTimestamp(history.latest().ts) })),
    },
    "/api/query_at_ts": { POST: call("Query", true) },
    "/api/mutation": { POST: call("Mutation") },
    "/api/action": { POST: call("Action") },
    "/api/function": { POST: call(undefined) },
    "/version": { GET: () => text(version) },
    "/instance_name": { GET: () => text(INSTANCE_NAME) },
  };
}

async function respond(
  routes: ReturnType<typeof routeTable>,
  log: (line: string) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // One request id per request, given by the client or made here; errors quote it.
  request.headers["convex-request-id"] ??= randomBytes(REQUEST_ID_BYTES).toString("hex");
  const url = new URL(request.url ?? "/", "http://localhost");
  const methods = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
  if (methods === undefined) {
    send(response, 404, null);
    return;
  }
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handler === undefined) {
    response.setHeader("Allow", Object.keys(methods).join(", "));
    send(response, 405, null);
    return;
  }
  try {
    send(response, 200, await handler(request, url));
  } catch (error) {
    if (!(error instanceof HttpError)) {
      log(`Internal error: ${error instanceof Error ? String(error.stack) : String(error)}`);
    }
    const { status, code, message } = error instanceof HttpError ? error : internalServerError();
    send(response, status, json(JSON.stringify({ code, message })));
  }
}

function send(response: ServerResponse, status: number, reply: Reply | null): void {
  if (response.destroyed) {
    return;
  }
  const body = Buffer.from(reply?.text ?? "", "utf8");
  response.writeHead(status, {
    ...(reply === null ? {} : { "Content-Type": reply.contentType }),
    "Content-Length": body.length,
  });
  response.end(body);
}

function credentialsOf(request: IncomingMessage, url: URL): ReturnType<typeof readCredentials> {
  return readCredentials(request.headers.authorization, url.searchParams.get("adminKey"));
}

function idOf(request: IncomingMessage): string {
  return String(request.headers["convex-request-id"]);
}

function json(body: string): Reply {
  return { contentType: "application/json", text: body };
}

function text(body: string): Reply {
  return { contentType: "text/plain; charset=utf-8", text: body };
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new EmbeddedConvexError(
          error.code === "EADDRINUSE"
            ? `Port ${port} on ${host} is already in use. Stop what is using it, or choose another port.`
            : `Cannot listen on ${host}:${port}: ${error.message}`,
        ),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new EmbeddedConvexError("The server has no port"));
        return;
      }
      resolve(address.port);
    });
  });
}
