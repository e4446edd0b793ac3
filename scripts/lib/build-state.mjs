import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { inProject, ROOT } from "./project.mjs";
import { runNode } from "./run.mjs";
import { print, ScriptError } from "./terminal.mjs";

/** All that the build reads. */
const SOURCES = [
  "app",
  "convex",
  "public",
  "package-lock.json",
  "remix.config.js",
  "scripts/build.mjs",
  "server.ts",
  "tsconfig.json",
  "vite.config.ts",
];

const STAMP_FILE = inProject("build/.source-digest");
const OUTPUTS = ["build/client", "build/server/index.js", "build/host.js"];

/** @returns {Promise<string[]>} paths of all files at or below a path, in a fixed order */
async function filesAt(/** @type {string} */ place) {
  const absolute = inProject(place);
  if (!existsSync(absolute)) return [];
  if ((await stat(absolute)).isFile()) return [place];
  const entries = await readdir(absolute, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** SHA-256 over the names and contents of all sources, which tells more than their times do. */
async function digestSources() {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of await filesAt(source)) {
      const content = await readFile(inProject(file));
      hash.update(`${file}\0${content.byteLength}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

/** Remembers which sources the build was made from. */
export async function stampBuild(/** @type {string} */ digest) {
  await writeFile(STAMP_FILE, `${digest}\n`);
}

/** Digest of the sources as they are now; take it before building, so that a later edit shows. */
export const sourceDigest = digestSources;

/**
 * Builds the portal unless there is a build of these very sources.
 *
 * @throws {ScriptError} with what the build printed when it fails
 */
export async function ensureBuilt() {
  const complete = OUTPUTS.every((output) => existsSync(inProject(output)));
  const stamp = complete && existsSync(STAMP_FILE) ? await readFile(STAMP_FILE, "utf8") : "";
  if (stamp.trim() === (await digestSources())) return;

  print("Building the portal …");
  const { code, output } = await runNode([inProject("scripts/build.mjs")], { quiet: true });
  if (code !== 0) throw new ScriptError(`The build failed:\n\n${output.trimEnd()}`);
}
