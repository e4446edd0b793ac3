import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { EmbeddedConvex } from "~/embedded/options";

export const CLI = fileURLToPath(new URL("../../../scripts/cli.mjs", import.meta.url));

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export interface Running {
  ended: Promise<Ended>;
  /** What Ctrl-C sends. */
  interrupt(): void;
  /** Ends it with no chance to tidy up. */
  kill(): void;
  /** Closes the end of its standard output, as `head` does. */
  closeStdout(): void;
}

/** The deployment that the command line gets, as its address and its key. */
type Deployment = Pick<EmbeddedConvex, "url" | "adminKey">;

/**
 * Starts the command line with a deployment, in a folder.
 * @param stdin A file in the folder for its standard input; nothing where absent.
 */
export function start(
  convex: Deployment,
  folder: string,
  args: string[],
  env: Record<string, string> = {},
  stdin?: string,
): Running {
  const options = { convex, folder, env, ...(stdin === undefined ? {} : { stdin }) };
  return launch(process.execPath, [CLI, ...args], options);
}

/**
 * Runs a line of a shell, in which "$@" is the command line.
 * @returns what it printed, to a terminal where the line makes one
 */
export function runInShell(convex: Deployment, folder: string, line: string): Promise<Ended> {
  const args = ["-c", line, "sh", process.execPath, CLI];
  return launch("sh", args, { convex, folder, env: {} }).ended;
}

interface LaunchOptions {
  convex: Deployment;
  folder: string;
  env: Record<string, string>;
  stdin?: string;
}

function launch(
  command: string,
  args: string[],
  { convex, folder, env, stdin }: LaunchOptions,
): Running {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      PATH,
      HOME,
      NODE_ENV: "production",
      CONVEX_URL: convex.url,
      CONVEX_DEPLOY_KEY: convex.adminKey,
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // It may end before it has read all of it.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin === undefined ? undefined : readFileSync(path.join(folder, stdin)));
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
  return {
    ended: new Promise((resolve) => {
      child.once("close", (exitCode) =>
        resolve({ exitCode, stdout: text(stdout), stderr: text(stderr) }),
      );
    }),
    interrupt: () => void child.kill("SIGINT"),
    kill: () => void child.kill("SIGKILL"),
    closeStdout: () => void child.stdout.destroy(),
  };
}
