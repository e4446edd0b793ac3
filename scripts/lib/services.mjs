import { spawn } from "node:child_process";
import { once } from "node:events";
import { ROOT } from "./project.mjs";
import { ScriptError } from "./terminal.mjs";

const STOP_GRACE_MS = 10_000; // 10 seconds to finish open requests, then the process is killed
const POLL_MS = 100;
const END_WITH_PARENT = new URL("end-with-parent.mjs", import.meta.url).href;
const READY_TIMEOUT_MS = 60_000; // 1 minute

/** The servers that a script runs side by side; they end together. */
export class Services {
  /** @type {(() => Promise<void>)[]} one for each server, that stops it */
  #stopFunctions = [];
  #stop = new AbortController();
  /** @type {(error: ScriptError) => void} */
  #reportDeath = () => {};
  /** @type {() => void} */
  #reportSignal = () => {};

  constructor() {
    /** Rejects when a server ends that nobody asked to. */
    this.death = /** @type {Promise<never>} */ (
      new Promise((_, reject) => (this.#reportDeath = reject))
    );
    this.death.catch(() => {});
    /** Resolves at Ctrl-C, or at any other request to end. */
    this.signal = /** @type {Promise<void>} */ (
      new Promise((resolve) => (this.#reportSignal = resolve))
    );
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
      process.on(signal, () => this.#reportSignal());
    }
  }

  /**
   * Starts a server with this Node.
   *
   * @param {string} name for messages
   * @param {readonly string[]} args
   * @param {Record<string, string>} env added to this process's environment
   */
  start(name, args, env) {
    const child = spawn(process.execPath, ["--import", END_WITH_PARENT, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["pipe", "inherit", "inherit"],
      // A process group of its own: Ctrl-C reaches this script only, which then stops in order.
      detached: process.platform !== "win32",
    });
    const gone = once(child, "exit");
    gone.then(
      ([code, signal]) =>
        this.#died(`${name} stopped by itself (${signal ?? `exit code ${code}`}).`),
      (error) => this.#died(`${name} could not be started: ${error.message}`),
    );
    this.#stopFunctions.push(async () => {
      child.kill("SIGTERM");
      const killTimer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
      await gone.catch(() => {});
      clearTimeout(killTimer);
    });
  }

  /**
   * Takes over a server that was started elsewhere.
   *
   * @param {{ close: () => Promise<void>, stopped: Promise<string | undefined> }} server `stopped`
   *   resolves with the reason when it stops by itself
   */
  adopt(server) {
    void server.stopped.then((reason) => reason !== undefined && this.#died(reason));
    this.#stopFunctions.push(() => server.close());
  }

  #died(/** @type {string} */ message) {
    if (!this.#stop.signal.aborted) this.#reportDeath(new ScriptError(message));
  }

  /**
   * Asks an address until it answers with status 200, or until the servers are stopped.
   *
   * @param {string} url
   * @throws {ScriptError} when it does not within a minute
   */
  async untilReady(url) {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    let last = "no answer";
    while (Date.now() < deadline && !this.#stop.signal.aborted) {
      try {
        const response = await fetch(url, { signal: this.#stop.signal });
        await response.body?.cancel();
        if (response.status === 200) return;
        last = `status ${response.status}`;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new ScriptError(`${url} did not get ready within a minute: ${last}.`);
  }

  /**
   * Waits for something, but no longer than all servers live and nobody asks to end.
   *
   * @template T
   * @param {Promise<T>} promise
   * @returns {Promise<T | undefined>} nothing when asked to end
   */
  whileRunning(promise) {
    return Promise.race([promise, this.death, this.signal.then(() => undefined)]);
  }

  /** Stops all servers, the last started first. */
  async stop() {
    this.#stop.abort();
    for (const stop of this.#stopFunctions.reverse()) await stop();
  }
}
