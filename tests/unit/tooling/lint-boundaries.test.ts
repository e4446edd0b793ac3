import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { expect, test } from "vitest";

const eslint = new ESLint({
  cwd: fileURLToPath(new URL("../../..", import.meta.url)),
  // The snippets are no files on disk, so no rule that needs type information can run on them.
  overrideConfig: [tseslint.configs.disableTypeChecked],
});

async function rulesBrokenBy(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  if (result === undefined) throw new Error(`ESLint ignores ${filePath}`);
  const ignored = new Set(["@typescript-eslint/no-unused-vars"]);
  return result.messages.map((message) => message.ruleId).filter((id) => !ignored.has(id ?? ""));
}

const BOUNDARY = ["boundaries/dependencies"];

test.each([
  // The Convex side stands alone.
  ["convex/exports.ts", `import { plan } from "../app/export/plan";`],
  ["convex/exports.ts", `import type { Plan } from "../app/export/plan";`],
  ["convex/model/actors.ts", `import { createHash } from "node:crypto";`],
  ["convex/exports.ts", `import { z } from "zod";`],
  ["convex/exportPolicy.ts", `import { settings } from "../app/env.server";`],

  // The engine is pure.
  ["app/export/plan.ts", `import { json } from "@remix-run/node";`],
  ["app/export/plan.ts", `import express from "express";`],
  ["app/export/plan.ts", `import { useState } from "react";`],
  ["app/export/plan.ts", `import { ConvexHttpClient } from "convex/browser";`],
  ["app/export/plan.ts", `import { settings } from "~/env.server";`],
  ["app/export/plan.ts", `import { settings } from "../env.server";`],
  ["app/export/plan.ts", `import type { Client } from "~/convex/client";`],
  ["app/export/plan.ts", `import { requireSystemAdmin } from "~/auth/guard";`],
  ["app/export/plan.ts", `import { problem } from "~/http/problem";`],
  ["app/export/plan.ts", `import { Button } from "../components/button";`],
  ["app/export/plan.ts", `import { start } from "~/embedded";`],
  ["app/export/plan.ts", `import { internal } from "../../convex/_generated/api";`],
  ["app/export/plan.ts", `import { summarize } from "../../convex/exports";`],
  ["app/export/deep/er/plan.ts", `export { loader } from "~/routes/admin";`],
  ["app/export/plan.ts", `export const load = () => import("~/routes/admin");`],

  // The one client of Convex.
  ["app/convex/client.ts", `import { settings } from "~/env.server";`],
  ["app/convex/client.ts", `import { guard } from "~/auth/guard";`],
  ["app/convex/client.ts", `import { handler } from "../../convex/exports";`],
  ["app/convex/client.ts", `import { redirect } from "@remix-run/node";`],

  ["app/http/problem-details.ts", `import { ExportError } from "~/export/errors";`],
  ["app/http/sender.ts", `import { client } from "~/convex/client";`],
  ["app/http/sender.ts", `import { settings } from "~/env.server";`],
  ["app/http/sender.ts", `import { Button } from "~/components/button";`],
  ["app/http/sender.ts", `import { loader } from "~/routes/login";`],
  ["app/auth/guard.ts", `import { Button } from "~/components/button";`],
  ["app/auth/guard.ts", `import { start } from "~/embedded/index";`],
  ["app/cli/main.ts", `import { loader } from "~/routes/login";`],

  ["app/embedded/load-data.ts", `import { zDocument } from "~/export/document";`],
  ["app/embedded/load-data.ts", `import { settings } from "~/env.server";`],

  // What runs in the browser.
  ["app/components/button.tsx", `import { formatBytes } from "~/export/format";`],
  ["app/components/button.tsx", `import { client } from "~/convex/client";`],
  ["app/components/button.tsx", `import { guard } from "~/auth/guard";`],
  ["app/components/button.tsx", `import { redirect } from "@remix-run/node";`],
  ["app/components/button.tsx", `import { readFile } from "node:fs/promises";`],

  ["app/components/button.tsx", `import { sender } from "~/http/sender";`],
  ["app/lib/format.ts", `import { sender } from "~/http/sender";`],
  ["app/lib/format.ts", `import { redirect } from "@remix-run/node";`],
  ["app/lib/format.ts", `import { formatBytes } from "~/export/format";`],
  ["app/lib/format.ts", `import { Button } from "~/components/button";`],

  ["app/routes/admin.tsx", `import { client } from "~/convex/client";`],
  ["app/routes/admin.tsx", `import { start } from "~/embedded";`],
  ["app/routes/admin.tsx", `import { api } from "../../convex/_generated/api";`],
  ["app/portal.server.ts", `import { start } from "~/embedded/spawn";`],
  ["app/root.tsx", `import { start } from "~/embedded/spawn";`],
  ["server.ts", `import { start } from "./app/embedded/spawn";`],
  ["app/auth/guard.ts", `import { helper } from "~/nowhere/helper";`],
])("%s may not hold: %s", async (filePath, code) => {
  expect(await rulesBrokenBy(filePath, code)).toEqual(BOUNDARY);
});

test("a component may not import a server module, wherever that lies", async () => {
  const broken = await rulesBrokenBy("app/components/a.tsx", `import { b } from "./b.server";`);
  expect(broken).toEqual(["no-restricted-imports"]);
});

