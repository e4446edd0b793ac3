import "./lib/require-node.mjs";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { startEmbeddedConvex } from "./lib/embedded.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { parseOptions, wholeNumber } from "./lib/options.mjs";
import { requireFreePort } from "./lib/ports.mjs";
import { inProject } from "./lib/project.mjs";
import { Services } from "./lib/services.mjs";
import { print, runScript } from "./lib/terminal.mjs";

const USAGE = "Usage: npm run dev   (settings come from the environment and from .env)";

/**
 * `npm run dev`: the portal with Vite's development server, against the deployment that the
 * environment or .env names, or against an embedded Convex where there is none.
 */
await runScript(async () => {
  const { help } = parseOptions({ help: { type: "boolean" } }, USAGE);
  if (help) {
    print(USAGE);
    return;
  }
  // Variables that are already set win over the file, as with Node's own --env-file.
  if (existsSync(inProject(".env"))) process.loadEnvFile(inProject(".env"));
  const host = process.env["HOST"] ?? "127.0.0.1";
  const port = wholeNumber("PORT", process.env["PORT"] ?? "3200", { min: 1, max: 65_535 });
  await requireFreePort(host, port, "Stop it, or set PORT to another one.");
  await ensureInstalled();

  const services = new Services();
  try {
    /** @type {Record<string, string>} */
    const env = { NODE_ENV: "development" };
    if (!process.env["CONVEX_URL"]) {
      print("No CONVEX_URL in the environment or .env: starting the embedded Convex …");
      const convex = await services.whileRunning(startEmbeddedConvex({}));
      // Asked to end while it loads: its process ends with this one.
      if (convex === undefined) process.exit();
      services.adopt(convex);
      env["CONVEX_URL"] = convex.url;
      env["CONVEX_DEPLOY_KEY"] = convex.adminKey;
      env["SESSION_SECRET"] = process.env["SESSION_SECRET"] ?? randomBytes(32).toString("hex");
    }
    services.start("The portal", ["--import", "tsx", "server.ts"], env);
    await services.whileRunning(new Promise(() => {}));
    print("\nStopping …");
  } finally {
    await services.stop();
  }
});
