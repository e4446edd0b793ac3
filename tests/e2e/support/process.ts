import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Absolute path of the project's root. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** How long a process may take to end by itself before it is killed (15 s). */
const STOP_TIMEOUT_MS = 15_000;

/** Unit of `ulimit -f` (POSIX, "Shell command language"). */
const ULIMIT_BLOCK_BYTES = 512;

/** A Node process that a test started. */
export interface NodeProcess {
  readonly pid: number;
  /** Every line that it has printed so far, standard output and standard error in one. */
  readonly lines: readonly string[];
  /** Resolves with the first line that matches. @throws Error when it ends without such a line. */
  line(pattern: RegExp): Promise<string>;
  /** Sends a signal and does not wait. */
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void;
  /** Exit code, once it has ended; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Ends it where it still runs. */
  stop(): Promise<void>;
}

/** What still runs; a test run that is broken off must leave nothing behind. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/**
 * Starts a JavaScript file of the project with this Node.
 * @param env All of its environment but PATH, HOME and NODE_ENV ("production" where it is not
 *   given), so that nothing of the tester's leaks in.
 * @param limits `fileLimitBytes`: no file may grow larger, as on a disk that is full.
 */
export function startNode(
  args: readonly string[],
  env: Record<string, string> = {},
  { fileLimitBytes }: { fileLimitBytes?: number } = {},
): NodeProcess {
  const { PATH = "", HOME = "" } = process.env;
  const command = [process.execPath, ...args];
  if (fileLimitBytes !== undefined) {
    const blocks = Math.floor(fileLimitBytes / ULIMIT_BLOCK_BYTES);
    command.unshift("sh", "-c", `ulimit -f ${blocks} && exec "$0" "$@"`);
  }
  const [program = "", ...rest] = command;
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: { PATH, HOME, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  const notify = () => watchers.forEach((watch) => watch());
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      notify();
    });
  }
  let hasEnded = false;
  const exited = once(child, "close").then(([code]) => {
    hasEnded = true;
    running.delete(child);
    notify();
    return code as number | null;
  });

  return {
    pid: child.pid ?? 0,
    lines,
    exited,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined && !hasEnded) return;
          watchers.delete(watch);
          if (found !== undefined) resolve(found);
          else reject(new Error(`Ended without a line like ${pattern}:\n${lines.join("\n")}`));
        };
        watchers.add(watch);
        watch();
      }),
    signal: (name) => void child.kill(name),
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** A port on loopback that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
