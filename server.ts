import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import type { ServerBuild } from "@remix-run/node";
import compression from "compression";
import express, { type NextFunction, type Request, type Response } from "express";
import helmet from "helmet";
import pino, { type Logger } from "pino";
import { EnvError, getEnv, type Env } from "./app/env.server";
import { GracefulStop } from "./app/http/graceful-stop";
import { createRemixHandler, type RemixHandlerOptions } from "./app/http/remix-handler";
import { describeCause } from "./app/http/export-problem.server";
import { guardRequests } from "./app/http/request-guard";
import { problemResponse } from "./app/http/problem.server";
import "./app/http/load-context";

/** The host of the portal: configuration, headers, static files, Remix, and a graceful stop. */

/** How long downloads in flight may take after a request to stop. */
const GRACE_MS = 30_000;

/** How long a client may take to send its headers, and its whole request. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * How long an idle connection stays open. Longer than load balancers keep theirs, as they ask for,
 * so that none sends a request into a closing one: 60 s by default at AWS (“Edit attributes for
 * your Application Load Balancer”) and in nginx (`keepalive_timeout` of an upstream).
 */
const KEEP_ALIVE_MS = 65_000;

async function main(): Promise<void> {
  const env = getEnv();
  const log = pino({
    level: env.LOG_LEVEL,
    ...(env.NODE_ENV === "development" ? { transport: { target: "pino-pretty" } } : {}),
  });
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  const graceful = new GracefulStop(server, GRACE_MS);
  const app = await createApp(env, log, graceful);
  server.on("request", (req, res) => void app(req, res));

  server.once("error", (error: NodeJS.ErrnoException) => {
    const reason =
      error.code === "EADDRINUSE"
        ? `Port ${env.PORT} is taken. Stop what listens there, or set PORT to another one.`
        : `The portal cannot listen on ${env.HOST}:${env.PORT} (${error.code ?? error.name}).`;
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  });
  server.listen(env.PORT, env.HOST, () => log.info({ origin: env.PORTAL_ORIGIN }, "listening"));

  const stop = () => {
    log.info("stopping");
    // The process ends by itself once the last audit row is written.
    graceful.begin();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

async function createApp(env: Env, log: Logger, graceful: GracefulStop): Promise<express.Express> {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", env.TRUST_PROXY);
  app.use((req: Request, res: Response, next: NextFunction) => {
    const sent = new Promise<boolean>((resolve) => {
      res.once("close", () => resolve(res.writableFinished));
    });
    Object.assign(res.locals, { requestId: randomUUID(), sent });
    graceful.track(res);
    res.setHeader("X-Request-Id", requestId(res));
    void sent.then(logRequest(log, req, res));
    next();
  });
  app.use(
    helmet({
      contentSecurityPolicy: false,
      referrerPolicy: { policy: "same-origin" },
      strictTransportSecurity: env.SECURE_COOKIES,
    }),
  );
  app.use(guardRequests(env.PORTAL_ORIGIN, requestId));
  // A download announces its exact length, which compression would have to drop.
  app.use(
    compression({
      filter: (req, res) => !res.hasHeader("Content-Disposition") && compression.filter(req, res),
    }),
  );

  const build = await serveAssets(app, env, graceful);
  app.all(
    "*",
    createRemixHandler({
      build,
      mode: env.NODE_ENV,
      origin: env.PORTAL_ORIGIN,
      getLoadContext: (req, res) => ({
        requestId: requestId(res),
        isDataRequest: req.path.endsWith(".data"),
        address: req.ip ?? "unknown",
        userAgent: req.get("User-Agent"),
        log: log.child({ requestId: requestId(res) }),
        sent: res.locals["sent"] as Promise<boolean>,
        stopping: graceful.signal,
      }),
    }),
  );
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    log.error({ requestId: requestId(res), cause: describeCause(error) }, "request failed");
    if (res.headersSent || res.destroyed) {
      // What was sent is not complete: the connection must not end as if it were.
      res.destroy();
      return;
    }
    void answerFailure(res);
  });
  return app;
}

function requestId(res: Response): string {
  return String(res.locals["requestId"]);
}

/** Built assets in production, Vite in development. */
async function serveAssets(
  app: express.Express,
  env: Env,
  graceful: GracefulStop,
): Promise<RemixHandlerOptions["build"]> {
  if (env.NODE_ENV === "development") {
    const { createServer: createViteServer } = await import("vite");
    const vite = await createViteServer({ server: { middlewareMode: true } });
    app.use(vite.middlewares);
    // It would keep the process.
    graceful.signal.addEventListener("abort", () => void vite.close());
    return () => vite.ssrLoadModule("virtual:remix/server-build") as Promise<ServerBuild>;
  }
  const client = fileURLToPath(new URL("./client", import.meta.url));
  app.use("/assets", express.static(`${client}/assets`, { immutable: true, maxAge: "1y" }));
  app.use(express.static(client, { maxAge: "1h", redirect: false }));
  return (await import(new URL("./server/index.js", import.meta.url).href)) as ServerBuild;
}

/** Begins to time a request; the function logs it once it has ended. */
function logRequest(log: Logger, req: Request, res: Response): (isComplete: boolean) => void {
  const started = process.hrtime.bigint();
  const { method, path } = req;
  return (isComplete) => {
    const durationMs = Math.round(Number(process.hrtime.bigint() - started) / 1e6);
    const status = res.statusCode;
    log.info(
      { requestId: requestId(res), method, path, status, durationMs, isComplete },
      "request",
    );
  };
}

async function answerFailure(res: Response): Promise<void> {
  const problem = problemResponse({
    status: 500,
    title: "Internal error",
    detail: "Something went wrong in the portal. Try again.",
    requestId: requestId(res),
  });
  res
    .status(problem.status)
    .set(Object.fromEntries(problem.headers))
    .send(await problem.text());
}

await main().catch((error: unknown) => {
  const message =
    error instanceof EnvError ? error.message : `The portal cannot start: ${describeCause(error)}`;
  process.stderr.write(`${message}\n`);
  process.exit(1);
});
