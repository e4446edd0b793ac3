import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import type { EmbeddedConvex } from "~/embedded/options";
import { startLocalRegistry } from "../../support/local-registry";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

interface Ended {
  code: number | string;
  stdout: string;
  stderr: string;
}

let folder: string;
/** Where the package was installed: it was empty before. */
let installed: string;
let bin: string;
let convex: EmbeddedConvex;

function execute(command: string, args: string[], cwd: string, env = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

/** The npm that runs the tests, where there is one. */
function npm(args: string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<Ended> {
  const cli = process.env["npm_execpath"];
  return cli?.endsWith(".js") === true
    ? execute(process.execPath, [cli, ...args], cwd, env)
    : execute("npm", args, cwd, env);
}

/** Without the settings that npm gives to what it runs, and with this very Node. */
function environment(variables: Record<string, string> = {}) {
  const PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env["PATH"] ?? ""}`;
  return { PATH, HOME: folder, NODE_ENV: "production" as const, ...variables };
}

// With a registry, a cache and a home of its own: neither the network nor what this machine has
// stored decides whether it can be installed.
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-package-"));
  const packed = await npm(["pack", "--silent", "--pack-destination", folder], ROOT);
  expect(packed).toMatchObject({ code: 0 });
  installed = path.join(folder, "installed");
  mkdirSync(installed);
  const registry = await startLocalRegistry(ROOT);
  try {
    const from = ["--registry", registry.url, "--cache", path.join(folder, "cache")];
    const tarball = path.join(folder, packed.stdout.trim());
    const done = await npm(["install", ...from, tarball], installed, environment());
    expect(done, done.stderr).toMatchObject({ code: 0 });
  } finally {
    await registry.close();
  }
  bin = path.join(installed, "node_modules", ".bin", "supportsignal-export");
  convex = await spawnEmbeddedConvex({});
}, 180_000);
afterAll(async () => {
  await convex.close();
  rmSync(folder, { recursive: true });
});

function run(...args: string[]): Promise<Ended> {
  const deployment = { CONVEX_URL: convex.url, CONVEX_DEPLOY_KEY: convex.adminKey };
  return execute(bin, args, installed, environment(deployment));
}

test("the package can be installed, and its command shows its commands", async () => {
  const { code, stdout } = await run("--help");
  expect(code).toBe(0);
  for (const command of ["inspect", "export", "verify", "diff", "query", "mcp", "completion"]) {
    expect(stdout).toContain(`supportsignal-export ${command}`);
  }
  expect((await run("completion")).stdout).toContain("supportsignal-export");
  expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("the package exports, verifies, compares and queries without the repository", async () => {
  expect((await run("inspect")).stdout).toMatch(/^all +3,30\d /m);
  for (const [format, out] of [
    ["json", "a.json"],
    ["ndjson", "a.ndjson"],
    ["zip", "a.zip"],
    ["parquet", "parquet"],
    ["csv", "csv"],
  ] as const) {
    const exported = await run("export", "--format", format, "--out", out, "--key-file", "key");
    expect([format, exported.code, exported.stdout]).toEqual([format, 0, ""]);
  }
  for (const file of ["a.json", "a.ndjson", "a.zip"]) {
    expect(await run("verify", file)).toMatchObject({ code: 0 });
    const sql = "SELECT count(*) AS n FROM companies";
    const { stdout } = await run("query", file, sql, "--output", "json");
    expect(JSON.parse(stdout)).toEqual([{ n: 35 }]);
  }
  expect(await run("diff", "a.json", "a.zip", "--exit-code")).toMatchObject({ code: 0 });
  expect(
    readFileSync(path.join(installed, "csv", "companies.csv"), "utf8").split("\n"),
  ).toHaveLength(37);
}, 180_000);

test("the package serves an export to an AI tool", async () => {
  await run("export", "--out", "mcp.json", "--tables", "companies");
  const transport = new StdioClientTransport({
    command: bin,
    args: ["mcp", path.join(installed, "mcp.json")],
    env: environment(),
    stderr: "ignore",
  });
  const client = new Client({ name: "test", version: "1.0" });
  await client.connect(transport);
  const sql = "SELECT count(*) FROM companies";
  const { content } = await client.callTool({ name: "run_sql", arguments: { sql } });
  expect(JSON.stringify(content)).toContain("[[35]]");
  await client.close();
});
