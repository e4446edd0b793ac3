import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import net from "node:net";
import { ROOT } from "../lib/project.mjs";
import { ScriptError } from "../lib/terminal.mjs";
import { monotonicMs } from "./clock.mjs";

const END_WITH_PARENT = new URL("../lib/end-with-parent.mjs", import.meta.url).href;
const SESSION_SECRET = "benchmark-session-secret-0123456789";
const STOP_TIMEOUT_MS = 40_000; // longer than the portal's own grace of 30 seconds
const SHOWN_LINES = 20;

/** A warning or an error, but not that of a client that goes away, as some do here. */
const UNEXPECTED = /"level":[456]0(?!.*"code":"cancelled")/;

const DOWNLOAD_PATH = "/admin/developer-tools/export/download";
const PAGE_PATH = "/admin/developer-tools/export";

/**
 * A running portal: the built server as `npm start` runs it, with someone signed in.
 *
 * @typedef {object} Portal
 * @property {number} pid
 * @property {string} cookie
 * @property {string} downloadUrl
 * @property {string} pageUrl
 * @property {string} healthUrl
 * @property {(pattern: RegExp) => Promise<number>} nextLogLine when the next line came that matches
 * @property {() => Promise<void>} stop
 *
 * @typedef {object} PortalTarget
 * @property {string} convexUrl
 * @property {string} deployKey
 * @property {string} email
 * @property {string} password
 */

/** @returns {Promise<number>} a port that nothing listens on */
export async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}

/**
 * Starts the built portal on a free port with its defaults, and signs in.
 *
 * @param {PortalTarget} target
 * @param {Record<string, string>} [env] settings other than the defaults
 * @returns {Promise<Portal>}
 * @throws {ScriptError} when it does not start
 */
export async function startPortal({ convexUrl, deployKey, email, password }, env = {}) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["--import", END_WITH_PARENT, "build/host.js"], {
    cwd: ROOT,
    env: {
      PATH,
      HOME,
      NODE_ENV: "production",
      PORT: String(port),
      PORTAL_ORIGIN: origin,
      CONVEX_URL: convexUrl,
      CONVEX_DEPLOY_KEY: deployKey,
      SESSION_SECRET,
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const log = new EventEmitter().setMaxListeners(0);
  /** @type {string[]} */
  const lastLines = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      log.emit("line", line, monotonicMs());
      if (UNEXPECTED.test(line)) process.stderr.write(`${line}\n`);
      lastLines.push(line);
      if (lastLines.length > SHOWN_LINES) lastLines.shift();
    });
  }
  const exited = once(child, "close").then(() => log.emit("end"));

  /** @returns {Promise<number>} */
  const nextLogLine = (/** @type {RegExp} */ pattern) =>
    new Promise((resolve, reject) => {
      // Not `once` of node:events: of several lines that come together it would see the first.
      const watch = (/** @type {string} */ line, /** @type {number} */ at) => {
        if (!pattern.test(line)) return;
        log.off("line", watch).off("end", fail);
        resolve(at);
      };
      const fail = () => {
        reject(new ScriptError(`The portal ended by itself:\n${lastLines.join("\n")}`));
      };
      log.on("line", watch).once("end", fail);
    });
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  try {
    await nextLogLine(/"msg":"listening"/);
    return {
      pid: child.pid ?? 0,
      cookie: await signIn(origin, email, password),
      downloadUrl: origin + DOWNLOAD_PATH,
      pageUrl: origin + PAGE_PATH,
      healthUrl: `${origin}/healthz`,
      nextLogLine,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Signs in by the form. @returns {Promise<string>} value of the `Cookie` header */
async function signIn(
  /** @type {string} */ origin,
  /** @type {string} */ email,
  /** @type {string} */ password,
) {
  const response = await fetch(`${origin}/login`, {
    method: "POST",
    body: new URLSearchParams({ email, password }),
    redirect: "manual",
  });
  await response.body?.cancel();
  const [cookie] = response.headers.getSetCookie()[0]?.split(";") ?? [];
  if (response.status !== 302 || cookie === undefined) {
    throw new ScriptError(`Signing in was answered with ${response.status}.`);
  }
  return cookie;
}
