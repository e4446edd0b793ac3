import path from "node:path";
import { inProject } from "./project.mjs";
import { readReport } from "./results.mjs";

/**
 * @typedef {{ status?: string, fullName?: string, failureMessages?: string[] }} VitestTest
 * @typedef {{ name?: string, status?: string, message?: string, assertionResults?: VitestTest[] }} VitestFile
 * @typedef {{ title?: string, file?: string, line?: number, ok?: boolean }} PlaywrightTest
 * @typedef {{ specs?: PlaywrightTest[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 */

/** Longer messages are cut: the whole one stands where the test ran. */
const MESSAGE_CHARS = 300;

// Runners colour their messages; a list that is read in a log does not.
// eslint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[0-9;]*m/g;

/** The first lines of a message, as one. */
function shortened(/** @type {string | undefined} */ message) {
  const line = (message ?? "").replace(COLOURS, "").split(/\s+/).join(" ").trim();
  return line.length > MESSAGE_CHARS ? `${line.slice(0, MESSAGE_CHARS)}…` : line;
}

/**
 * Names what failed in a report of Vitest, with the beginning of why, so that the end of a long log says it.
 *
 * @param {string} file
 * @returns {Promise<string[]>} a line each; none when there is no usable report
 */
export async function failuresOfVitest(file) {
  const report = /** @type {{ testResults?: VitestFile[] } | undefined} */ (await readReport(file));
  return (report?.testResults ?? []).flatMap((result) => {
    const where = path.relative(inProject("."), result.name ?? "");
    const tests = result.assertionResults ?? [];
    const lines = tests
      .filter((test) => test.status !== "passed")
      .map((test) => `${where}: ${test.fullName}: ${shortened(test.failureMessages?.[0])}`);
    const notLoaded = result.status === "failed" && lines.length === 0;
    return notLoaded ? [`${where}: ${shortened(result.message)}`] : lines;
  });
}

/** @returns {PlaywrightTest[]} all of a suite and of those in it */
const testsIn = (/** @type {PlaywrightSuite} */ suite) => [
  ...(suite.specs ?? []),
  ...(suite.suites ?? []).flatMap(testsIn),
];

/**
 * Names what failed in a report of Playwright.
 *
 * @param {string} file
 * @returns {Promise<string[]>} a line each; none when there is no usable report
 */
export async function failuresOfPlaywright(file) {
  const report = /** @type {PlaywrightSuite | undefined} */ (await readReport(file));
  return testsIn(report ?? {})
    .filter((test) => test.ok !== true)
    .map((test) => `${test.file}:${test.line}: ${test.title}`);
}
