import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { createRequestHandler, type ServerBuild } from "@remix-run/node";
import type { NextFunction, Request as ExpressRequest, Response as ExpressResponse } from "express";
import type { RequestContext } from "./load-context";

export interface RemixHandlerOptions {
  build: ServerBuild | (() => Promise<ServerBuild>);
  mode: "production" | "development" | "test";
  /** The portal's address: requests are seen under it, whatever Host they name. */
  origin: string;
  getLoadContext(
    request: ExpressRequest,
    response: ExpressResponse,
  ): Omit<RequestContext, "signal">;
}

/**
 * Express handler for Remix. Not the stock adapter: that one ignores backpressure and never
 * cancels a response whose client has gone, so one abandoned download fills the memory
 * (`writeReadableStreamToWritable` in @remix-run/node 2.17).
 */
export function createRemixHandler(options: RemixHandlerOptions) {
  const handle = createRequestHandler(options.build, options.mode);
  async function respond(req: ExpressRequest, res: ExpressResponse): Promise<void> {
    const context = options.getLoadContext(req, res);
    const client = new AbortController();
    void context.sent.then((isComplete) => {
      if (!isComplete) client.abort();
    });
    const request = toRequest(req, client.signal, options.origin);
    const response = await handle(request, { ...context, signal: client.signal });
    await sendResponse(response, res, req.method === "HEAD").catch((error: unknown) => {
      if (!isCancelled(error)) throw error;
      context.log.info({}, "a delivery was cancelled");
    });
  }
  return (req: ExpressRequest, res: ExpressResponse, next: NextFunction): void => {
    respond(req, res).catch((error: unknown) => {
      if (!isClientGone(error, res)) next(error);
    });
  };
}

/**
 * Whether the client ended the request: nobody to answer, and no fault. The response alone does
 * not tell, as `pipeline` destroys it for a source that breaks as well.
 */
function isClientGone(error: unknown, res: ExpressResponse): boolean {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return res.destroyed && (code === "ERR_STREAM_PREMATURE_CLOSE" || name === "AbortError");
}

/** By its fields: the error's class here is another than in the build of the routes. */
function isCancelled(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return name === "ExportError" && code === "cancelled";
}

function toRequest(req: ExpressRequest, signal: AbortSignal, origin: string): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(req.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  // Remix compares Origin with these; the host has checked Origin before.
  if (headers.has("Origin")) headers.set("Origin", origin);
  headers.set("Host", new URL(origin).host);
  headers.delete("X-Forwarded-Host");

  const hasBody = req.method !== "GET" && req.method !== "HEAD";
  return new Request(origin + req.originalUrl, {
    method: req.method,
    headers,
    signal,
    ...(hasBody ? { body: Readable.toWeb(req) as ReadableStream, duplex: "half" } : {}),
  });
}

/** Sends a response at the pace of the client; cancels its body when the client goes. */
async function sendResponse(
  response: Response,
  res: ExpressResponse,
  isHead: boolean,
): Promise<void> {
  res.status(response.status);
  for (const [name, value] of response.headers) {
    // Set in place of what the host says of every answer, but one cookie does not replace another.
    if (name === "set-cookie") res.append(name, value);
    else res.setHeader(name, value);
  }
  if (response.body === null || isHead) {
    await response.body?.cancel();
    res.end();
    return;
  }
  await pipeline(Readable.fromWeb(response.body as NodeReadableStream), res);
}
