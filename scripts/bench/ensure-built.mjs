import { ensureBuilt } from "../lib/build-state.mjs";
import { runScript } from "../lib/terminal.mjs";

/** Builds the portal where needed. A process of its own: it prints, and the report may be JSON. */
await runScript(ensureBuilt);
