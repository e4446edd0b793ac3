import "./lib/require-node.mjs";
import { rm } from "node:fs/promises";
import { build } from "esbuild";
import { sourceDigest, stampBuild } from "./lib/build-state.mjs";
import { BIN, inProject, ROOT } from "./lib/project.mjs";
import { runNode } from "./lib/run.mjs";
import { runScript, ScriptError } from "./lib/terminal.mjs";

/** `npm run build`: Remix's client and server bundles, then the host that serves them. */
await runScript(async () => {
  const digest = await sourceDigest();
  // A failed build must not leave a mixture of old and new that looks complete.
  for (const output of ["client", "server", "host.js", "host.js.map", ".source-digest"]) {
    await rm(inProject("build", output), { recursive: true, force: true });
  }

  const remix = await runNode([BIN.remix, "vite:build"], { env: { NODE_ENV: "production" } });
  if (remix.code !== 0) throw new ScriptError("remix vite:build failed, see above.");

  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ["server.ts"],
      outfile: "build/host.js",
      bundle: true,
      format: "esm",
      packages: "external",
      platform: "node",
      sourcemap: true,
      target: "node20.19",
      logLevel: "warning",
    });
  } catch {
    // esbuild has printed each problem with its place; the error only repeats them.
    throw new ScriptError("esbuild could not bundle server.ts, see above.");
  }
  await stampBuild(digest);
});
