import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  defineSchema,
  defineTable,
  makeFunctionReference,
  mutationGeneric,
  queryGeneric,
} from "convex/server";
import { convexToJson, v, type JSONValue, type Value } from "convex/values";
import { CONVEX_TEST_VERSION } from "./convex-test-internals";
import { EmbeddedConvexError } from "./errors";
import { createRegistry } from "./function-registry";
import { TRANSACTION_READ_MAX_DOCUMENTS } from "./limits";
import { createRuntime, type Runtime } from "./runtime";
import { readSchema } from "./schema";

/** The functions that the self-test runs. */
const selfTestModule = {
  add: mutationGeneric({
    args: { text: v.string() },
    handler: async (ctx, { text }) => {
      const before = await ctx.db.query("notes").collect();
      await ctx.db.insert("notes", { text });
      return before.length;
    },
  }),
  addAndFail: mutationGeneric({
    handler: async (ctx) => {
      await ctx.db.insert("notes", { text: "rolled back" });
      throw new Error("on purpose");
    },
  }),
  survive: mutationGeneric({
    handler: async (ctx) => {
      await ctx
        .runMutation(makeFunctionReference<"mutation">("selfTest:addAndFail"), {})
        .catch(() => null);
      return (await ctx.db.query("notes").collect()).length;
    },
  }),
  observe: queryGeneric({
    handler: async (ctx) => {
      // Only reading the documents one by one goes through the limits.
      const notes = await ctx.db.query("notes").collect();
      // eslint-disable-next-line no-console -- that this is captured is what is tested
      console.log("observed");
      const { documentsRead } = await ctx.meta.getTransactionMetrics();
      return {
        notes: notes.length,
        ts: ctx.meta.getSnapshotTs(),
        documentsLeft: documentsRead.remaining,
      };
    },
  }),
};

/**
 * Proves, on a database of its own, what the embedded Convex relies on in convex-test: its pinned
 * version, and that its function runtime works with our database behind it.
 *
 * @throws EmbeddedConvexError that says which assumption no longer holds.
 */
export async function checkRuntime(): Promise<void> {
  await checkVersion();
  try {
    await checkBehaviour();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedConvexError(
      `The embedded Convex does not work with the installed convex-test: ${reason}`,
    );
  }
}

async function checkVersion(): Promise<void> {
  const file = createRequire(import.meta.url).resolve("convex-test/package.json");
  const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
  if (version !== CONVEX_TEST_VERSION) {
    throw new EmbeddedConvexError(
      `The embedded Convex needs convex-test ${CONVEX_TEST_VERSION}, but ${version} is ` +
        "installed. Run npm ci, or review app/embedded/convex-test-internals.ts for the new version.",
    );
  }
}

async function checkBehaviour(): Promise<void> {
  const schema = readSchema(defineSchema({ notes: defineTable({ text: v.string() }) }));
  const registry = createRegistry("/self-test", schema, new Map([["selfTest", selfTestModule]]));
  const runtime = createRuntime({ registry, tables: new Map(), retentionMs: 60_000 });
  const { history } = runtime.database;

  const before = await Promise.all([mutate(runtime, "add"), mutate(runtime, "add")]);
  assert.deepEqual(before.sort(), [0, 1], "overlapping mutations are not serialised");
  const first = history.latest();
  assert.equal(runtime.database.count("notes"), 2, "writes do not reach our database");

  assert.equal(await mutate(runtime, "survive"), 2, "a failed nested mutation is not rolled back");
  assert.equal(history.latest().ts, first.ts, "a transaction without writes makes a snapshot");

  await mutate(runtime, "add");
  const logLines: string[] = [];
  const call = { path: "selfTest:observe", type: "Query", args: {} } as const;
  const past = await runtime.run(call, { snapshot: first, logLines });
  assert.deepEqual(
    past,
    { notes: 2, ts: convexToJson(first.ts), documentsLeft: TRANSACTION_READ_MAX_DOCUMENTS - 2 },
    "a query at a past timestamp does not see that past, or reads are not counted",
  );
  assert.deepEqual(logLines, ["[LOG] 'observed'"], "assignments to globals are not confined");
}

function mutate(runtime: Runtime, name: "add" | "survive"): Promise<JSONValue> {
  const args: Record<string, Value> = name === "add" ? { text: "a note" } : {};
  return runtime.run({ path: `selfTest:${name}`, type: "Mutation", args }, { logLines: [] });
}
