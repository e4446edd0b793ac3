import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { inProject } from "./project.mjs";
import { run, runNode } from "./run.mjs";
import { print, ScriptError } from "./terminal.mjs";

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {boolean} [optional]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 *
 * @typedef {Record<string, LockEntry>} Lock path below the root, such as `node_modules/zod`, to what is locked
 */

const LOCK_FILE = inProject("package-lock.json");
const INSTALLED_FILE = inProject("node_modules/.package-lock.json");

/** @returns {Promise<Lock>} */
async function readLock(/** @type {string} */ file) {
  const text = await readFile(file, "utf8");
  return /** @type {{ packages: Lock }} */ (JSON.parse(text)).packages;
}

/** Whether every locked package is installed in its locked version; optional ones may be absent. */
async function isCurrent(/** @type {Lock} */ lock) {
  if (!existsSync(INSTALLED_FILE)) return false;
  const installed = await readLock(INSTALLED_FILE);
  return Object.entries(lock).every(([place, { version, optional }]) => {
    if (place === "") return true;
    const found = installed[place];
    return found === undefined ? optional === true : found.version === version;
  });
}

/** @throws {ScriptError} when package.json asks for something that was never locked */
async function requireMatchingLock(/** @type {Lock} */ lock) {
  const text = await readFile(inProject("package.json"), "utf8");
  const wanted = /** @type {LockEntry} */ (JSON.parse(text));
  for (const kind of /** @type {const} */ (["dependencies", "devDependencies"])) {
    const locked = lock[""]?.[kind] ?? {};
    const asked = wanted[kind] ?? {};
    const names = new Set([...Object.keys(locked), ...Object.keys(asked)]);
    const different = [...names].filter((name) => locked[name] !== asked[name]);
    if (different.length > 0) {
      throw new ScriptError(
        `package.json and package-lock.json differ in ${different.join(", ")}: run npm install.`,
      );
    }
  }
}

/** @param {string[]} args of npm, the same npm that runs this script where there is one */
function npm(args) {
  const options = { quiet: true };
  // Settings that come from the environment must neither leave out the development packages, which
  // hold the tools, nor silence the reason of a failure, as npm --silent would.
  const all = [...args, "--include=dev", "--loglevel=warn", "--no-audit", "--no-fund"];
  const cli = process.env["npm_execpath"];
  return cli?.endsWith(".js") ? runNode([cli, ...all], options) : run("npm", all, options);
}

/**
 * Makes sure that node_modules holds what package-lock.json says; package-lock.json never changes.
 *
 * @throws {ScriptError} with npm's own words when that fails
 */
export async function ensureInstalled() {
  const lock = await readLock(LOCK_FILE);
  await requireMatchingLock(lock);
  if (await isCurrent(lock)) return;

  print("Installing packages …");
  let result = await npm(["ci"]);
  if (result.code !== 0 && result.output.includes("EUSAGE")) {
    // Some registries lack optional packages for other platforms. A lock made with one omits them,
    // npm ci then calls it out of sync, and npm install copes.
    const lockText = await readFile(LOCK_FILE);
    try {
      result = await npm(["install", "--no-save"]);
    } finally {
      await writeFile(LOCK_FILE, lockText);
    }
  }
  if (result.code !== 0) {
    throw new ScriptError(`npm could not install the packages:\n\n${result.output.trimEnd()}`);
  }
}
