import { chromium } from "@playwright/test";
import lighthouse from "lighthouse";
import { freePort, startPortal } from "../bench/portal.mjs";
import { loadDemoAccounts, startEmbeddedConvex } from "../lib/embedded.mjs";
import { print, ScriptError } from "../lib/terminal.mjs";

/**
 * The scores of one page, from 0 to 100, and how fast it was there.
 *
 * @typedef {object} PageScores
 * @property {string} page
 * @property {number} performance
 * @property {number} accessibility
 * @property {number} bestPractices
 * @property {number} firstPaintMs first contentful paint
 * @property {number} largestPaintMs largest contentful paint
 * @property {number} blockedMs total blocking time
 * @property {number} layoutShift cumulative layout shift, without a unit
 * @property {string[]} failed audits of accessibility and best practices that were not passed
 */

/** @type {readonly { page: string, path: string, isSignedIn: boolean }[]} */
const PAGES = [
  { page: "Sign in", path: "/login", isSignedIn: false },
  { page: "Tools", path: "/admin/tools", isSignedIn: true },
  { page: "Database Export", path: "/admin/developer-tools/export", isSignedIn: true },
  { page: "Verify a file", path: "/admin/developer-tools/export/verify", isSignedIn: true },
];

const CATEGORIES = ["performance", "accessibility", "best-practices"];

/** Scores of the performance vary with what else the machine does: the middle of so many runs. */
const RUNS = 3;

/** On a busy machine a trace may not be recorded; Lighthouse then asks to be run again. */
const ATTEMPTS = 6;

/**
 * Audits the pages of the built portal, in front of the embedded Convex with its sample data, as
 * Lighthouse does by default: a phone with a slow network and a slow processor, both simulated.
 *
 * @param {string} executablePath of Chromium
 * @returns {Promise<PageScores[]>}
 */
export async function auditPages(executablePath) {
  const { DEMO_ACCOUNTS, DEMO_PASSWORD } = await loadDemoAccounts();
  const [{ email }] = DEMO_ACCOUNTS;
  const convex = await startEmbeddedConvex({});
  try {
    const target = { convexUrl: convex.url, deployKey: convex.adminKey };
    const portal = await startPortal({ ...target, email, password: DEMO_PASSWORD });
    const port = await freePort();
    const args = [`--remote-debugging-port=${port}`];
    if (process.getuid?.() === 0) args.push("--no-sandbox");
    const browser = await chromium.launch({ executablePath, args });
    try {
      /** @type {PageScores[]} */
      const results = [];
      for (const { page, path, isSignedIn } of PAGES) {
        print(`Auditing ${page} …`);
        const url = new URL(path, portal.pageUrl).href;
        results.push(await auditPage(page, url, port, isSignedIn ? portal.cookie : undefined));
      }
      return results;
    } finally {
      await browser.close();
      await portal.stop();
    }
  } finally {
    await convex.close();
  }
}

/**
 * @param {string} page
 * @param {string} url
 * @param {number} port of the browser
 * @param {string | undefined} cookie
 * @returns {Promise<PageScores>} the run with the middle performance
 */
async function auditPage(page, url, port, cookie) {
  /** @type {PageScores[]} */
  const runs = [];
  for (let attempt = 1; runs.length < RUNS; attempt++) {
    const result = await lighthouse(url, {
      port,
      output: "json",
      logLevel: "error",
      onlyCategories: CATEGORIES,
      ...(cookie === undefined ? {} : { extraHeaders: { Cookie: cookie } }),
    });
    if (result === undefined) throw new ScriptError(`Lighthouse gave no result for ${page}.`);
    const { runtimeError } = result.lhr;
    if (runtimeError !== undefined && attempt < ATTEMPTS) continue;
    if (runtimeError !== undefined) throw new ScriptError(`${page}: ${runtimeError.message}`);
    runs.push(readScores(page, result.lhr));
  }
  runs.sort((a, b) => a.performance - b.performance);
  const middle = runs[Math.floor(RUNS / 2)];
  if (middle === undefined) throw new ScriptError(`Lighthouse did not run for ${page}.`);
  return middle;
}

/**
 * @param {string} page
 * @param {import("lighthouse").Result} result
 * @returns {PageScores}
 */
function readScores(page, { categories, audits, finalDisplayedUrl, requestedUrl }) {
  // Another page than the one asked for, such as the sign-in, has scores of its own.
  if (finalDisplayedUrl !== requestedUrl) {
    throw new ScriptError(`${page}: Lighthouse was led to ${finalDisplayedUrl}.`);
  }
  const score = (/** @type {string} */ name) => Math.round((categories[name]?.score ?? 0) * 100);
  const value = (/** @type {string} */ name) => audits[name]?.numericValue ?? NaN;
  const failed = ["accessibility", "best-practices"].flatMap((name) =>
    (categories[name]?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
      .map(({ id }) => id),
  );
  return {
    page,
    performance: score("performance"),
    accessibility: score("accessibility"),
    bestPractices: score("best-practices"),
    firstPaintMs: value("first-contentful-paint"),
    largestPaintMs: value("largest-contentful-paint"),
    blockedMs: value("total-blocking-time"),
    layoutShift: value("cumulative-layout-shift"),
    failed,
  };
}
