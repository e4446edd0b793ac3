import path from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the project's root folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Absolute path of something in the project. */
export const inProject = (/** @type {string[]} */ ...parts) => path.join(ROOT, ...parts);

/** The commands of the installed packages, as files that Node runs on every platform. */
export const BIN = {
  convex: inProject("node_modules/convex/bin/main.js"),
  eslint: inProject("node_modules/eslint/bin/eslint.js"),
  playwright: inProject("node_modules/@playwright/test/cli.js"),
  prettier: inProject("node_modules/prettier/bin/prettier.cjs"),
  remix: inProject("node_modules/@remix-run/dev/dist/cli.js"),
  tsc: inProject("node_modules/typescript/bin/tsc"),
  vitest: inProject("node_modules/vitest/vitest.mjs"),
};
