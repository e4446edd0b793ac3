import "./lib/require-node.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { runScript } from "./lib/terminal.mjs";

/** `npm run cli`: the command line from its source, in the folder in which npm was called. */
await runScript(ensureInstalled);
process.chdir(process.env["INIT_CWD"] ?? process.cwd());
const { tsImport } = await import("tsx/esm/api");
await tsImport("../app/cli/main.ts", import.meta.url);
