import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ChildMessage } from "./child";
import { EmbeddedConvexError } from "./errors";
import { checkOptions, type EmbeddedConvex, type EmbeddedConvexOptions } from "./options";

/** How long a child may take to stop by itself before it is killed (5 s). */
const STOP_TIMEOUT_MS = 5_000;

/**
 * Starts the embedded Convex as a child process, which ends with this one. What the child logs
 * goes to `options.log`.
 *
 * @throws EmbeddedConvexError with the child's reason for not starting.
 */
export async function spawnEmbeddedConvex(
  options: EmbeddedConvexOptions = {},
): Promise<EmbeddedConvex> {
  checkOptions(options);
  const { log = () => undefined, ...sent } = options;
  // The child may run in another folder than the caller's idea of it.
  for (const name of ["data", "functionsDir"] as const) {
    const given = sent[name];
    if (given !== undefined) {
      sent[name] = path.resolve(given);
    }
  }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const entry = fileURLToPath(new URL("./child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", tsx, entry], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A child that dies at once closes its end of the pipe; its exit tells the rest.
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${JSON.stringify(sent)}\n`);

  const errorLines: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    errorLines.push(line);
    log(line);
  });
  let isClosing = false;
  const exited = exitReason(child, errorLines);
  const ready = new Promise<{ url: string; adminKey: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = JSON.parse(line) as ChildMessage;
      if (message.type === "ready") {
        resolve(message);
      } else if (message.type === "failed") {
        reject(new EmbeddedConvexError(message.message));
      } else {
        log(message.line);
      }
    });
    void exited.then((reason) => {
      reject(new EmbeddedConvexError(reason));
    });
  });
  const { url, adminKey } = await ready;
  return {
    url,
    adminKey,
    stopped: exited.then((reason) => (isClosing ? undefined : reason)),
    close: async () => {
      isClosing = true;
      await stop(child, exited);
    },
  };
}

/** Resolves once the process has ended, with a sentence that says how. */
function exitReason(child: ChildProcess, errorLines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      resolve(`The embedded Convex could not be started: ${error.message}`);
    });
    child.once("close", (code, signal) => {
      const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
      const details = errorLines.length === 0 ? "" : `\n${errorLines.join("\n")}`;
      resolve(`The embedded Convex stopped with ${how}.${details}`);
    });
  });
}

async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
  }, STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
