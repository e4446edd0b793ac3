/**
 * Resolver for eslint-plugin-boundaries: turns an import into a path by its text alone, the file
 * need not exist. Which layer a path belongs to is all that the boundaries rule asks.
 */
const { isBuiltin } = require("node:module");
const path = require("node:path");

const ROOT = path.resolve(__dirname, "../..");

exports.interfaceVersion = 2;

/**
 * @param {string} source what the import names, such as `~/export/plan` or `../model/actors`
 * @param {string} importer absolute path of the importing file
 * @returns {{ found: boolean, path?: string | null }} `null` stands for a module of Node itself
 */
exports.resolve = (source, importer) => {
  const [bare = ""] = source.split("?");
  if (isBuiltin(bare)) return { found: true, path: null };
  if (bare.startsWith("~/")) return { found: true, path: path.join(ROOT, "app", bare.slice(2)) };
  if (/^\.{1,2}(\/|$)/.test(bare)) {
    return { found: true, path: path.resolve(path.dirname(importer), bare) };
  }
  return { found: false };
};
