import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestConvex } from "../support/convex";

const CONVEX = fileURLToPath(new URL("../../convex", import.meta.url));

interface Registered {
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

async function registeredFunctions(): Promise<Registered[]> {
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

let functions: Registered[];
let convex: TestConvex;

beforeAll(async () => {
  functions = await registeredFunctions();
  convex = await TestConvex.start({ empty: true });
});

afterAll(() => convex.close());

test("the functions that the portal calls are all there", () => {
  expect(functions.map((registered) => registered.path)).toEqual(
    expect.arrayContaining([
      "exports:summarize",
      "exports:generateDatabaseExport",
      "exports:readLines",
      "exports:readIdentities",
      "exportRuns:start",
      "exportRuns:progress",
      "exportRuns:finish",
      "exportRuns:get",
      "sessions:authorize",
      "sessions:create",
      "sessions:resolve",
      "sessions:remove",
      "signInThrottle:retryAfter",
      "signInThrottle:recordFailure",
      "users:findForSignIn",
      "seed:ensureDemoAccounts",
      "seed:insertDocuments",
    ]),
  );
});

test("every function is internal, and none is public or an action", () => {
  for (const { path: name, kind, isInternal, isPublic } of functions) {
    expect({ name, kind, isInternal, isPublic }).toEqual({
      name,
      kind: expect.stringMatching(/^(query|mutation)$/) as string,
      isInternal: true,
      isPublic: false,
    });
  }
});

test("without the deploy key no function can be seen to exist", async () => {
  for (const { path: name, kind } of functions) {
    const response = await fetch(`${convex.url}/api/${kind}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ path: name, args: {}, format: "convex_encoded_json" }),
    });
    const answer = (await response.json()) as { status: string; errorMessage: string };
    expect(answer.status, name).toBe("error");
    expect(answer.errorMessage, name).toContain("Could not find public function");
  }
});

test("with a wrong deploy key everything is refused", async () => {
  for (const { path: name, kind } of functions) {
    const response = await fetch(`${convex.url}/api/${kind}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Convex ${convex.adminKey.replace(/.$/, (last) => (last === "0" ? "1" : "0"))}`,
      },
      body: JSON.stringify({ path: name, args: {}, format: "convex_encoded_json" }),
    });
    expect(response.status, name).toBe(401);
  }
});
