import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findRecent } from "~/convex/runs";
import { ConvexClient } from "~/convex/client";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import type { EmbeddedConvex } from "~/embedded/options";
import { until } from "../../support/gate";
import { start, type Ended } from "./command-line";

let convex: EmbeddedConvex;
let folder: string;

beforeAll(async () => {
  convex = await spawnEmbeddedConvex({});
});
afterAll(() => convex.close());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]): Promise<Ended> => start(convex, folder, args).ended;

const inFolder = (name: string) => path.join(folder, name);

describe("export", () => {
  test.each(["csv", "parquet"])(
    "makes a folder of %s that only its owner can read",
    async (format) => {
      const exported = await run(
        "export",
        "--format",
        format,
        "--tables",
        "companies,users",
        "--out",
        "all",
      );
      expect([exported.exitCode, exported.stdout]).toEqual([0, ""]);
      expect(readdirSync(folder)).toEqual(["all"]);
      expect(statSync(inFolder("all")).mode & 0o777).toBe(0o700);
      const names = readdirSync(inFolder("all"));
      expect(names).toEqual([
        `companies.${format}`,
        "manifest.json",
        "schema.json",
        `users.${format}`,
      ]);
      for (const name of names) {
        expect(statSync(inFolder(`all/${name}`)).mode & 0o777).toBe(0o600);
      }
      const client = new ConvexClient({
        url: convex.url,
        deployKey: convex.adminKey,
        timeoutMs: 10_000,
      });
      const { entries } = await findRecent(client, { kind: "command_line", name: "test" });
      const [latest] = entries;
      await client.close();
      expect(latest).toMatchObject({ kind: "run", outcome: "completed", totalRecords: 74 });
      const again = await run(
        "export",
        "--format",
        format,
        "--tables",
        "companies",
        "--out",
        "all",
      );
      expect(again).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("is there already") as string,
      });
    },
  );
});

