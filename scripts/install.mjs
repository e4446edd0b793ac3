import "./lib/require-node.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { runScript } from "./lib/terminal.mjs";

/** Goes before commands that need packages, so that they work from a fresh clone. */
await runScript(ensureInstalled);
