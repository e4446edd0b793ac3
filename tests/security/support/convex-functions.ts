import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { JSONValue } from "convex/values";
import type { ValidatorJSON } from "~/embedded/validators";
import { ROOT } from "../../e2e/support/process";

/** A function of the project's `convex/` folder. */
export interface ConvexFunction {
  /** E.g. `exports:readLines`. */
  path: string;
  type: "query" | "mutation" | "action";
  isInternal: boolean;
  /** Whether it takes who asks, and checks it. */
  takesActor: boolean;
  /** The smallest arguments that its validator accepts. */
  args: Record<string, JSONValue>;
}

/** What the function builders of `convex/server` return. */
interface Registered {
  isQuery?: boolean;
  isMutation?: boolean;
  isInternal?: boolean;
  exportArgs(): string;
}

/** An id of the right form that no document has. */
const DANGLING_ID = "j".padEnd(32, "0");

/** Every function of every module, so that a new one cannot be forgotten. */
export async function convexFunctions(): Promise<ConvexFunction[]> {
  const folder = path.join(ROOT, "convex");
  const functions: ConvexFunction[] = [];
  const files = (await readdir(folder)).filter((name) => /^[^.]+\.ts$/.test(name)).sort();
  for (const file of files) {
    const url = pathToFileURL(path.join(folder, file)).href;
    const module = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
    for (const [name, exported] of Object.entries(module)) {
      if (!isRegistered(exported)) continue;
      const validator = JSON.parse(exported.exportArgs()) as ValidatorJSON;
      const args = smallest(validator) as Record<string, JSONValue>;
      functions.push({
        path: `${path.basename(file, ".ts")}:${name}`,
        type: exported.isQuery ? "query" : exported.isMutation ? "mutation" : "action",
        isInternal: exported.isInternal === true,
        takesActor: "actor" in args,
        args,
      });
    }
  }
  return functions;
}

function isRegistered(value: unknown): value is Registered {
  return typeof value === "function" && "exportArgs" in value;
}

function smallest(type: ValidatorJSON): JSONValue {
  switch (type.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(type.value)
          .filter(([, { optional }]) => !optional)
          .map(([name, { fieldType }]) => [name, smallest(fieldType)]),
      );
    case "string":
      return "x";
    case "number":
      return 1;
    case "boolean":
      return false;
    case "id":
      return DANGLING_ID;
    case "literal":
      return type.value;
    case "array":
      return [];
    case "record":
      return {};
    case "union": {
      const [first] = type.value;
      return first === undefined ? null : smallest(first);
    }
    case "null":
    case "any":
      return null;
    default:
      throw new Error(`no smallest value of the type ${type.type}`);
  }
}
