import "./lib/require-node.mjs";
import { ensureBuilt } from "./lib/build-state.mjs";
import { ensureChromium } from "./lib/chromium.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { parseOptions } from "./lib/options.mjs";
import { BIN, inProject } from "./lib/project.mjs";
import { runNode } from "./lib/run.mjs";
import { print, runScript } from "./lib/terminal.mjs";

const USAGE = `Usage: npm run screenshots -- [options]

  --only TEXT   pictures of the states with this in their name only
  --help        show this

Takes the pictures in docs/images: every state in tests/e2e/support/states.ts, light and dark.`;

/** `npm run screenshots`: pictures of every page and state. */
await runScript(async () => {
  const { only, help } = parseOptions(
    { only: { type: "string" }, help: { type: "boolean" } },
    USAGE,
  );
  if (help) {
    print(USAGE);
    return 0;
  }
  await ensureInstalled();
  await ensureBuilt();
  const config = inProject("tests/screenshots/playwright.config.ts");
  const filter = only === undefined ? [] : ["--grep", only];
  const { code } = await runNode([BIN.playwright, "test", "--config", config, ...filter], {
    env: { CHROMIUM_PATH: await ensureChromium() },
  });
  return code;
});