test("a folder of the app that belongs to no layer is refused", async () => {
  expect(await rulesBrokenBy("app/misc/helper.ts", `export const a = 1;`)).toEqual([
    "boundaries/no-unknown-files",
  ]);
});

test.each([
  ["convex/exports.ts", `import { v } from "convex/values";`],
  ["convex/exports.ts", `import { policy } from "./exportPolicy";`],
  ["convex/exports.ts", `import type { QueryCtx } from "./_generated/server";`],
  ["convex/model/redaction.ts", `import { hmac } from "@noble/hashes/hmac.js";`],
  ["convex/functions.ts", `import { internalQuery } from "./_generated/server";`],
  ["app/export/plan.ts", `import { EXPORT_POLICY } from "../../convex/exportPolicy";`],
  ["app/export/plan.ts", `import type { Doc } from "../../convex/_generated/dataModel";`],
  ["app/export/plan.ts", `import { z } from "zod";\nimport { createHash } from "node:crypto";`],
  ["app/export/plan.ts", `import type { Value } from "convex/values";`],
  ["app/export/plan.ts", `import { filters } from "./filters";`],
  ["app/convex/client.ts", `import { ExportError } from "~/export/errors";`],
  ["app/convex/client.ts", `import { internal } from "../../convex/_generated/api";`],
  ["app/convex/client.ts", `import { ConvexError } from "convex/values";`],
  ["app/http/sender.ts", `import type { Served } from "~/export/serve";`],
  ["app/http/sender.ts", `import { ExportError } from "~/export/errors";`],
  ["app/auth/guard.ts", `import { client } from "~/convex/client";`],
  ["app/auth/guard.ts", `import type { Actor } from "../../convex/model/actors";`],
  ["app/auth/guard.ts", `import { settings } from "~/env.server";`],
  ["app/embedded/runtime.ts", `import schema from "../../convex/schema";`],
  ["app/embedded/runtime.ts", `import { convexTest } from "convex-test";`],
  ["app/components/button.tsx", `import type { Plan } from "~/export/plan";`],
  ["app/components/button.tsx", `import { Link } from "@remix-run/react";`],
  ["app/components/button.tsx", `import { formatBytes } from "~/lib/format";`],
  ["app/components/error-page.tsx", `import { readProblem } from "~/http/problem-details";`],
  ["app/lib/page.ts", `import type { HeadersFunction } from "@remix-run/node";`],
  ["app/export/capture.ts", `import pLimit from "p-limit";`],
  ["app/portal.server.ts", `import { tables } from "./convex/export-source";`],
  ["app/routes/admin.tsx", `import { portal } from "~/portal.server";`],
  ["app/routes/admin.tsx", `import { requireSystemAdmin } from "~/auth/guard";`],
  ["app/portal.server.ts", `import { client } from "./convex/client";`],
  ["app/root.tsx", `import styles from "./tailwind.css?url";`],
  ["server.ts", `import { settings } from "./app/env.server";`],
  ["tests/unit/a.test.ts", `import { start } from "~/embedded/spawn";`],
  ["scripts/a.mjs", `import { build } from "esbuild";`],
])("%s may hold: %s", async (filePath, code) => {
  expect(await rulesBrokenBy(filePath, code)).toEqual([]);
});

test.each([
  [
    "the environment is read in one place",
    "app/auth/session.ts",
    `export const a = process.env.SESSION_SECRET;`,
    "no-restricted-properties",
  ],
  [
    "the environment is not read by destructuring either",
    "server.ts",
    `export const { env } = process;`,
    "no-restricted-properties",
  ],
  [
    "the environment is not imported either",
    "app/auth/session.ts",
    `import { env } from "node:process";\nexport const a = env.SESSION_SECRET;`,
    "no-restricted-imports",
  ],
  [
    "raw Convex builders stay in convex/functions.ts",
    "convex/exports.ts",
    `import { internalQuery } from "./_generated/server";`,
    "no-restricted-imports",
  ],
  [
    "raw Convex builders stay there from folders below too",
    "convex/model/actors.ts",
    `import { query } from "../_generated/server";`,
    "no-restricted-imports",
  ],
  [
    "no test is singled out",
    "tests/unit/a.test.ts",
    `import { test } from "vitest";\ntest.only("a", () => {});`,
    "no-restricted-syntax",
  ],
  [
    "no group of tests is skipped",
    "tests/e2e/a.test.ts",
    `import { test } from "@playwright/test";\ntest.describe.skip("a", () => {});`,
    "no-restricted-syntax",
  ],
  [
    "no module of ours is mocked",
    "tests/unit/a.test.ts",
    `import { vi } from "vitest";\nvi.mock("~/export/plan");`,
    "no-restricted-syntax",
  ],
  [
    "the type checker is not silenced",
    "app/export/plan.ts",
    `// @ts-ignore\nexport const a = 1;`,
    "@typescript-eslint/ban-ts-comment",
  ],
  [
    "no value has the type any",
    "app/export/plan.ts",
    `export const a: any = 1;`,
    "@typescript-eslint/no-explicit-any",
  ],
])("%s", async (_behaviour, filePath, code, rule) => {
  expect(await rulesBrokenBy(filePath, code)).toEqual([rule]);
});

test("what the tests do use of the test runners is allowed", async () => {
  const code = `import { test } from "vitest";\ntest.each([1])("a %s", () => {});`;
  expect(await rulesBrokenBy("tests/unit/a.test.ts", code)).toEqual([]);
});
