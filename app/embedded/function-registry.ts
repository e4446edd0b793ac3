import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { convexToJson, type Value } from "convex/values";
import { EmbeddedConvexError, FunctionRefusedError } from "./errors";
import type { IdTables } from "./ids";
import { ARGUMENTS_MAX_BYTES, RETURN_VALUE_MAX_BYTES } from "./limits";
import { captureConsole } from "./log-capture";
import { readSchema, type DatabaseSchema } from "./schema";
import { validationProblem, type ValidatorJSON } from "./validators";
import { runningRequest } from "./request-context";
import { measureValue } from "./value-limits";
import { formatSize } from "./value-text";

export type FunctionType = "Query" | "Mutation" | "Action";

type Handler = (ctx: unknown, args: Record<string, Value>) => unknown;

/** What `query`, `mutation` and `action` of `convex/server` return, as the backend sees it. */
interface RegisteredFunction {
  isQuery?: boolean;
  isMutation?: boolean;
  isAction?: boolean;
  isInternal?: boolean;
  exportArgs(): string;
  exportReturns(): string;
  _handler: Handler;
}

export interface FunctionEntry {
  readonly type: FunctionType;
  readonly isInternal: boolean;
}

type ModuleExports = Record<string, unknown>;

/** The functions of a `convex/` folder. */
export interface FunctionRegistry {
  readonly schema: DatabaseSchema;
  /** Absolute path of the folder. */
  readonly directory: string;
  /** By canonical path without extension, e.g. `exports:summarize`. */
  readonly functions: ReadonlyMap<string, FunctionEntry>;
  /** The module map that convex-test expects. */
  moduleMap(ids: IdTables): Record<string, () => Promise<ModuleExports>>;
}

/** Modules that the official bundler does not push as functions. */
const SKIPPED_MODULES = new Set(["schema", "http", "crons", "auth.config", "convex.config"]);

/**
 * Imports every module of a `convex/` folder. Argument, return value and id checks are moved from
 * convex-test into the functions themselves: convex-test takes the table of an id from its text,
 * which is not possible with real ids, and knows no size limits.
 */
export async function loadFunctions(directory: string): Promise<FunctionRegistry> {
  const modules = new Map<string, ModuleExports>();
  for (const name of await moduleNames(directory)) {
    const file = pathToFileURL(path.join(directory, `${name}.ts`)).href;
    modules.set(name, (await import(/* @vite-ignore */ file)) as ModuleExports);
  }
  const schemaFile = pathToFileURL(path.join(directory, "schema.ts")).href;
  const { default: schema } = (await import(/* @vite-ignore */ schemaFile)) as {
    default: object;
  };
  return createRegistry(directory, readSchema(schema), modules);
}

/** Makes a registry of imported modules, by their path without extension. */
export function createRegistry(
  directory: string,
  schema: DatabaseSchema,
  modules: ReadonlyMap<string, ModuleExports>,
): FunctionRegistry {
  const functions = new Map<string, FunctionEntry>();
  for (const [name, exports] of modules) {
    for (const [exportName, value] of Object.entries(exports)) {
      if (isRegisteredFunction(value)) {
        const isInternal = value.isInternal === true;
        functions.set(`${name}:${exportName}`, { type: typeOf(value), isInternal });
      }
    }
  }
  return {
    schema,
    directory,
    functions,
    moduleMap: (ids) => {
      const map: Record<string, () => Promise<ModuleExports>> = {
        // convex-test finds the root of the modules by the presence of this folder.
        "/convex/_generated/api.js": () => Promise.resolve({}),
      };
      for (const [name, exports] of modules) {
        const guarded = guardModule(name, exports, ids);
        map[`/convex/${name}.ts`] = () => Promise.resolve(guarded);
      }
      return map;
    },
  };
}

async function moduleNames(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      throw new EmbeddedConvexError(`Cannot read Convex functions: ${String(error)}`);
    },
  );
  return entries
    .filter((entry) => entry.isFile() && /^[^.]+\.ts$/.test(entry.name))
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join("/").slice(0, -".ts".length))
    .filter((name) => !name.startsWith("_generated/") && !SKIPPED_MODULES.has(name))
    .sort();
}

