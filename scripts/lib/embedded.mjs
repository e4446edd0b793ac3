import { print, ScriptError } from "./terminal.mjs";

/**
 * @typedef {import("../../app/embedded/options").EmbeddedConvex} EmbeddedConvex
 * @typedef {import("../../app/embedded/options").EmbeddedConvexOptions} EmbeddedConvexOptions
 */

/** Loads a TypeScript module of app/embedded; only then must the packages be installed. */
async function load(/** @type {string} */ name) {
  const { tsImport } = await import("tsx/esm/api");
  return tsImport(`../../app/embedded/${name}.ts`, import.meta.url);
}

/**
 * Starts the embedded Convex in a process of its own, on any free port.
 *
 * @param {EmbeddedConvexOptions} options
 * @returns {Promise<EmbeddedConvex>}
 * @throws {ScriptError} with its own reason for not starting
 */
export async function startEmbeddedConvex(options) {
  const { spawnEmbeddedConvex } = /** @type {typeof import("../../app/embedded/spawn")} */ (
    await load("spawn")
  );
  try {
    return await spawnEmbeddedConvex({ log: print, ...options });
  } catch (error) {
    throw new ScriptError(error instanceof Error ? error.message : String(error));
  }
}

/** @returns {Promise<typeof import("../../app/embedded/demo-accounts")>} the accounts that it always has */
export const loadDemoAccounts = () => load("demo-accounts");
