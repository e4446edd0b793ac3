import "./lib/require-node.mjs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureChromium } from "./lib/chromium.mjs";
import { failuresOfPlaywright, failuresOfVitest } from "./lib/failures.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { parseOptions } from "./lib/options.mjs";
import { ensureReaders } from "./lib/readers.mjs";
import { BIN, inProject } from "./lib/project.mjs";
import { tallyOfCheck, tallyOfPlaywright, tallyOfVitest } from "./lib/results.mjs";
import { runNode } from "./lib/run.mjs";
import { print, runScript, ScriptError } from "./lib/terminal.mjs";

/**
 * @typedef {import("./lib/results.mjs").Tally} Tally
 * @typedef {object} Suite
 * @property {string} title
 * @property {(reportFile: string) => Promise<Tally>} run writes a JSON report if it has one
 * @property {(reportFile: string) => Promise<string[]>} [failures] names what failed in that report
 */

/** A check that consists of commands and has no tests of its own; all run, whatever the first says. */
async function check(/** @type {string[][]} */ ...commands) {
  let worst = 0;
  for (const command of commands) worst = Math.max(worst, (await runNode(command)).code);
  return tallyOfCheck(worst);
}

/** @returns {Suite} */
const vitest = (
  /** @type {string} */ title,
  /** @type {string} */ project,
  prepare = () => Promise.resolve(),
) => ({
  title,
  run: async (reportFile) => {
    await prepare();
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
    const { code } = await runNode([BIN.vitest, "run", "--project", project, ...reporters]);
    return tallyOfVitest(reportFile, code);
  },
  failures: failuresOfVitest,
});

/** @type {Record<string, Suite>} in the order in which they run */
const SUITES = {
  typecheck: {
    title: "Type check",
    run: () =>
      check([BIN.tsc, "--noEmit", "-p", "."], [BIN.tsc, "--noEmit", "-p", "convex/tsconfig.json"]),
  },
  lint: {
    title: "Lint and formatting",
    run: () => check([BIN.eslint, ".", "--max-warnings", "0"], [BIN.prettier, "--check", "."]),
  },
  build: { title: "Build", run: () => check([inProject("scripts/build.mjs")]) },
  unit: vitest("Unit tests", "unit", ensureReaders),
  convex: vitest("Convex tests", "convex"),
  contract: vitest("Convex contract tests", "contract"),
  faults: vitest("Fault tests", "faults"),
  security: vitest("Security tests", "security"),
  e2e: {
    title: "Browser tests",
    run: async (reportFile) => {
      const { code } = await runNode([BIN.playwright, "test"], {
        env: { CHROMIUM_PATH: await ensureChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile },
      });
      return tallyOfPlaywright(reportFile, code);
    },
    failures: failuresOfPlaywright,
  },
};

const NAMES = Object.keys(SUITES);

const USAGE = `Usage: npm test -- [options]

  --only LIST   run these suites only, separated by commas: ${NAMES.join(", ")}
  --help        show this`;

/** @returns {string[] | undefined} names of the suites to run, in order; nothing when only help was asked for */
function chosenSuites() {
  const { only, help } = parseOptions(
    { only: { type: "string" }, help: { type: "boolean" } },
    USAGE,
  );
  if (help) return undefined;
  if (only === undefined) return NAMES;
  const asked = only.split(",");
  const unknown = asked.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    throw new ScriptError(`--only: there is no suite "${unknown.join('", "')}".\n\n${USAGE}`, 2);
  }
  return NAMES.filter((name) => asked.includes(name));
}

/**
 * Runs one suite; whatever goes wrong in it is printed and counted, so that the others still run.
 *
 * @param {Suite} suite
 * @param {string} reportFile
 * @returns {Promise<Tally>}
 */
async function runSuite(suite, reportFile) {
  print(`\n── ${suite.title} ──`);
  const started = performance.now();
  /** @type {Tally} */
  let tally;
  try {
    tally = await suite.run(reportFile);
  } catch (error) {
    process.stderr.write(`${error instanceof ScriptError ? error.message : String(error)}\n`);
    tally = { passed: 0, failed: 1 };
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict = tally.failed === 0 ? "passed" : "FAILED";
  print(`── ${suite.title}: ${verdict}, ${seconds} s ──`);
  return tally;
}

/** `npm test`: everything that must hold, from a fresh clone. */
await runScript(async () => {
  const names = chosenSuites();
  if (names === undefined) {
    print(USAGE);
    return 0;
  }
  await ensureInstalled();

  const reports = await mkdtemp(path.join(tmpdir(), "supportsignal-test-"));
  const total = { passed: 0, failed: 0 };
  /** @type {string[]} */
  const lines = [];
  /** @type {string[]} */
  const failures = [];
  try {
    for (const name of names) {
      const suite = SUITES[name];
      if (suite === undefined) continue;
      const reportFile = path.join(reports, `${name}.json`);
      const tally = await runSuite(suite, reportFile);
      total.passed += tally.passed;
      total.failed += tally.failed;
      if (tally.failed > 0)
        failures.push(...((await suite.failures?.(reportFile)) ?? [suite.title]));
      lines.push(`${suite.title.padEnd(24)}${tally.passed} passed, ${tally.failed} failed`);
    }
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
  if (failures.length > 0) print(`\nFailed:\n${failures.join("\n")}`);
  print(`\n${lines.join("\n")}\n`);
  print(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});
