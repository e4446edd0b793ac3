import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadDemoAccounts } from "../lib/embedded.mjs";
import { ScriptError } from "../lib/terminal.mjs";
import { startWorker } from "./worker.mjs";

/**
 * What all groups of benchmarks share.
 *
 * @typedef {import("./worker.mjs").Worker<import("./client.mjs").ClientCommands>} Client
 * @typedef {import("./worker.mjs").Worker<import("./file-server.mjs").FileServerCommands>} FileServer
 * @typedef {import("./worker.mjs").Worker<import("./replay/server.mjs").ReplayCommands>} ReplayWorker
 *
 * @typedef {object} Replay the replay server
 * @property {ReplayWorker} worker
 * @property {import("./portal.mjs").PortalTarget} target
 * @property {(settings: { bytes: number, latencyMs?: number }) => Promise<void>} configure
 *
 * @typedef {object} Bench
 * @property {boolean} isQuick one run, and nothing larger than 100 MB
 * @property {string} directory for temporary files; deleted at the end
 * @property {(text: string) => void} say tells how far it is
 * @property {() => Client} startClient in a process of its own
 * @property {() => FileServer} startFileServer
 * @property {() => Promise<Replay>} replay the same one for all groups: its data is made once
 * @property {typeof demoAdministrator} account of an embedded Convex
 * @property {() => Promise<void>} stop ends all processes that it started
 */

export const MB = 1_000_000;
export const GB = 1000 * MB;

/** Requests at once: the limit of queries of the smallest class of hosted deployments. */
export const CONCURRENCY = 16;

const DEPLOY_KEY = "replay|bench";

/** @returns {Promise<import("./replay/functions.mjs").ReplaySchema>} as the real functions say it */
async function loadSchema() {
  const { tsImport } = await import("tsx/esm/api");
  const load = (/** @type {string} */ name) =>
    /** @type {Promise<unknown>} */ (tsImport(`../../convex/${name}.ts`, import.meta.url));
  const tables = /** @type {typeof import("../../convex/model/exportTables")} */ (
    await load("model/exportTables")
  );
  const policy = /** @type {typeof import("../../convex/exportPolicy")} */ (
    await load("exportPolicy")
  );
  return {
    tables: [...tables.EXPORT_TABLES],
    relations: { ...tables.RELATIONS },
    sanitization: {
      policyVersion: policy.POLICY_VERSION,
      excludedTables: tables.EXCLUDED_TABLES.map(({ name }) => name),
      excludedFields: [...tables.EXCLUDED_FIELDS],
      redactedFields: [...tables.REDACTED_FIELDS],
    },
    excludedTables: [...tables.EXCLUDED_TABLES],
  };
}

async function demoAdministrator() {
  const { DEMO_ACCOUNTS, DEMO_PASSWORD } = await loadDemoAccounts();
  const account = DEMO_ACCOUNTS.find(({ role }) => role === "system_admin");
  if (account === undefined) throw new ScriptError("There is no system administrator.");
  return { ...account, password: DEMO_PASSWORD };
}

/**
 * @param {ReplayWorker} worker
 * @returns {Promise<Replay>}
 */
async function openReplay(worker) {
  const [schema, account, url] = await Promise.all([
    loadSchema(),
    demoAdministrator(),
    worker.call("listen", undefined),
  ]);
  const { email, password, passwordHash } = account;
  /** @type {Replay["configure"]} */
  const configure = ({ bytes, latencyMs = 0 }) =>
    worker.call("configure", { bytes, latencyMs, schema, account: { email, passwordHash } });
  // A portal that starts before its group has configured anything can sign in already.
  await configure({ bytes: MB });
  return { worker, target: { convexUrl: url, deployKey: DEPLOY_KEY, email, password }, configure };
}

/**
 * @param {{ isQuick: boolean, say: (text: string) => void }} options
 * @returns {Promise<Bench>}
 */
export async function createBench({ isQuick, say }) {
  const directory = await mkdtemp(path.join(tmpdir(), "supportsignal-bench-"));
  // Also at Ctrl-C: the files have the size of the exports.
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

  /** @type {(() => Promise<void>)[]} */
  const stopFunctions = [];
  const start = (/** @type {string} */ module) => {
    const worker = startWorker(new URL(module, import.meta.url));
    stopFunctions.push(worker.stop);
    return worker;
  };
  /** @type {Promise<Replay> | undefined} */
  let replay;
  return {
    isQuick,
    directory,
    say,
    startClient: () => start("./client.mjs"),
    startFileServer: () => start("./file-server.mjs"),
    replay: () => (replay ??= openReplay(start("./replay/server.mjs"))),
    account: demoAdministrator,
    stop: async () => {
      for (const stop of stopFunctions.reverse()) await stop();
    },
  };
}

/**
 * Lends a group something that has to be stopped after it, whatever happens.
 *
 * @template {{ stop: () => Promise<void> }} S
 * @template T
 * @param {S | Promise<S>} started
 * @param {(service: S) => Promise<T>} use
 */
export async function withService(started, use) {
  const service = await started;
  try {
    return await use(service);
  } finally {
    await service.stop();
  }
}
