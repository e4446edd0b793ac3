import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import type { ServerBuild } from "@remix-run/node";
import compression from "compression";
import express, { type NextFunction, type Request, type Response } from "express";
import { EnvError, getEnv, type Env } from "./app/env.server";
import { describeCause } from "./app/http/export-problem.server";
import { GracefulStop } from "./app/http/graceful-stop";
import { createHttpServer } from "./app/http/http-server";
import { createLog, withFields, type Log } from "./app/http/log";
import { problemResponse } from "./app/http/problem.server";
import { createRemixHandler, type RemixHandlerOptions } from "./app/http/remix-handler";
import { guardRequests } from "./app/http/request-guard";
import { createRouteName, UNKNOWN_ROUTE } from "./app/http/route-name";
import { nonceOf, securityHeaders } from "./app/http/security-headers";
import { whenSent } from "./app/http/sent";
import { endStalled } from "./app/http/stalled-response";
import { paths } from "./app/lib/paths";
import "./app/http/load-context";

/** The host of the portal: configuration, headers, static files, Remix, and a graceful stop. */

/** How long downloads in flight may take after a request to stop. */
const GRACE_MS = 30_000;

async function main(): Promise<void> {
  const env = getEnv();
  const log = createLog({ level: env.LOG_LEVEL, isReadable: env.NODE_ENV === "development" });
  const server = createHttpServer();
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
    log.info({}, "stopping");
    // The process ends by itself once the last audit row is written.
    graceful.begin();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

async function createApp(env: Env, log: Log, graceful: GracefulStop): Promise<express.Express> {
  const isDevelopment = env.NODE_ENV === "development";
  const portal = await (isDevelopment ? useVite(graceful) : useBuild());
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", env.TRUST_PROXY);
  app.use((req: Request, res: Response, next: NextFunction) => {
    const sent = whenSent(res);
    Object.assign(res.locals, { requestId: randomUUID(), sent });
    graceful.track(res);
    endStalled(res, sent);
    res.setHeader("X-Request-Id", requestId(res));
    void sent.then(logRequest(log, portal, req, res));
    next();
  });
  app.use(
    securityHeaders({
      isSecure: env.SECURE_COOKIES,
      isDevelopment,
      framedPath: paths.exportDownload,
    }),
  );
  app.use(guardRequests(env.PORTAL_ORIGIN, requestId));
  // A download announces its exact length, which compression would have to drop.
  app.use(
    compression({
      filter: (req, res) => !res.hasHeader("Content-Disposition") && compression.filter(req, res),
    }),
  );
  portal.serveFiles(app);
  app.all(
    "*",
    createRemixHandler({
      build: portal.build,
      mode: env.NODE_ENV,
      origin: env.PORTAL_ORIGIN,
      getLoadContext: (req, res) => ({
        requestId: requestId(res),
        isDataRequest: req.path.endsWith(".data"),
        address: req.ip ?? "unknown",
        userAgent: req.get("User-Agent"),
        nonce: nonceOf(res),
        log: withFields(log, { requestId: requestId(res) }),
        identify: (userId) => void Object.assign(res.locals, { userId }),
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

/** Remix's build, and the files that browsers load beside its answers. */
interface Portal {
  build: RemixHandlerOptions["build"];
  /** The name of an address for the log. */
  nameRoute(path: string): Promise<string>;
  serveFiles(app: express.Express): void;
}

/** Vite, which builds as it is asked. */
async function useVite(graceful: GracefulStop): Promise<Portal> {
  const { createServer: createViteServer } = await import("vite");
  const vite = await createViteServer({ server: { middlewareMode: true } });
  // It would keep the process.
  graceful.signal.addEventListener("abort", () => void vite.close());
  const build = () => vite.ssrLoadModule("virtual:remix/server-build") as Promise<ServerBuild>;
  return {
    build,
    nameRoute: (path) =>
      build().then(
        ({ routes }) => createRouteName(routes)(path),
        () => UNKNOWN_ROUTE, // as long as a file has an error
      ),
    serveFiles: (app) => void app.use(vite.middlewares),
  };
}

/** What `npm run build` has made. */
async function useBuild(): Promise<Portal> {
  const client = fileURLToPath(new URL("./client", import.meta.url));
  const build = (await import(new URL("./server/index.js", import.meta.url).href)) as ServerBuild;
  const nameRoute = createRouteName(build.routes);
  const files = await readdir(client);
  return {
    build,
    nameRoute: (path) => Promise.resolve(nameRoute(path)),
    serveFiles: (app) => {
      // By name: no other request looks for a file first.
      for (const name of files) {
        app.use(`/${name}`, express.static(`${client}/${name}`, cachedFor(MAX_AGES.get(name))));
      }
    },
  };
}

/**
 * How many seconds caches may keep static files. The names of assets change with their contents; what
 * is not here says nothing of it, as all other answers say themselves what caches may keep.
 */
const MAX_AGES = new Map([
  ["assets", "31536000, immutable"],
  ["favicon.svg", "3600"],
]);

/** Options for static files that caches may keep for so long. */
function cachedFor(maxAge: string | undefined) {
  return {
    cacheControl: false,
    redirect: false,
    setHeaders: (res: ServerResponse) => {
      if (maxAge !== undefined) res.setHeader("Cache-Control", `public, max-age=${maxAge}`);
    },
  };
}

/** Begins to time a request; the function logs it once it has ended. */
function logRequest(
  log: Log,
  portal: Portal,
  req: Request,
  res: Response,
): (isComplete: boolean) => Promise<void> {
  const started = process.hrtime.bigint();
  const { method, path } = req;
  return async (isComplete) => {
    const durationMs = Math.round(Number(process.hrtime.bigint() - started) / 1e6);
    const userId = res.locals["userId"] as string | undefined;
    const route = await portal.nameRoute(path);
    const status = res.statusCode;
    log.info(
      { requestId: requestId(res), method, route, status, durationMs, isComplete, userId },
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

/**
 * Pages of an export come in network buffers, for which V8 would mark the whole heap again and again,
 * bit by bit: 55 to 100 times for 1 GB, half of the CPU time of an export (Node 20). Without that, it
 * frees them with the young generation. A full collection takes some 20 ms at a heap of 30 MB.
 */
setFlagsFromString("--no-incremental-marking");

await main().catch((error: unknown) => {
  const message =
    error instanceof EnvError ? error.message : `The portal cannot start: ${describeCause(error)}`;
  process.stderr.write(`${message}\n`);
  process.exit(1);
});
