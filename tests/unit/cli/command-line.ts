import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EmbeddedConvex } from "~/embedded/options";

const CLI = fileURLToPath(new URL("../../../scripts/cli.mjs", import.meta.url));

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
  /** Closes the end of its standard output, as `head` does. */
  closeStdout(): void;
}

/** Starts the command line with a deployment, in a folder. */
export function start(
  convex: Pick<EmbeddedConvex, "url" | "adminKey">,
  folder: string,
  args: string[],
  env: Record<string, string> = {},
): Running {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: {
      PATH,
      HOME,
      NODE_ENV: "production",
      CONVEX_URL: convex.url,
      CONVEX_DEPLOY_KEY: convex.adminKey,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
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
    closeStdout: () => void child.stdout.destroy(),
  };
}
