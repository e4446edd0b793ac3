import { readFile } from "node:fs/promises";

/** @typedef {{ passed: number, failed: number }} Tally */

/** What a suite that came to no usable result counts as. */
const CRASHED = Object.freeze({ passed: 0, failed: 1 });

/** @returns {Tally} of a check that has no tests of its own, such as the type check */
export const tallyOfCheck = (/** @type {number} */ exitCode) =>
  exitCode === 0 ? { passed: 1, failed: 0 } : CRASHED;

/**
 * Completes the counts of a test runner: a suite without tests, or one that ended badly although no
 * test failed (a file that cannot be loaded, an error outside of tests), has failed.
 *
 * @param {Tally} counted
 * @param {number} exitCode
 * @returns {Tally}
 */
function completed(counted, exitCode) {
  const silentlyBad = counted.failed === 0 && (exitCode !== 0 || counted.passed === 0);
  return silentlyBad ? { ...counted, failed: 1 } : counted;
}

/** @returns {Promise<unknown>} nothing when there is no such file or it is no JSON */
export async function readReport(/** @type {string} */ file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Adds up numbers; nothing when one of them is none. */
function sum(/** @type {unknown[]} */ ...numbers) {
  let total = 0;
  for (const number of numbers) {
    if (typeof number !== "number") return undefined;
    total += number;
  }
  return total;
}

/**
 * @param {unknown} passed
 * @param {unknown[]} failed every other outcome: a test that did not run has not passed
 * @param {number} exitCode
 */
function tally(passed, failed, exitCode) {
  const failures = sum(...failed);
  if (typeof passed !== "number" || failures === undefined) return CRASHED;
  return completed({ passed, failed: failures }, exitCode);
}

/**
 * Reads the JSON report of Vitest.
 *
 * @param {string} file
 * @param {number} exitCode of Vitest
 * @returns {Promise<Tally>} skipped tests and to-dos count as failed
 */
export async function tallyOfVitest(file, exitCode) {
  const report = /** @type {Record<string, unknown> | undefined} */ (await readReport(file));
  return tally(
    report?.["numPassedTests"],
    [report?.["numFailedTests"], report?.["numPendingTests"], report?.["numTodoTests"]],
    exitCode,
  );
}

/**
 * Reads the JSON report of Playwright.
 *
 * @param {string} file
 * @param {number} exitCode of Playwright
 * @returns {Promise<Tally>} skipped and flaky tests count as failed
 */
export async function tallyOfPlaywright(file, exitCode) {
  const report = /** @type {{ stats?: Record<string, unknown> } | undefined} */ (
    await readReport(file)
  );
  const stats = report?.stats;
  return tally(
    stats?.["expected"],
    [stats?.["unexpected"], stats?.["flaky"], stats?.["skipped"]],
    exitCode,
  );
}
