import { installPackages } from "./packages.mjs";
import { run } from "./run.mjs";
import { print, ScriptError } from "./terminal.mjs";

/** What the tests read exports with, beside Node and DuckDB. */
const READERS = ["jq", "python3"];

/** @returns {Promise<string[]>} those that do not run here */
async function missing() {
  /** @type {string[]} */
  const names = [];
  for (const name of READERS) {
    if ((await run(name, ["--version"], { quiet: true })).code !== 0) names.push(name);
  }
  return names;
}

/**
 * Installs jq and Python where they are missing, as Debian's packages.
 *
 * @throws {ScriptError} when one is missing and cannot be installed
 */
export async function ensureReaders() {
  const wanted = await missing();
  if (wanted.length === 0) return;
  print(`Installing ${wanted.join(" and ")} …`);
  await installPackages(...wanted);
  const left = await missing();
  if (left.length === 0) return;
  throw new ScriptError(
    `The tests read exports with ${left.join(" and ")}. It is not here and is no package that could be installed: install it by hand.`,
  );
}
