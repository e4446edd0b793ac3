import { size } from "./measures.mjs";

/**
 * A run's figures for people and for programs.
 *
 * @typedef {import("./measures.mjs").Measure} Measure
 * @typedef {import("./machine.mjs").Machine} Machine
 *
 * @typedef {object} Report
 * @property {Machine} machine
 * @property {boolean} isQuick
 * @property {string[]} groups that were run
 * @property {Measure[]} measures
 */

const HEADER = ["measure", "target", "figure", "met", "how"];

const BEGIN = "<!-- begin of what npm run bench writes -->";
const END = "<!-- end of what npm run bench writes -->";

const met = (/** @type {Measure} */ { isMet }) => (isMet === null ? "" : isMet ? "yes" : "no");

/** @param {Measure} measure */
const cells = (measure) => [
  measure.title,
  measure.target,
  measure.figure,
  met(measure),
  measure.detail,
];

/**
 * A table for the terminal: columns as wide as what is in them.
 *
 * @param {readonly Measure[]} measures
 */
export function renderTable(measures) {
  const rows = [HEADER, ...measures.map(cells)].map((row) =>
    row.map((cell) => cell.replaceAll("`", "")),
  );
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => "─".repeat(width)).join("  "));
  return lines.join("\n");
}

/** A cell of a Markdown table. */
const escapeCell = (/** @type {string} */ text) =>
  text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** @param {Machine} machine */
export const describe = ({ cpu, cores, memoryBytes, node, system, date, load }) =>
  `${date}, ${cpu}, ${cores} cores, ${size(memoryBytes)} of memory, ${system}, Node ${node}, ` +
  `load average ${load.toFixed(1)} before it`;

/**
 * The report as the generated part of the document, Markdown.
 *
 * @param {Report} report
 */
export function renderMarkdown({ machine, measures }) {
  const row = (/** @type {string[]} */ texts) => `| ${texts.map(escapeCell).join(" | ")} |`;
  return [
    `Run of ${describe(machine)}.`,
    "",
    row(HEADER),
    row(HEADER.map(() => "---")),
    ...measures.map((measure) => row(cells(measure))),
  ].join("\n");
}

/**
 * Replaces the generated part of the document.
 *
 * @param {string} document
 * @param {string} generated
 * @throws {Error} when the document has no place for it
 */
export function replaceGenerated(document, generated) {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin === -1 || end < begin) {
    throw new Error(`The document has no part between "${BEGIN}" and "${END}".`);
  }
  const [before, after] = [document.slice(0, begin + BEGIN.length), document.slice(end)];
  return `${before}\n\n${generated}\n\n${after}`;
}
