import { readdir, readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { describe, expect, test } from "vitest";

const CONVEX = fileURLToPath(new URL("../../../convex", import.meta.url));
const BROKEN = fileURLToPath(new URL("../../fixtures/convex-node-import", import.meta.url));

/** The files that the official CLI pushes: `entryPoints` in convex/src/bundler/index.ts. */
async function entryPoints(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /^[^.#][^. ]*\.(ts|tsx|js|jsx|mts|mjs)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !path.relative(folder, file).startsWith("_generated"))
    .sort();
}

interface Bundled {
  files: string[];
  metafile: Metafile;
}

/** Bundles as `innerEsbuild` in convex/src/bundler/debugBundle.ts does for the isolate. */
async function bundle(folder: string, files: string[]): Promise<Bundled> {
  const result = await build({
    entryPoints: files,
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "esnext",
    jsx: "automatic",
    outdir: "out",
    outbase: folder,
    conditions: ["convex", "module"],
    write: false,
    splitting: true,
    chunkNames: path.join("_deps", "[hash]"),
    treeShaking: true,
    minifySyntax: true,
    minifyIdentifiers: true,
    minifyWhitespace: false,
    keepNames: true,
    define: { "process.env.NODE_ENV": '"production"' },
    metafile: true,
    logLevel: "silent",
  });
  return {
    files: result.outputFiles.map((file) => path.relative(path.resolve("out"), file.path)),
    metafile: result.metafile,
  };
}

describe("the Convex functions", () => {
  test("bundle for Convex's own runtime, without any module of Node", async () => {
    const files = await entryPoints(CONVEX);
    const { metafile, files: outputs } = await bundle(CONVEX, files);
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((imported) => isBuiltin(imported.path))).toEqual([]);
    // esbuild's own helpers are the one thing that it does not resolve to a file.
    const unresolved = imports.filter(({ external, path: to }) => external && to !== "<runtime>");
    expect(unresolved).toEqual([]);
    expect(outputs).toEqual(
      expect.arrayContaining(["exports.js", "sessions.js", "seed.js", "model/sanitize.js"]),
    );
  });

  test("run in no Node environment", async () => {
    for (const file of await entryPoints(CONVEX)) {
      expect(await readFile(file, "utf8"), file).not.toMatch(/["']use node["']/);
    }
  });

  test("do not reach into the web application", async () => {
    const { metafile } = await bundle(CONVEX, await entryPoints(CONVEX));
    const inputs = Object.keys(metafile.inputs).map((input) => path.resolve(input));
    const app = path.resolve(CONVEX, "../app");
    expect(inputs.filter((input) => input.startsWith(app + path.sep))).toEqual([]);
  });
});

test("a function that imports a module of Node does not bundle, and the module is named", async () => {
  const files = await entryPoints(BROKEN);
  expect(files).toHaveLength(2);
  await expect(bundle(BROKEN, files)).rejects.toThrow(/Could not resolve "node:crypto"/);
  const sound = files.filter((file) => file.endsWith("sound.ts"));
  expect((await bundle(BROKEN, sound)).files).toEqual(["sound.js"]);
});
