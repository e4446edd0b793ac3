import "./lib/require-node.mjs";
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import wabt from "wabt";
import { inProject } from "./lib/project.mjs";
import { runScript } from "./lib/terminal.mjs";

/**
 * `node scripts/wasm.mjs`: compiles app/convex/unescape.wat into a module that TypeScript imports,
 * so that neither the build nor a clone needs a compiler. Run it after a change of the source and
 * commit the result; a unit test compares the two.
 */

const SOURCE = inProject("app/convex/unescape.wat");

/** The generated file. */
export const UNESCAPE_MODULE = inProject("app/convex/unescape-wasm.ts");

/** What the generated file must hold. */
export async function compileUnescape() {
  const compiler = await wabt();
  const module = compiler.parseWat("unescape.wat", await readFile(SOURCE, "utf8"), { simd: true });
  try {
    module.validate();
    const base64 = Buffer.from(module.toBinary({}).buffer).toString("base64");
    return [
      "// Made by `node scripts/wasm.mjs` from unescape.wat. Change that, not this.",
      "",
      "/** The compiled module, base64. */",
      "export const UNESCAPE_WASM =",
      `  "${base64}";`,
      "",
    ].join("\n");
  } finally {
    module.destroy();
  }
}

const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  await runScript(async () => {
    await writeFile(UNESCAPE_MODULE, await compileUnescape());
  });
}
