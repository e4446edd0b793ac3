import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { JSONValue } from "convex/values";
import type { PortalTarget } from "../../e2e/support/portal";
import { ROOT } from "../../e2e/support/process";

/**
 * Writes a folder of Convex functions: those of the project, and `rows:list`, which answers with a
 * table as it is stored. A module that is added to the project is in it, too.
 */
export async function writeRawFunctions(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "supportsignal-functions-"));
  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
  const source = path.join(ROOT, "convex");
  const names = (await readdir(source)).filter((name) => /^[^.]+\.ts$/.test(name));
  for (const name of names) {
    const from = JSON.stringify(pathToFileURL(path.join(source, name)).href);
    const isSchema = name === "schema.ts";
    await write(name, isSchema ? `export { default } from ${from};\n` : `export * from ${from};\n`);
  }
  const rows = pathToFileURL(path.join(ROOT, "tests/fixtures/raw-rows/rows.ts")).href;
  await write("rows.ts", `export * from ${JSON.stringify(rows)};\n`);
  await write("package.json", '{ "type": "module" }\n');
  return folder;
}

/** Asks Convex as the holder of its key. @returns the answer's text */
export async function askConvex(
  { convexUrl, deployKey }: PortalTarget,
  type: "query" | "mutation",
  functionPath: string,
  args: Record<string, JSONValue>,
): Promise<string> {
  const response = await fetch(`${convexUrl}/api/${type}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${deployKey}` },
    body: JSON.stringify({ path: functionPath, args: [args], format: "convex_encoded_json" }),
  });
  return await response.text();
}

/** A table as it is stored, as the text of Convex's answer. */
export async function rawRows(target: PortalTarget, table: string): Promise<string> {
  const text = await askConvex(target, "query", "rows:list", { table });
  const { status } = JSON.parse(text) as { status: string };
  if (status !== "success") throw new Error(`The rows of ${table} were not answered: ${text}`);
  return text;
}
