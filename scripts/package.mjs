import "./lib/require-node.mjs";
import { chmod, rm } from "node:fs/promises";
import { build } from "esbuild";
import { inProject, ROOT } from "./lib/project.mjs";
import { runScript, ScriptError } from "./lib/terminal.mjs";

/**
 * `npm pack` calls it: the command line as one file, with all that it needs but DuckDB, whose library
 * is not JavaScript.
 */
await runScript(async () => {
  await rm(inProject("dist"), { recursive: true, force: true });
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ["app/cli/main.ts"],
      outfile: "dist/supportsignal-export.js",
      bundle: true,
      external: ["@duckdb/node-api"],
      format: "esm",
      platform: "node",
      target: "node20.19",
      logLevel: "warning",
      // Packages that are CommonJS ask for Node's modules by `require`, which modules do not have.
      banner: {
        js: `#!/usr/bin/env node
import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`,
      },
    });
  } catch {
    // esbuild has printed each problem with its place; the error only repeats them.
    throw new ScriptError("esbuild could not bundle the command line, see above.");
  }
  await chmod(inProject("dist/supportsignal-export.js"), 0o755);
});
