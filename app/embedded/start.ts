import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { version } from "convex";
import type { Value } from "convex/values";
import { FunctionApi } from "./api-calls";
import { DEMO_ACCOUNTS } from "./demo-accounts";
import { compareDocuments, type StoredDocument, type TableDocuments } from "./documents";
import { EmbeddedConvexError } from "./errors";
import { loadFunctions, type FunctionRegistry } from "./function-registry";
import { INSTANCE_NAME, listen } from "./http-server";
import { DEFAULT_RETENTION_MS } from "./limits";
import { loadData } from "./load-data";
import { checkOptions, type EmbeddedConvex, type EmbeddedConvexOptions } from "./options";
import { createRuntime, type Runtime } from "./runtime";
import { checkRuntime } from "./runtime-self-test";
import { createSampleData } from "./sample-data";

const PROJECT_FUNCTIONS_DIR = fileURLToPath(new URL("../../convex", import.meta.url));
const SECRET_BYTES = 32;

/** See `startEmbeddedConvex` in `./index`. */
export async function start(options: EmbeddedConvexOptions): Promise<EmbeddedConvex> {
  checkOptions(options);
  const log = options.log ?? (() => undefined);
  const host = options.host ?? "127.0.0.1";
  const adminKey =
    options.adminKey ?? `${INSTANCE_NAME}|${randomBytes(SECRET_BYTES).toString("hex")}`;
  await checkRuntime();
  const registry = await loadFunctions(options.functionsDir ?? PROJECT_FUNCTIONS_DIR);
  const tables = await initialTables(options, registry, log);
  const runtime = createRuntime({
    registry,
    tables,
    retentionMs: options.retentionMs ?? DEFAULT_RETENTION_MS,
  });
  if (options.functionsDir === undefined) {
    await ensureDemoAccounts(runtime);
  }
  const server = await listen({
    host,
    port: options.port ?? 0,
    api: new FunctionApi(registry, runtime, adminKey),
    history: runtime.database.history,
    version,
    log,
  });
  let closing: Promise<void> | undefined;
  let markStopped: (reason: undefined) => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    markStopped = resolve;
  });
  return {
    url: `http://${host === "::1" ? "[::1]" : host}:${server.port}`,
    adminKey,
    stopped,
    close: () => {
      closing ??= server.close().then(() => {
        markStopped(undefined);
      });
      return closing;
    },
  };
}

async function initialTables(
  options: EmbeddedConvexOptions,
  registry: FunctionRegistry,
  log: (line: string) => void,
): Promise<ReadonlyMap<string, TableDocuments>> {
  if (options.data !== undefined) {
    const { tables, notes } = await loadData(options.data, registry.schema);
    notes.forEach(log);
    return tables;
  }
  if (options.empty === true || options.functionsDir !== undefined) {
    return new Map();
  }
  const sample = createSampleData({ scale: options.scale ?? 1 });
  return new Map(
    Object.entries(sample).map(([table, documents]) => [
      table,
      (documents as StoredDocument[]).toSorted(compareDocuments),
    ]),
  );
}

/** Whatever the data, one can sign in with the demo accounts. */
async function ensureDemoAccounts(runtime: Runtime): Promise<void> {
  process.env.SUPPORTSIGNAL_ALLOW_SEED = "true";
  const accounts = DEMO_ACCOUNTS.map(({ name, email, role, passwordHash }) => ({
    name,
    email,
    role,
    passwordHash,
  }));
  try {
    const args: Record<string, Value> = { accounts };
    await runtime.run(
      { path: "seed:ensureDemoAccounts", type: "Mutation", args },
      { logLines: [] },
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedConvexError(`The demo accounts could not be created: ${reason}`);
  }
}
