import "./lib/require-node.mjs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ensureInstalled } from "./lib/install.mjs";
import { ROOT } from "./lib/project.mjs";
import { print, runScript } from "./lib/terminal.mjs";

/** `npm run privacy-guide`: makes the tables of docs/guides/privacy.md from the export policy. */
await runScript(async () => {
  await ensureInstalled();
  const { renderPrivacyGuide } = await import("./lib/privacy-guide.mjs");
  const { tsImport } = await import("tsx/esm/api");
  const policy = /** @type {typeof import("../convex/exportPolicy")} */ (
    await tsImport("../convex/exportPolicy.ts", import.meta.url)
  );
  const file = path.join(ROOT, "docs/guides/privacy.md");
  const guide = await readFile(file, "utf8");
  const { POLICY_VERSION: version, exportPolicy: tables } = policy;
  await writeFile(file, await renderPrivacyGuide(guide, { version, tables }));
  print(`${path.relative(ROOT, file)} is up to date with the policy.`);
});
