import "./lib/require-node.mjs";
import { ensureBuilt } from "./lib/build-state.mjs";
import { ensureChromium } from "./lib/chromium.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { parseOptions } from "./lib/options.mjs";
import { inProject } from "./lib/project.mjs";
import { print, runScript } from "./lib/terminal.mjs";

const USAGE = `Usage: npm run lighthouse -- [options]

  --no-write   leave docs/performance.md as it is
  --help       show this

Audits the sign-in, tools, export and verify pages of the built portal with Lighthouse, signed in,
in front of the embedded Convex. Exits with 1 where a score is below its bound.`;

/** `npm run lighthouse`: the scores of the pages, into docs/performance.md. */
await runScript(async () => {
  const { help, ...options } = parseOptions(
    { "no-write": { type: "boolean" }, help: { type: "boolean" } },
    USAGE,
  );
  if (help) {
    print(USAGE);
    return 0;
  }
  await ensureInstalled();
  await ensureBuilt();
  const chromium = await ensureChromium();
  const { auditPages } = await import("./lighthouse/audit.mjs");
  const { renderTable, shortfalls, writeScores } = await import("./lighthouse/report.mjs");
  const results = await auditPages(chromium);
  print(renderTable(results));
  if (!options["no-write"]) await writeScores(inProject("docs/performance.md"), results);
  const missed = shortfalls(results);
  for (const line of missed) print(line);
  return missed.length === 0 ? 0 : 1;
});
