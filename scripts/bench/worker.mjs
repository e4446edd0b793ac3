import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Processes of the benchmark's own, so that a client or a server does not slow down another one in
 * the same event loop. The parent calls commands by name over the channel that `fork` gives.
 *
 * @typedef {Record<string, (args: never) => unknown>} Commands
 * @typedef {{ id: number, command: string, args: unknown }} Call
 * @typedef {{ id: number, result: unknown } | { id: number, error: string }} Answer
 */

/**
 * @template {Commands} C
 * @typedef {object} Worker
 * @property {<K extends keyof C & string>(
 *   command: K, args: Parameters<C[K]>[0]
 * ) => Promise<Awaited<ReturnType<C[K]>>>} call
 * @property {() => Promise<void>} stop
 */

/**
 * In a worker: answers the parent's calls until the parent is gone.
 *
 * @param {Commands} commands
 */
export function answerParent(commands) {
  const reply = (/** @type {Answer} */ answer) => process.send?.(answer);
  process.on("message", (/** @type {Call} */ { id, command, args }) => {
    const run = async () => await commands[command]?.(/** @type {never} */ (args));
    run().then(
      (result) => reply({ id, result }),
      (/** @type {unknown} */ error) =>
        reply({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.once("disconnect", () => process.exit());
}

/**
 * Starts a module that calls `answerParent`. What it prints goes to standard error. A call is
 * rejected when the command throws or the process ends.
 *
 * @param {URL} module
 * @returns {{ call: (command: string, args: unknown) => Promise<never>, stop: () => Promise<void> }}
 *   assignable to the `Worker` of the module's commands
 */
export function startWorker(module) {
  const child = fork(fileURLToPath(module), [], {
    serialization: "advanced",
    stdio: ["ignore", 2, 2, "ipc"],
  });
  /** @type {Map<number, { resolve: (result: never) => void, reject: (error: Error) => void }>} */
  const calls = new Map();
  let lastId = 0;
  child.on("message", (message) => {
    const answer = /** @type {Answer} */ (message);
    const call = calls.get(answer.id);
    calls.delete(answer.id);
    if ("error" in answer) call?.reject(new Error(answer.error));
    else call?.resolve(/** @type {never} */ (answer.result));
  });
  const exited = once(child, "exit").then(([code, signal]) => {
    const reason = `A process of the benchmark ended (${signal ?? `exit code ${code}`})`;
    for (const { reject } of calls.values()) reject(new Error(reason));
  });
  return {
    call: (command, args) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        calls.set(lastId, { resolve, reject });
        child.send({ id: lastId, command, args });
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
