import type { ServerResponse } from "node:http";
import type { AppLoadContext, ServerBuild } from "@remix-run/node";
import express from "express";
import { createLog } from "~/http/log";
import { createRemixHandler } from "~/http/remix-handler";
import { whenSent } from "~/http/sent";
import { listen, type ListeningServer } from "./http-server";

/** What a resource route does: any Response, as the download's loader answers. */
export type ResourceLoader = (
  request: Request,
  context: AppLoadContext,
) => Promise<Response> | Response;

interface LoaderArguments {
  request: Request;
  context: AppLoadContext;
}

/** A build of Remix with resource routes and nothing else. */
function buildWith(loaders: Record<string, ResourceLoader>): ServerBuild {
  const routes = Object.fromEntries(
    Object.entries(loaders).map(([path, loader]) => [
      path,
      {
        id: path,
        path,
        module: {
          loader: ({ request, context }: LoaderArguments) => loader(request, context),
          action: ({ request, context }: LoaderArguments) => loader(request, context),
        },
      },
    ]),
  );
  return {
    entry: { module: { default: () => new Response("a page", { status: 404 }) } },
    routes,
    assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "1" },
    publicPath: "/",
    assetsBuildDirectory: "",
    future: {},
    isSpaMode: false,
  } as unknown as ServerBuild;
}

export interface RemixServer extends ListeningServer {
  /** Errors that reached the host. */
  failures: unknown[];
  /** Whether each response was handed to the network in full, in the order they ended. */
  sent: boolean[];
  /** What was logged, one JSON text per line. */
  logLines: string[];
  /** Tells the routes that the portal stops; the server itself goes on. */
  stop(): void;
}

/**
 * The portal's handler for Remix on a real server, with routes of the test.
 * @param onResponse Told of each response before it begins.
 */
export async function startRemix(
  loaders: Record<string, ResourceLoader>,
  origin = "http://portal.test:3200",
  onResponse: (res: ServerResponse) => void = () => undefined,
): Promise<RemixServer> {
  const failures: unknown[] = [];
  const sent: boolean[] = [];
  const logLines: string[] = [];
  const log = createLog(
    { level: "trace", isReadable: false },
    { write: (line) => void logLines.push(line) },
  );
  const stopping = new AbortController();
  const app = express();
  app.use((_req, res, next) => {
    void whenSent(res).then((isComplete) => sent.push(isComplete));
    onResponse(res);
    next();
  });
  app.all(
    "*",
    createRemixHandler({
      build: buildWith(loaders),
      mode: "test",
      origin,
      getLoadContext: (_req, res) => ({
        requestId: "request-1",
        isDataRequest: false,
        address: "127.0.0.1",
        userAgent: undefined,
        nonce: "nonce-1",
        log,
        identify: () => undefined,
        sent: whenSent(res),
        stopping: stopping.signal,
      }),
    }),
  );
  app.use(
    (error: unknown, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
      failures.push(error);
      if (res.headersSent) res.destroy();
      else res.status(500).send("failed");
    },
  );
  const server = await listen((req, res) => void app(req, res));
  return { ...server, failures, sent, logLines, stop: () => stopping.abort() };
}
