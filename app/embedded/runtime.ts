import { convexTest } from "convex-test";
import { makeFunctionReference, type UserIdentity } from "convex/server";
import { convexToJson, type JSONValue, type Value } from "convex/values";
import { convexTestGlobal, type MetricsTracker } from "./convex-test-internals";
import { Database } from "./database";
import { documentJson, type TableDocuments } from "./documents";
import type { FunctionRegistry, FunctionType } from "./function-registry";
import { isIdOfTable } from "./ids";
import { TRANSACTION_READ_MAX_BYTES, TRANSACTION_READ_MAX_DOCUMENTS } from "./limits";
import type { PageRequest, ReadMeter } from "./pagination";
import type { QueryJSON } from "./query-engine";
import { runningRequest, type RequestContext, type RunningRequest } from "./request-context";

/** crates/database/src/reads.rs, `OVER_LIMIT_HELP`. */
const OVER_LIMIT_HELP =
  "Consider using smaller limits in your queries, paginating your queries, or using indexed " +
  "queries with a selective index range expressions.";

export interface FunctionCall {
  /** Canonical path without extension, e.g. `exports:summarize`. */
  path: string;
  type: FunctionType;
  args: Record<string, Value>;
  /** The user that an administrator acts as, if any. */
  identity?: Partial<UserIdentity>;
}

/** Runs Convex functions against the database. */
export interface Runtime {
  readonly database: Database;
  /**
   * Runs a function and returns its result in Convex's encoding.
   * Rejects with what the function threw; a ConvexError keeps its data.
   */
  run(call: FunctionCall, context: RequestContext): Promise<JSONValue>;
}

export interface RuntimeOptions {
  registry: FunctionRegistry;
  /** Initial contents, ordered and checked. */
  tables: ReadonlyMap<string, TableDocuments>;
  retentionMs: number;
}

/**
 * Sets up convex-test as the function runtime, with our database behind it and its transaction
 * limits on. Not reproduced: the limit of 1 s of a function's own time and the 64 MB of heap,
 * because they would depend on the machine; commit timestamp placeholders; search, vector search,
 * file storage and components.
 */
export function createRuntime({ registry, tables, retentionMs }: RuntimeOptions): Runtime {
  const database = new Database({
    schema: registry.schema,
    tables,
    ts: BigInt(Date.now()) * 1_000_000n,
    retentionMs,
    pinnedSnapshot: () => runningRequest.getStore()?.snapshot,
  });
  const test = convexTest({ modules: registry.moduleMap(database), transactionLimits: true });
  installDatabase(test, database);
  return {
    database,
    run: async (call, context) => {
      const request: RunningRequest = { ...context, hasBegun: false };
      await runningRequest.run(request, () => callFunction(test, call));
      if (request.result === undefined) {
        throw new Error(`${call.path} ended without a result`);
      }
      return request.result;
    },
  };
}

type TestRuntime = Pick<ReturnType<typeof convexTest>, "query" | "mutation" | "action">;

function callFunction(
  test: TestRuntime & Pick<ReturnType<typeof convexTest>, "withIdentity">,
  { type, path, args, identity }: FunctionCall,
): Promise<unknown> {
  const caller: TestRuntime = identity === undefined ? test : test.withIdentity(identity);
  switch (type) {
    case "Query":
      return caller.query(makeFunctionReference<"query">(path), args);
    case "Mutation":
      return caller.mutation(makeFunctionReference<"mutation">(path), args);
    case "Action":
      return caller.action(makeFunctionReference<"action">(path), args);
  }
}

/** Puts our database, and the system calls that it answers by itself, into convex-test. */
function installDatabase(test: Parameters<typeof convexTestGlobal>[0], database: Database): void {
  const internals = convexTestGlobal(test);
  internals.components[""] = { ...internals.components[""], db: database };
  const tracker = (): MetricsTracker | null => internals.transactionManager.getMetricsTracker();

  const { syscall, asyncSyscall } = internals;
  internals.syscall = (operation, jsonArgs) => {
    switch (operation) {
      case "1.0/getSnapshotTs":
        return JSON.stringify(convexToJson(database.viewTs));
      case "1.0/queryCleanup":
        database.endQuery((JSON.parse(jsonArgs) as { queryId: number }).queryId);
        return "{}";
      case "1.0/db/normalizeId": {
        const { table, idString } = JSON.parse(jsonArgs) as { table: string; idString: string };
        return JSON.stringify({ id: isIdOfTable(database, idString, table) ? idString : null });
      }
      default:
        return syscall(operation, jsonArgs);
    }
  };
  internals.asyncSyscall = async (operation, jsonArgs) => {
    switch (operation) {
      case "1.0/count": {
        const { table } = JSON.parse(jsonArgs) as { table: string };
        return JSON.stringify(database.count(table));
      }
      case "1.0/queryStreamNext": {
        const { queryId } = JSON.parse(jsonArgs) as { queryId: number };
        const { value, done } = database.queryNext(queryId, meterOf(tracker()));
        return `{"value":${value === null ? "null" : documentJson(value)},"done":${done}}`;
      }
      case "1.0/queryPage": {
        const request = JSON.parse(jsonArgs) as PageRequest & { query: QueryJSON };
        tracker()?.trackIndexRange();
        const { page, ...rest } = database.paginate(request, meterOf(tracker()));
        const documents = page.map((document) => documentJson(document)).join(",");
        return `{"page":[${documents}],${JSON.stringify(rest).slice(1)}`;
      }
      default:
        return asyncSyscall(operation, jsonArgs);
    }
  };
}

/** Charges reads to convex-test's tracker, and words its refusals as the backend does. */
function meterOf(tracker: MetricsTracker | null): ReadMeter {
  return {
    charge: (sizeBytes) => {
      try {
        tracker?.trackRead(sizeBytes);
        return null;
      } catch (error) {
        const isAboutDocuments = error instanceof Error && error.message.includes("documents");
        return new Error(
          isAboutDocuments
            ? "Too many documents read in a single function execution (limit: " +
                `${TRANSACTION_READ_MAX_DOCUMENTS}). ${OVER_LIMIT_HELP}`
            : "Too many bytes read in a single function execution (limit: " +
                `${TRANSACTION_READ_MAX_BYTES} bytes). ${OVER_LIMIT_HELP}`,
        );
      }
    },
  };
}
