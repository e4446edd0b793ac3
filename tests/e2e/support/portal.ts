import { existsSync } from "node:fs";
import path from "node:path";
import { freePort, ROOT, startNode } from "./process";

/** Files of a complete build; `npm test` makes them before it runs these tests. */
const BUILD_FILES = ["build/host.js", "build/server/index.js", "build/client/assets"];

/** What the tests' portals sign their cookies with. */
export const SESSION_SECRET = "e2e-session-secret-0123456789abcdef";

/** A running portal: the built server, as `npm start` runs it. */
export interface Portal {
  /** Address without a slash at the end. */
  origin: string;
  pid: number;
  /** Every line of its log so far. */
  logLines: readonly string[];
  /** Resolves with the first line of the log that matches. */
  logLine(pattern: RegExp): Promise<string>;
  /** Asks it to end as a service manager does, and does not wait. */
  terminate(): void;
  /** Ends it at once, without a word to it. */
  kill(): void;
  exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** Environment of a portal in front of a Convex deployment. */
export interface PortalTarget {
  convexUrl: string;
  deployKey: string;
}

/** @throws Error when there is no build. */
export function requireBuild(): void {
  const missing = BUILD_FILES.filter((file) => !existsSync(path.join(ROOT, file)));
  if (missing.length > 0) {
    throw new Error(`There is no build (${missing.join(", ")}). Run "npm run build" first.`);
  }
}

/**
 * Starts the built portal on a free port.
 * @param env Changes to its environment.
 * @param limits See `startNode`.
 */
export async function startPortal(
  { convexUrl, deployKey }: PortalTarget,
  env: Record<string, string> = {},
  limits: { fileLimitBytes?: number } = {},
): Promise<Portal> {
  requireBuild();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const environment = {
    PORT: String(port),
    PORTAL_ORIGIN: origin,
    CONVEX_URL: convexUrl,
    CONVEX_DEPLOY_KEY: deployKey,
    SESSION_SECRET,
    LOG_LEVEL: "trace",
    ...env,
  };
  const server = startNode(["build/host.js"], environment, limits);
  await server.line(/"msg":"listening"/);
  return {
    origin,
    pid: server.pid,
    logLines: server.lines,
    logLine: server.line,
    terminate: () => server.signal("SIGTERM"),
    kill: () => server.signal("SIGKILL"),
    exited: server.exited,
    stop: server.stop,
  };
}
