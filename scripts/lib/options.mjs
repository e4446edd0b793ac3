import path from "node:path";
import { parseArgs } from "node:util";
import { ScriptError } from "./terminal.mjs";

/**
 * Parses a script's command line and refuses what it does not know.
 *
 * @template {NonNullable<import("node:util").ParseArgsConfig["options"]>} Options
 * @param {Options} options as `parseArgs` of node:util takes them
 * @param {string} usage printed below the reason when the command line is refused
 * @throws {ScriptError} with exit code 2
 */
export function parseOptions(options, usage) {
  try {
    return parseArgs({ options, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw new ScriptError(
      `${error instanceof Error ? error.message : String(error)}\n\n${usage}`,
      2,
    );
  }
}

/**
 * A whole number given as an option.
 *
 * @param {string} name the option, for the message
 * @param {string} text
 * @param {{ min: number, max: number }} range both ends included
 * @throws {ScriptError} with exit code 2
 */
export function wholeNumber(name, text, { min, max }) {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new ScriptError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`, 2);
}

/** A path given as an option, seen from the folder in which npm was called. */
export function userPath(/** @type {string} */ given) {
  return path.resolve(process.env["INIT_CWD"] ?? process.cwd(), given);
}
