import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import { authenticate, badDeployKeyError, type Caller, type Credentials } from "./admin-auth";
import { ConcurrencyLimit } from "./concurrency-limit";
import { describeFunctionFailure, FunctionRefusedError, HttpError } from "./errors";
import { parseFormat, writeJson, writeValue } from "./formats";
import { displayFunctionPath, parseFunctionPath } from "./function-path";
import type { FunctionRegistry, FunctionType } from "./function-registry";
import { CONCURRENCY_WAIT_MS, CONCURRENT_FUNCTIONS_MAX } from "./limits";
import type { CallBody } from "./request-body";
import type { Runtime } from "./runtime";
import type { Snapshot } from "./snapshots";
import { decodeTimestamp } from "./timestamps";
import { displayValue } from "./value-text";

/** One call of a function over HTTP. */
export interface ApiCall {
  /** The type that the route calls; undefined for `/api/function`, which calls any. */
  routeType: FunctionType | undefined;
  body: CallBody;
  credentials: Credentials;
  requestId: string;
}

/** Answers calls of functions with the bodies that Convex answers. */
export class FunctionApi {
  readonly #registry: FunctionRegistry;
  readonly #runtime: Runtime;
  readonly #adminKey: string;
  readonly #limits: Readonly<Record<FunctionType, ConcurrencyLimit>>;

  constructor(registry: FunctionRegistry, runtime: Runtime, adminKey: string) {
    this.#registry = registry;
    this.#runtime = runtime;
    this.#adminKey = adminKey;
    const limit = (type: string): ConcurrencyLimit =>
      new ConcurrencyLimit(type, CONCURRENT_FUNCTIONS_MAX, CONCURRENCY_WAIT_MS);
    this.#limits = { Query: limit("query"), Mutation: limit("mutation"), Action: limit("action") };
  }

  /** Runs the call and returns the JSON text of its answer. Throws `HttpError` for the rest. */
  async answer(call: ApiCall): Promise<string> {
    const { body, routeType } = call;
    // The backend reads the path before it authenticates, but for /api/function the other way.
    const pathFirst = routeType === undefined ? undefined : parseFunctionPath(body.path);
    const caller = authenticate(call.credentials, this.#adminKey);
    if (routeType === undefined && caller.kind !== "admin") {
      throw badDeployKeyError();
    }
    const path = pathFirst ?? parseFunctionPath(body.path);
    const snapshotTs = body.ts === undefined ? undefined : decodeTimestamp(body.ts);
    const logLines: string[] = [];
    const outcome = await this.#attempt(call, caller, path, snapshotTs, logLines);
    // As in the backend, a bad format is only noticed once the function has run.
    const format = parseFormat(body.format);
    const logs = logLines.length === 0 ? "" : `,"logLines":${JSON.stringify(logLines)}`;
    if ("result" in outcome) {
      return `{"status":"success","value":${writeJson(outcome.result, format)}${logs}}`;
    }
    const failure = describeFunctionFailure(outcome.thrown, this.#registry.directory);
    const message = `[Request ID: ${call.requestId}] Server Error\n${failure.message}`;
    const data =
      failure.data === undefined ? "" : `,"errorData":${writeValue(failure.data, format)}`;
    return `{"status":"error","errorMessage":${JSON.stringify(message)}${data}${logs}}`;
  }

  async #attempt(
    call: ApiCall,
    caller: Caller,
    path: string,
    snapshotTs: bigint | undefined,
    logLines: string[],
  ): Promise<{ result: JSONValue } | { thrown: unknown }> {
    const { history } = this.#runtime.database;
    const findSnapshot = (): Snapshot | undefined =>
      snapshotTs === undefined ? undefined : history.at(snapshotTs);
    findSnapshot();
    try {
      const type = this.#resolve(path, call, caller);
      const args = parseArguments(path, call.body.args);
      const identity = caller.kind === "admin" ? caller.actingAs : undefined;
      const result = await this.#limits[type].run(() => {
        // Checked again when the call's turn comes: it may have expired in the queue.
        const snapshot = findSnapshot();
        return this.#runtime.run(
          { path, type, args, ...(identity === undefined ? {} : { identity }) },
          { logLines, ...(snapshot === undefined ? {} : { snapshot }) },
        );
      });
      return { result };
    } catch (thrown) {
      if (thrown instanceof HttpError) {
        throw thrown;
      }
      return { thrown };
    }
  }

  /** The type of the function to run. Throws where it is missing, hidden, or of another type. */
  #resolve(path: string, { routeType, body }: ApiCall, caller: Caller): FunctionType {
    const shown = displayFunctionPath(path);
    const entry = isRootComponent(body.componentPath)
      ? this.#registry.functions.get(path)
      : undefined;
    if (routeType === undefined) {
      if (entry === undefined) {
        throw new FunctionRefusedError(
          `Could not find function for '${shown}'${inComponent(body.componentPath)}. Did you ` +
            "forget to run `npx convex dev`?",
        );
      }
      return entry.type;
    }
    if (entry === undefined || (entry.isInternal && caller.kind !== "admin")) {
      throw new FunctionRefusedError(`Could not find public function for '${shown}'.`);
    }
    if (entry.type !== routeType) {
      throw new FunctionRefusedError(
        `Trying to execute ${path.replace(":", ".js:")} as ${routeType}, but it is defined as ` +
          `${entry.type}.`,
      );
    }
    return entry.type;
  }
}

function isRootComponent(componentPath: string | undefined): boolean {
  return componentPath === undefined || componentPath === "";
}

function inComponent(componentPath: string | undefined): string {
  return isRootComponent(componentPath) ? "" : ` in component '${String(componentPath)}'`;
}

/** Arguments are an object, or an array with that object as its only element. */
function parseArguments(path: string, json: unknown): Record<string, Value> {
  const list: unknown[] = Array.isArray(json) ? json : [json];
  let values: Value[];
  try {
    values = list.map((argument) => jsonToConvex(argument as JSONValue));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FunctionRefusedError(`Invalid arguments for ${path.replace(":", ".js:")}: ${reason}`);
  }
  const [argument] = values;
  if (values.length !== 1 || argument === undefined) {
    throw new FunctionRefusedError(
      "ArgumentValidationError: Expected to receive a single object as the function's argument. " +
        `Instead received ${values.length} arguments: ${displayValue(values)}`,
    );
  }
  if (
    argument === null ||
    typeof argument !== "object" ||
    Array.isArray(argument) ||
    argument instanceof ArrayBuffer
  ) {
    throw new FunctionRefusedError(
      "ArgumentValidationError: Expected to receive an object as the function's argument. " +
        `Instead received: ${displayValue(argument)}`,
    );
  }
  return argument as Record<string, Value>;
}
