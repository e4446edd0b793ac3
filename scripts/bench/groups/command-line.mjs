import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import path from "node:path";
import { inProject } from "../../lib/project.mjs";
import { runNode } from "../../lib/run.mjs";
import { ScriptError } from "../../lib/terminal.mjs";
import { monotonicMs } from "../clock.mjs";
import { GB, MB } from "../context.mjs";
import { megabytes, milliseconds, size } from "../measures.mjs";

/**
 * The command line as it is packed: memory of an export to standard output, and of queries.
 *
 * @typedef {import("../context.mjs").Bench} Bench
 * @typedef {import("../measures.mjs").Measure} Measure
 */

const QUERY = "SELECT count(*) AS documents FROM clarification_questions";

/** Says at the end, on standard error, how much memory the process has had (`ru_maxrss`, in kB). */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  'import { isMainThread } from "node:worker_threads"; import { writeSync } from "node:fs";' +
    'if (isMainThread) process.on("exit", () => writeSync(2, "\\nmaxRSS=" + process.resourceUsage().maxRSS + "\\n"));',
)}`;

const BYTES_PER_KB = 1024;

/**
 * Runs a command to its end, with what it prints in a file.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, output?: string }} [options]
 * @returns {Promise<{ ms: number, peak: number }>} peak in bytes
 */
async function run(program, args, { env = {}, output = "/dev/null" } = {}) {
  const { PATH = "", HOME = "" } = process.env;
  const sink = await open(output, "w");
  const startedAt = monotonicMs();
  const child = spawn(process.execPath, ["--import", TELL_PEAK, program, ...args], {
    env: { PATH, HOME, NODE_ENV: "production", ...env },
    stdio: ["ignore", sink.fd, "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (/** @type {string} */ text) => (said += text));
  const [code] = /** @type {[number | null]} */ (await once(child, "close"));
  const ms = monotonicMs() - startedAt;
  await sink.close();
  const peak = /maxRSS=(\d+)/.exec(said)?.[1];
  if (code !== 0 || peak === undefined) {
    throw new ScriptError(`${args[0] ?? ""} ended with ${String(code)}: ${said}`);
  }
  return { ms, peak: Number(peak) * BYTES_PER_KB };
}

/**
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measureCommandLine(bench) {
  const bytes = bench.isQuick ? 100 * MB : GB;
  await runNode([inProject("scripts/package.mjs")]);
  const program = inProject("dist/supportsignal-export.js");
  const replay = await bench.replay();
  await replay.configure({ bytes });
  const { convexUrl, deployKey } = replay.target;
  const env = { CONVEX_URL: convexUrl, CONVEX_DEPLOY_KEY: deployKey };

  bench.say(`Command line, ${size(bytes)} to standard output …`);
  const idle = await run(program, ["--help"]);
  const file = path.join(bench.directory, "command-line.json");
  const exported = await run(program, ["export", "--out", "-"], { env, output: file });

  bench.say(`Command line, queries over ${size(bytes)} …`);
  const load = await run(program, ["query", file, QUERY]);
  const again = await run(program, ["query", file, QUERY]);
  await run(program, ["query", file, "--forget"]);
  return [
    megabytes({
      id: "command-line.stdout",
      title: `Memory of \`export --out -\` above that of \`--help\`, ${size(bytes)}`,
      bytes: exported.peak - idle.peak,
      atMostMB: 192,
      detail: `above ${size(idle.peak)}; peak of the process`,
    }),
    milliseconds({
      id: "command-line.load",
      title: `First query over ${size(bytes)} of JSON, which loads it`,
      ms: load.ms,
      detail: "kept beside the file, for its owner only",
    }),
    milliseconds({
      id: "command-line.query",
      title: `Next query over ${size(bytes)} of JSON, from start to end of the process`,
      ms: again.ms,
      atMostMs: 10_000,
      detail: QUERY,
    }),
    megabytes({
      id: "command-line.query-memory",
      title: `Memory of a query over ${size(bytes)} of JSON`,
      bytes: Math.max(load.peak, again.peak),
      atMostMB: 1000,
      detail: `loading ${size(load.peak)}, afterwards ${size(again.peak)}; peak of the process`,
    }),
  ];
}
