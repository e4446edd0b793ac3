import { readFile, writeFile } from "node:fs/promises";
import prettier from "prettier";
import { ScriptError } from "../lib/terminal.mjs";

/** @typedef {import("./audit.mjs").PageScores} PageScores */

const BEGIN = "<!-- begin of what npm run lighthouse writes -->";
const END = "<!-- end of what npm run lighthouse writes -->";

/** What every page must reach. */
const BOUNDS = /** @type {const} */ ({ performance: 95, accessibility: 100, bestPractices: 100 });

const NAMES = /** @type {const} */ ({
  performance: "performance",
  accessibility: "accessibility",
  bestPractices: "best practices",
});

const HEADER = [
  "page",
  ...Object.values(NAMES),
  "first paint",
  "largest paint",
  "blocked",
  "layout shift",
];

const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(1)} s`;

const cells = (/** @type {PageScores} */ scores) => [
  scores.page,
  String(scores.performance),
  String(scores.accessibility),
  String(scores.bestPractices),
  seconds(scores.firstPaintMs),
  seconds(scores.largestPaintMs),
  `${Math.round(scores.blockedMs)} ms`,
  scores.layoutShift.toFixed(3),
];

/** A table for the terminal. @param {readonly PageScores[]} results */
export function renderTable(results) {
  const rows = [HEADER, ...results.map(cells)];
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .join("\n");
}

/** One line for each score that is below its bound. @param {readonly PageScores[]} results */
export function shortfalls(results) {
  return results.flatMap((scores) =>
    /** @type {(keyof typeof BOUNDS)[]} */ (Object.keys(BOUNDS))
      .filter((name) => !(scores[name] >= BOUNDS[name]))
      .map((name) => {
        const why = name === "performance" ? "" : ` (${scores.failed.join(", ")})`;
        return `${scores.page}: ${NAMES[name]} is ${scores[name]}, less than ${BOUNDS[name]}${why}.`;
      }),
  );
}

/**
 * Puts the scores between their marks in a document.
 *
 * @param {string} document
 * @param {readonly PageScores[]} results
 * @returns {Promise<string>}
 * @throws {ScriptError} without the marks
 */
export async function insertScores(document, results) {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin === -1 || end < begin) throw new ScriptError(`The document lacks ${BEGIN}.`);
  const rows = [HEADER, HEADER.map(() => "---"), ...results.map(cells)];
  const table = rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
  const before = document.slice(0, begin + BEGIN.length);
  const text = `${before}\n\n${table}\n\n${document.slice(end)}`;
  return await prettier.format(text, { parser: "markdown", printWidth: 100 });
}

/** @param {string} file @param {readonly PageScores[]} results */
export async function writeScores(file, results) {
  await writeFile(file, await insertScores(await readFile(file, "utf8"), results));
}
