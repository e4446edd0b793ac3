import "./lib/require-node.mjs";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { ensureBuilt } from "./lib/build-state.mjs";
import { loadDemoAccounts, startEmbeddedConvex } from "./lib/embedded.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { parseOptions, userPath, wholeNumber } from "./lib/options.mjs";
import { requireFreePort } from "./lib/ports.mjs";
import { Services } from "./lib/services.mjs";
import { print, runScript, ScriptError } from "./lib/terminal.mjs";

const HOST = "127.0.0.1";
const DEFAULT_PORT = "3200";
const LARGEST_PORT = 65_535;
const LARGEST_SCALE = 1_000;

const USAGE = `Usage: npm run demo -- [options]

  --data PATH   load an export file, or a folder of tables as JSON lines, instead of the sample data
  --scale N     multiply the sample data, 1 to ${LARGEST_SCALE}
  --port N      port of the portal, instead of ${DEFAULT_PORT}
  --help        show this`;

/**
 * @typedef {import("./lib/embedded.mjs").EmbeddedConvexOptions} EmbeddedConvexOptions
 *
 * @returns {{ help: true } | { help: false, port: number, embedded: EmbeddedConvexOptions }}
 */
function readOptions() {
  const options = parseOptions(
    {
      data: { type: "string" },
      scale: { type: "string" },
      port: { type: "string" },
      help: { type: "boolean" },
    },
    USAGE,
  );
  if (options.help) return { help: true };
  if (options.data !== undefined && options.scale !== undefined) {
    throw new ScriptError("--scale multiplies the sample data, which --data replaces.", 2);
  }
  /** @type {EmbeddedConvexOptions} */
  const embedded = {};
  if (options.data !== undefined) {
    const data = userPath(options.data);
    if (!existsSync(data))
      throw new ScriptError(`--data ${options.data}: there is no such path.`, 2);
    embedded.data = data;
  }
  if (options.scale !== undefined) {
    embedded.scale = wholeNumber("--scale", options.scale, { min: 1, max: LARGEST_SCALE });
  }
  const portText = options.port ?? process.env["PORT"] ?? DEFAULT_PORT;
  const portName = options.port === undefined ? "PORT" : "--port";
  const port = wholeNumber(portName, portText, { min: 1, max: LARGEST_PORT });
  return { help: false, port, embedded };
}

/** @param {string} origin */
async function printWelcome(origin) {
  const { DEMO_ACCOUNTS, DEMO_PASSWORD } = await loadDemoAccounts();
  const administrator = DEMO_ACCOUNTS.find(({ role }) => role === "system_admin");
  const others = DEMO_ACCOUNTS.filter((account) => account !== administrator);

  print(`
The portal is ready at ${origin}

  Sign in as   ${administrator?.email}
  Password     ${DEMO_PASSWORD}

  The same password signs in those who may not export:
    ${others.map(({ email }) => email).join("\n    ")}

  The download without a browser:
    curl -fLOJ -b '' --data-urlencode 'email=${administrator?.email}' \\
      --data-urlencode 'password=${DEMO_PASSWORD}' \\
      '${origin}/login?redirectTo=/admin/developer-tools/export/download'

  Everything is in memory and gone at the end. For a Convex address and key to use
  with other tools: npm run embedded-convex

Ctrl-C stops the demo.`);
}

/** `npm run demo`: the embedded Convex with sample data, and the portal in front of it. */
await runScript(async () => {
  const options = readOptions();
  if (options.help) {
    print(USAGE);
    return;
  }
  const { port, embedded } = options;
  const origin = `http://${HOST}:${port}`;
  await requireFreePort(HOST, port, "Stop it, or choose another port: npm run demo -- --port N");
  await ensureInstalled();
  await ensureBuilt();

  const services = new Services();
  try {
    print("Starting the embedded Convex and the portal …");
    const convex = await services.whileRunning(startEmbeddedConvex(embedded));
    // Asked to end while it loads: its process ends with this one.
    if (convex === undefined) process.exit();
    services.adopt(convex);
    services.start("The portal", ["build/host.js"], {
      NODE_ENV: "production",
      HOST,
      PORT: String(port),
      PORTAL_ORIGIN: origin,
      CONVEX_URL: convex.url,
      CONVEX_DEPLOY_KEY: convex.adminKey,
      SESSION_SECRET: randomBytes(32).toString("hex"),
      LOG_LEVEL: process.env["LOG_LEVEL"] ?? "warn",
    });
    await services.whileRunning(
      services.untilReady(`${origin}/readyz`).then(() => printWelcome(origin)),
    );
    await services.whileRunning(new Promise(() => {}));
    print("\nStopping …");
  } finally {
    await services.stop();
  }
});
