import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import type { EmbeddedConvex } from "~/embedded/options";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const NAME = "supportsignal-database-export";

interface Ended {
  code: number | string;
  stdout: string;
  stderr: string;
}

let folder: string;
let bin: string;
let convex: EmbeddedConvex;

function execute(command: string, args: string[], cwd: string, env = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

// What the registry would add to the package is linked from this project, so that no network is
// needed: its one library that is not JavaScript.
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-package-"));
  const npm = process.env["npm_execpath"];
  const pack = ["pack", "--silent", "--pack-destination", folder];
  const packed = await (npm?.endsWith(".js") === true
    ? execute(process.execPath, [npm, ...pack], ROOT)
    : execute("npm", pack, ROOT));
  expect(packed).toMatchObject({ code: 0 });
  const modules = path.join(folder, "node_modules");
  mkdirSync(path.join(modules, NAME), { recursive: true });
  const tarball = path.join(folder, packed.stdout.trim());
  const extract = ["-xzf", tarball, "-C", path.join(modules, NAME), "--strip-components=1"];
  expect(await execute("tar", extract, folder)).toMatchObject({ code: 0 });
  symlinkSync(path.join(ROOT, "node_modules", "@duckdb"), path.join(modules, "@duckdb"));
  const manifest = JSON.parse(readFileSync(path.join(modules, NAME, "package.json"), "utf8")) as {
    bin: Record<string, string>;
  };
  bin = path.join(modules, NAME, manifest.bin["supportsignal-export"] ?? "");
  convex = await spawnEmbeddedConvex({});
}, 180_000);
afterAll(async () => {
  await convex.close();
  rmSync(folder, { recursive: true });
});

function run(...args: string[]): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env;
  const deployment = { CONVEX_URL: convex.url, CONVEX_DEPLOY_KEY: convex.adminKey };
  const env = { PATH, HOME, NODE_ENV: "production" as const, ...deployment };
  return execute(process.execPath, [bin, ...args], folder, env);
}

test("the package's command can be run, and shows its commands", async () => {
  expect(statSync(bin).mode & 0o111).toBe(0o111);
  expect(readFileSync(bin, "utf8").startsWith("#!/usr/bin/env node\n")).toBe(true);
  const { code, stdout } = await run("--help");
  expect(code).toBe(0);
  for (const command of ["inspect", "export", "verify", "diff", "query", "mcp", "completion"]) {
    expect(stdout).toContain(`supportsignal-export ${command}`);
  }
  expect((await run("completion")).stdout).toContain("supportsignal-export");
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
  expect(readFileSync(path.join(folder, "csv", "companies.csv"), "utf8").split("\n")).toHaveLength(
    37,
  );
}, 180_000);

test("the package serves an export to an AI tool", async () => {
  await run("export", "--out", "mcp.json", "--tables", "companies");
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [bin, "mcp", path.join(folder, "mcp.json")],
    stderr: "ignore",
  });
  const client = new Client({ name: "test", version: "1.0" });
  await client.connect(transport);
  const sql = "SELECT count(*) FROM companies";
  const { content } = await client.callTool({ name: "run_sql", arguments: { sql } });
  expect(JSON.stringify(content)).toContain("[[35]]");
  await client.close();
});
