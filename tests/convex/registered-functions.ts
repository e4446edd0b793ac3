import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const CONVEX = fileURLToPath(new URL("../../convex", import.meta.url));

/** A function of `convex/` as Convex registers it. */
export interface Registered {
  path: string;
  kind: "query" | "mutation" | "action";
  isInternal: boolean;
  isPublic: boolean;
}

async function moduleNames(): Promise<string[]> {
  const entries = await readdir(CONVEX, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /^[^.]+\.ts$/.test(entry.name))
    .map((entry) => path.relative(CONVEX, path.join(entry.parentPath, entry.name)))
    .map((file) => file.replace(/\.ts$/, ""))
    .filter((name) => !name.startsWith("_generated"));
}

/** All functions of `convex/`, so that a new one cannot be forgotten. */
export async function registeredFunctions(): Promise<Registered[]> {
  const registered: Registered[] = [];
  for (const name of await moduleNames()) {
    const file = path.join(CONVEX, `${name}.ts`);
    const exports = (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
    for (const [exportName, value] of Object.entries(exports)) {
      if (typeof value !== "function" || !("exportArgs" in value)) continue;
      const flags = value as unknown as Record<string, unknown>;
      const kind = flags["isQuery"] ? "query" : flags["isMutation"] ? "mutation" : "action";
      registered.push({
        path: `${name}:${exportName}`,
        kind,
        isInternal: flags["isInternal"] === true,
        isPublic: flags["isPublic"] === true,
      });
    }
  }
  return registered;
}
