import "./lib/require-node.mjs";
import { readFile, writeFile } from "node:fs/promises";
import { createBench } from "./bench/context.mjs";
import { measureCancellation } from "./bench/groups/cancellation.mjs";
import { measureCommandLine } from "./bench/groups/command-line.mjs";
import { measureLarge } from "./bench/groups/large.mjs";
import { measureMemory } from "./bench/groups/memory.mjs";
import { measurePeer } from "./bench/groups/peer.mjs";
import { measurePrivacy } from "./bench/groups/privacy.mjs";
import { measureResponsiveness } from "./bench/groups/responsiveness.mjs";
import { measureLatency, measureSpeed } from "./bench/groups/speed.mjs";
import { describeMachine } from "./bench/machine.mjs";
import { fact } from "./bench/measures.mjs";
import { describe, renderMarkdown, renderTable, replaceGenerated } from "./bench/report.mjs";
import { parseOptions } from "./lib/options.mjs";
import { inProject } from "./lib/project.mjs";
import { runNode } from "./lib/run.mjs";
import { print, runScript, ScriptError } from "./lib/terminal.mjs";

/**
 * @typedef {import("./bench/context.mjs").Bench} Bench
 * @typedef {import("./bench/measures.mjs").Measure} Measure
 * @typedef {import("./bench/report.mjs").Report} Report
 */

/** @type {Record<string, (bench: Bench) => Promise<Measure[]>>} in the order in which they run */
const GROUPS = {
  speed: measureSpeed,
  latency: measureLatency,
  memory: measureMemory,
  responsiveness: measureResponsiveness,
  cancellation: measureCancellation,
  peer: measurePeer,
  privacy: measurePrivacy,
  large: measureLarge,
  "command-line": measureCommandLine,
};

const NAMES = Object.keys(GROUPS);
const DOCUMENT = inProject("docs/performance.md");

/** Exit code where a target was missed; 1 is for what went wrong. */
const TARGET_MISSED = 3;

const USAGE = `Usage: npm run bench -- [options]

  --only LIST   run these groups only, separated by commas:
                ${NAMES.join(", ")}
  --quick       one run of each, and nothing larger than 100 MB
  --json        print the figures as one JSON document (npm run -s bench -- --json)
  --write       put the figures of a full run into docs/performance.md
  --help        show this

All of it takes some fifteen minutes, 4 GB of memory and 4 GB of disk. The exit code is
${TARGET_MISSED} where a target was missed.`;

/** @returns {{ names: string[], isQuick: boolean, isJson: boolean, isWrite: boolean } | undefined} nothing when only help was asked for */
function readOptions() {
  const options = parseOptions(
    {
      only: { type: "string" },
      quick: { type: "boolean" },
      json: { type: "boolean" },
      write: { type: "boolean" },
      help: { type: "boolean" },
    },
    USAGE,
  );
  if (options.help) return undefined;
  const { only, quick: isQuick = false, json: isJson = false, write: isWrite = false } = options;
  if (isWrite && (isQuick || only !== undefined)) {
    throw new ScriptError("--write needs a full run: leave out --only and --quick.", 2);
  }
  const asked = only?.split(",") ?? NAMES;
  const unknown = asked.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    throw new ScriptError(`--only: there is no group "${unknown.join('", "')}".\n\n${USAGE}`, 2);
  }
  return { names: NAMES.filter((name) => asked.includes(name)), isQuick, isJson, isWrite };
}

/** Progress goes to standard error, so that the report can be piped. */
const say = (/** @type {string} */ text) => void process.stderr.write(`${text}\n`);

/**
 * Runs one group. What goes wrong in it is a target that was missed, so that the others still run.
 *
 * @param {Bench} bench
 * @param {string} name
 */
async function runGroup(bench, name) {
  try {
    return (await GROUPS[name]?.(bench)) ?? [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`The group ${name} failed: ${reason}`);
    const [figure = "failed"] = reason.split("\n");
    return [fact({ id: name, title: `All of ${name}`, target: "runs", figure, isMet: false })];
  }
}

/** @param {Report} report */
async function writeDocument(report) {
  const { format, resolveConfig } = await import("prettier");
  const document = replaceGenerated(await readFile(DOCUMENT, "utf8"), renderMarkdown(report));
  const config = await resolveConfig(DOCUMENT);
  await writeFile(DOCUMENT, await format(document, { ...config, filepath: DOCUMENT }));
}

/** `npm run bench`: what the engine costs, measured against floors of the same run. */
await runScript(async () => {
  const options = readOptions();
  if (options === undefined) {
    print(USAGE);
    return 0;
  }
  const { names, isQuick, isJson, isWrite } = options;
  const build = await runNode([inProject("scripts/bench/ensure-built.mjs")], { quiet: true });
  if (build.code !== 0) throw new ScriptError(build.output.trim());

  const bench = await createBench({ isQuick, say });
  /** @type {Report} */
  const report = { machine: describeMachine(), isQuick, groups: names, measures: [] };
  try {
    for (const name of names) report.measures.push(...(await runGroup(bench, name)));
  } finally {
    await bench.stop();
  }
  if (isWrite) await writeDocument(report);
  if (isJson) print(JSON.stringify(report, null, 2));
  else print(`\n${describe(report.machine)}\n\n${renderTable(report.measures)}`);
  return report.measures.every(({ isMet }) => isMet !== false) ? 0 : TARGET_MISSED;
});