function isRegisteredFunction(value: unknown): value is RegisteredFunction {
  return (
    (typeof value === "function" || (typeof value === "object" && value !== null)) &&
    "_handler" in value &&
    "exportArgs" in value
  );
}

function typeOf(registered: RegisteredFunction): FunctionType {
  if (registered.isQuery === true) {
    return "Query";
  }
  return registered.isMutation === true ? "Mutation" : "Action";
}

function guardModule(name: string, exports: ModuleExports, ids: IdTables): ModuleExports {
  return Object.fromEntries(
    Object.entries(exports).map(([exportName, value]) => [
      exportName,
      isRegisteredFunction(value) ? guardFunction(`${name}:${exportName}`, value, ids) : value,
    ]),
  );
}

function guardFunction(
  functionPath: string,
  registered: RegisteredFunction,
  ids: IdTables,
): RegisteredFunction {
  const argsValidator = JSON.parse(registered.exportArgs()) as ValidatorJSON;
  const returnsValidator = JSON.parse(registered.exportReturns()) as ValidatorJSON | null;
  return {
    ...functionFlags(registered),
    exportArgs: () => JSON.stringify({ type: "any" }),
    exportReturns: () => "null",
    _handler: async (ctx, args) => {
      const request = runningRequest.getStore();
      const isOutermost = request?.hasBegun === false;
      if (isOutermost) {
        request.hasBegun = true;
      }
      checkArguments(functionPath, argsValidator, args, ids);
      captureConsole();
      const result = ((await registered._handler(ctx, args)) ?? null) as Value;
      const json = convexToJson(result);
      checkReturnValue(functionPath, returnsValidator, result, ids);
      if (!isOutermost) {
        return result;
      }
      // The result of the whole request takes a short cut: convex-test would convert it five times.
      request.result = json;
      return null;
    },
  };
}

function functionFlags(
  registered: RegisteredFunction,
): Pick<RegisteredFunction, "isQuery" | "isMutation" | "isAction" | "isInternal"> {
  const { isQuery = false, isMutation = false, isAction = false, isInternal = false } = registered;
  return { isQuery, isMutation, isAction, isInternal };
}

function checkArguments(
  functionPath: string,
  validator: ValidatorJSON,
  args: Record<string, Value>,
  ids: IdTables,
): void {
  const canonicalPath = functionPath.replace(":", ".js:");
  const sizeBytes = measureOrRefuse(args, `Invalid arguments for ${canonicalPath}`);
  if (sizeBytes > ARGUMENTS_MAX_BYTES) {
    throw new FunctionRefusedError(
      `Arguments for ${canonicalPath} are too large (actual: ${formatSize(sizeBytes)}, limit: ` +
        `${formatSize(ARGUMENTS_MAX_BYTES)})`,
    );
  }
  const mismatch = validationProblem(validator, args, ids);
  if (mismatch !== null) {
    throw new FunctionRefusedError(`ArgumentValidationError: ${mismatch}`);
  }
}

function checkReturnValue(
  functionPath: string,
  validator: ValidatorJSON | null,
  result: Value,
  ids: IdTables,
): void {
  const sizeBytes = measureOrRefuse(result, `Function ${functionPath} return value invalid`);
  if (sizeBytes > RETURN_VALUE_MAX_BYTES) {
    throw new FunctionRefusedError(
      `Function ${functionPath} return value is too large (actual: ${formatSize(sizeBytes)}, ` +
        `limit: ${formatSize(RETURN_VALUE_MAX_BYTES)})`,
    );
  }
  const mismatch = validator === null ? null : validationProblem(validator, result, ids);
  if (mismatch !== null) {
    throw new FunctionRefusedError(`ReturnsValidationError: ${mismatch}`);
  }
}

function measureOrRefuse(value: Value, what: string): number {
  try {
    return measureValue(value);
  } catch (error) {
    throw new FunctionRefusedError(`${what}: ${error instanceof Error ? error.message : "?"}`);
  }
}