describe("verify", () => {
  test("names the file and the line of what is wrong in a bundle, and its format", async () => {
    await run("export", "--format", "zip", "--tables", "sites", "--out", "a.zip");
    const whole = await run("verify", "a.zip", "--json");
    expect(whole.exitCode).toBe(0);
    expect(JSON.parse(whole.stdout)).toMatchObject({
      isComplete: true,
      format: "zip",
      recordCounts: { sites: 36 },
    });
    const bytes = readFileSync(inFolder("a.zip"));
    bytes.writeUInt8(
      bytes.readUInt8(bytes.indexOf("data/sites") + 60) ^ 1,
      bytes.indexOf("data/sites") + 60,
    );
    writeFileSync(inFolder("b.zip"), bytes);
    expect(await run("verify", "b.zip")).toMatchObject({
      exitCode: 5,
      stdout: expect.stringContaining("data/sites.ndjson: ") as string,
    });
  });

  test("counts references that lead nowhere, and finds fault with them only when asked to", async () => {
    await run("export", "--tables", "companies,incidents,incident_narratives", "--out", "a.json");
    const lines = readFileSync(inFolder("a.json"), "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes('"incidents": [')) + 1;
    const text = lines.toSpliced(at, 1).join("\n");
    writeFileSync(
      inFolder("b.json"),
      text
        .replace('"incidents": 80', '"incidents": 79')
        .replace(/"totalRecords": (\d+)/, (_, total) => `"totalRecords": ${Number(total) - 1}`),
    );
    const lenient = await run("verify", "b.json");
    expect(lenient).toMatchObject({ exitCode: 0 });
    expect(lenient.stdout).toContain("incident_narratives.incident_id: 1 not found");
    expect(await run("verify", "b.json", "--strict-references")).toMatchObject({ exitCode: 5 });
  });

  test("cannot read a bundle from standard input, and says so", async () => {
    await run("export", "--format", "zip", "--tables", "sites", "--out", "a.zip");
    const { exitCode, stderr } = await start(convex, folder, ["verify", "-"], {}, "a.zip").ended;
    expect([exitCode, stderr]).toEqual([
      2,
      "A bundle is read from its end: save it, and name the file.\n",
    ]);
  });
});

describe("a folder", () => {
  test("is verified by its manifest, and refused by all other commands, which say what to use", async () => {
    await run("export", "--tables", "sites", "--format", "csv", "--out", "a");
    const whole = await run("verify", "a", "--json");
    expect(whole.exitCode).toBe(0);
    const report = JSON.parse(whole.stdout) as { madeFrom: { sha256: string } };
    expect(report).toMatchObject({
      isComplete: true,
      format: "csv",
      recordCounts: { sites: 36 },
    });
    const { sha256 } = report.madeFrom;
    expect(await run("verify", "a", "--digest", sha256)).toMatchObject({ exitCode: 0 });
    expect(await run("verify", "a", "--digest", "0".repeat(64))).toMatchObject({ exitCode: 5 });
    expect(await run("verify", "a", "--strict-references")).toMatchObject({ exitCode: 2 });
    writeFileSync(inFolder("a/sites.csv"), "mine");
    expect(await run("verify", "a")).toMatchObject({
      exitCode: 5,
      stdout: expect.stringContaining("sites.csv: ") as string,
    });
    for (const args of [
      ["query", "a", "FROM sites"],
      ["diff", "a", "a"],
      ["mcp", "a"],
    ]) {
      expect(await run(...args)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/^a is a folder: name an export as JSON/) as string,
      });
    }
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});

describe("query", () => {
  test("prints a table, JSON and CSV, and keeps what it loaded until it is told to forget it", async () => {
    await run("export", "--tables", "companies", "--out", "a.json");
    const sql =
      "SELECT status, count(*) AS n, '=1+1' AS formula FROM companies GROUP BY ALL ORDER BY 1 LIMIT 1";
    const table = await run("query", "a.json", sql);
    expect(table).toMatchObject({ exitCode: 0, stderr: "Loading a.json …\n" });
    expect(table.stdout).toMatch(/^status +n +formula\nactive +\d+ +=1\+1\n$/);
    const json = await run("query", "a.json", sql, "--output", "json");
    expect(json.stderr).toBe("");
    expect(JSON.parse(json.stdout)).toEqual([
      { status: "active", n: expect.any(Number) as number, formula: "=1+1" },
    ]);
    const csv = await run("query", "a.json", sql, "--output", "csv");
    expect(csv.stdout).toMatch(/^status,n,formula\nactive,\d+,'=1\+1\n$/);
    expect(readdirSync(folder)).toEqual(["a.json", "a.json.duckdb"]);
    expect(await run("query", "a.json", "--forget")).toMatchObject({ exitCode: 0, stdout: "" });
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });

  test("of more than memory and disk may hold is refused, and takes no more than that", async () => {
    await run("export", "--tables", "companies", "--out", "a.json");
    const sql = "SELECT repeat('x', 50000000) FROM range(500)";
    const { exitCode, stdout, stderr } = await run("query", "a.json", sql, "--no-cache");
    expect(stdout).toBe("");
    expect(stderr).toContain("Out of Memory");
    expect(exitCode).toBe(2);
  });

  test("is ended by Ctrl-C with 130, and nothing of it stays", async () => {
    await run("export", "--tables", "companies", "--out", "a.json");
    const sql = "SELECT count(*) FROM range(1000000000000) WHERE range % 7 = 8";
    const running = start(convex, folder, ["query", "a.json", sql]);
    await until(() => existsSync(inFolder("a.json.duckdb")), "the loaded tables");
    running.interrupt();
    const { exitCode, stdout } = await running.ended;
    expect([exitCode, stdout]).toEqual([130, ""]);
    expect(readdirSync(folder)).toEqual(["a.json", "a.json.duckdb"]);
  });

  test("that was killed leaves a folder, which the next one removes, but not that of one that runs", async () => {
    await run("export", "--tables", "companies", "--out", "a.json");
    mkdirSync(inFolder("tmp"));
    const sql = "SELECT count(*) FROM range(1000000000000) WHERE range % 7 = 8";
    const query = (text: string) =>
      start(convex, folder, ["query", "a.json", text], { TMPDIR: inFolder("tmp") });
    const folders = () =>
      readdirSync(inFolder("tmp")).filter((name) => name.startsWith("supportsignal-query-"));
    const killed = query(sql);
    await until(() => folders().length === 1, "a folder");
    const [left] = folders();
    killed.kill();
    await killed.ended;
    expect(folders()).toEqual([left]);
    const running = query(sql);
    await until(() => folders().some((name) => name !== left), "a folder of its own");
    const kept = folders().filter((name) => name !== left);
    expect(kept).toHaveLength(1);
    expect(await query("SELECT 1").ended).toMatchObject({ exitCode: 0 });
    expect(folders()).toEqual(kept);
    running.interrupt();
    await running.ended;
    expect(folders()).toEqual([]);
  });

  test("says when there are more rows than it prints", async () => {
    await run("export", "--tables", "companies", "--out", "a.json");
    const { stdout, stderr } = await run(
      "query",
      "a.json",
      "FROM companies",
      "--limit",
      "2",
      "--no-cache",
    );
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
    expect(stderr).toContain("There are more rows: these are the first 2 (--limit).");
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });

  test("of a file that is not complete ends with 5, and of what is no query with 2", async () => {
    await run("export", "--format", "ndjson", "--tables", "companies", "--out", "a.ndjson");
    expect(await run("query", "a.ndjson", "DROP TABLE companies")).toMatchObject({ exitCode: 2 });
    const text = readFileSync(inFolder("a.ndjson"), "utf8");
    writeFileSync(inFolder("b.ndjson"), text.slice(0, text.lastIndexOf('{"complete"')));
    expect(await run("query", "b.ndjson", "FROM companies")).toMatchObject({ exitCode: 5 });
    expect(readdirSync(folder).filter((name) => name.startsWith("b."))).toEqual(["b.ndjson"]);
    writeFileSync(inFolder("c.ndjson"), text.replace('"slug":"', '"slug":"x'));
    expect(await run("query", "c.ndjson", "FROM companies")).toMatchObject({ exitCode: 5 });
    expect(await run("diff", "a.ndjson", "c.ndjson")).toMatchObject({ exitCode: 5 });
  });
});

describe("diff", () => {
  test("ends with 0 whatever it finds, and with 6 for a difference where that is asked for", async () => {
    await run("export", "--tables", "companies", "--out", "a.json");
    await run("export", "--tables", "sites", "--format", "ndjson", "--out", "b.ndjson");
    expect(await run("diff", "a.json", "a.json", "--exit-code")).toMatchObject({ exitCode: 0 });
    const found = await run("diff", "a.json", "b.ndjson");
    expect(found.exitCode).toBe(0);
    expect(found.stdout).toMatch(/^sites +36 +0 +0 +0$/m);
    const json = await run("diff", "a.json", "b.ndjson", "--exit-code", "--ids", "--json");
    expect(json.exitCode).toBe(6);
    expect(JSON.parse(json.stdout)).toMatchObject({ isSame: false, isComparable: true });
  });
});
