import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBInstance, Json } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDb } from "~/analysis/duckdb";
import { runSql, RunawayQueryError, type SqlLimits } from "~/analysis/run-sql";
import { withoutFormula } from "~/analysis/values";
import { quoteText } from "~/export/formats/load-sql";

const NO_LIMITS: SqlLimits = { rows: Infinity, bytes: Infinity, ms: Infinity };

let folder: string;
let instance: DuckDBInstance;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-sql-"));
  const file = path.join(folder, "a.duckdb");
  const options = { spillDirectory: path.join(folder, "spill") };
  const writable = await openDuckDb(file, { ...options, isReadOnly: false });
  const connection = await writable.connect();
  await connection.run(
    "CREATE TABLE notes AS SELECT i, 'text ' || i AS text FROM range(5000) t(i)",
  );
  connection.closeSync();
  writable.closeSync();
  writeFileSync(path.join(folder, "secret.csv"), "a\nsecret\n");
  instance = await openDuckDb(file, { ...options, isReadOnly: true });
});
afterAll(() => {
  instance.closeSync();
  rmSync(folder, { recursive: true });
});

async function run(sql: string, limits: Partial<SqlLimits> = {}, signal = neverAborted()) {
  const rows: (readonly Json[])[] = [];
  const sink = { begin: () => undefined, row: (values: readonly Json[]) => void rows.push(values) };
  const outcome = await runSql(instance, sql, { ...NO_LIMITS, ...limits }, sink, signal);
  return { ...outcome, values: rows };
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

describe("a query", () => {
  test.each([
    ["SELECT count(*) FROM notes", [[5000]]],
    ["FROM notes WHERE i = 7", [[7, "text 7"]]],
    ["WITH a AS (SELECT 1 AS x) SELECT x FROM a;", [[1]]],
    ["PIVOT (SELECT i % 2 AS k FROM notes) ON k USING count(*)", [[2500, 2500]]],
    ["VALUES (NULL, true, 'x')", [[null, true, "x"]]],
    [
      "SELECT 9007199254740991, 9007199254740993::BIGINT, 1.25::DECIMAL(9,2)",
      [[9007199254740991, "9007199254740993", 1.25]],
    ],
    [
      "SELECT 'nan'::DOUBLE, [1::BIGINT, 2], {a: DATE '2026-01-31'}",
      [["NaN", [1, 2], { a: "2026-01-31" }]],
    ],
  ])("%s gives its rows", async (sql, values) => {
    expect((await run(sql)).values).toEqual(values);
  });

  test("that is wrong is refused in DuckDB's words", async () => {
    await expect(run("SELECT nope FROM notes")).rejects.toMatchObject({
      name: "AnalysisError",
      kind: "usage",
      message: expect.stringContaining('"nope" not found') as string,
    });
  });

  test("that fails after many rows gives none, rather than those before", async () => {
    const sql = "SELECT CASE WHEN i = 4999 THEN error('broken value') ELSE text END FROM notes";
    await expect(run(sql)).rejects.toThrow("broken value");
    await expect(run(`${sql} CROSS JOIN range(200)`)).rejects.toThrow("broken value");
  });

  test("leaves nothing to the next one", async () => {
    await run("FROM notes");
    await expect(run("FROM supportsignal_rows")).rejects.toThrow("does not exist");
    await run("PIVOT notes ON i % 2 USING count(*) GROUP BY i;");
    expect((await run("PIVOT notes ON i % 3 USING count(*)")).rows).toBe(5000);
  });

  test("of more rows than DuckDB's memory holds gives them all", async () => {
    const sql = "SELECT repeat('x', 20000) || i FROM notes CROSS JOIN range(8)";
    let [rows, bytes] = [0, 0];
    const sink = {
      begin: () => undefined,
      row: ([text]: readonly Json[]) => {
        rows += 1;
        bytes += String(text).length;
      },
    };
    await runSql(instance, sql, NO_LIMITS, sink, neverAborted());
    expect(rows).toBe(40_000);
    expect(bytes).toBeGreaterThan(800_000_000);
  });
});

describe("what is no query is refused:", () => {
  const secret = () => quoteText(path.join(folder, "secret.csv"));
  const target = () => quoteText(path.join(folder, "written"));
  test.each<[string, () => string]>([
    ["nothing", () => " ; "],
    ["a table", () => "CREATE TABLE x (a INT)"],
    ["a table before a query", () => "CREATE TABLE x (a INT); SELECT 1"],
    ["a temporary table alone", () => "CREATE TEMP TABLE x (a INT)"],
    ["an insert", () => "INSERT INTO notes VALUES (1, 'a')"],
    ["an update", () => "UPDATE notes SET i = 0"],
    ["a delete", () => "DELETE FROM notes"],
    ["a drop", () => "DROP TABLE notes"],
    ["a delete before a query", () => "DELETE FROM notes; SELECT 1"],
    ["a file", () => `FROM read_csv(${secret()})`],
    ["a file by its name", () => `FROM ${secret()}`],
    ["a text file", () => `FROM read_text(${secret()})`],
    ["a list of files", () => "FROM glob('/*')"],
    ["a copy", () => `COPY notes TO ${target()}`],
    ["an export", () => `EXPORT DATABASE ${target()}`],
    ["another database", () => `ATTACH ${target()} AS other`],
    ["another database before a query", () => `ATTACH ${target()} AS other; SELECT 1`],
    ["an extension to install", () => "INSTALL httpfs"],
    ["an extension to load", () => "LOAD httpfs"],
    ["the network", () => "FROM read_parquet('http://127.0.0.1:9/x.parquet')"],
    ["a setting", () => "SET enable_external_access = true"],
    ["a setting before a query", () => "SET memory_limit = '64GB'; SELECT 1"],
    ["a pragma that prints", () => "PRAGMA enable_profiling"],
    ["a checkpoint", () => "CHECKPOINT"],
    ["a transaction", () => "BEGIN; SELECT 1"],
    ["a prepared statement", () => "PREPARE a AS DELETE FROM notes; EXECUTE a"],
    ["a query in a text that writes", () => "FROM query('DELETE FROM notes')"],
    ["a secret", () => "CREATE SECRET (TYPE s3); SELECT 1"],
    ["a secret of a kind that is always there", () => "CREATE SECRET s (TYPE http); SELECT 1"],
    ["a secret before a pivot", () => "CREATE SECRET s (TYPE http); PIVOT notes ON i"],
    ["a temporary table before a query", () => "CREATE TEMP TABLE x AS FROM notes; FROM x"],
    ["a macro before a query", () => "CREATE TEMP MACRO x() AS 1; SELECT x()"],
    ["a second query", () => "SELECT 1; SELECT 2"],
    ["spaces", () => "  "],
  ])("%s", async (_, sql) => {
    await expect(run(sql())).rejects.toMatchObject({ name: "AnalysisError", kind: "usage" });
    expect((await run("SELECT count(*), sum(i) FROM notes")).values).toEqual([[5000, 12497500]]);
    expect(existsSync(path.join(folder, "written"))).toBe(false);
  });
});

describe("a limit", () => {
  test("on rows gives so many, and says that there are more", async () => {
    expect(await run("FROM notes", { rows: 3 })).toMatchObject({ rows: 3, limit: "rows" });
    expect(await run("FROM notes LIMIT 3", { rows: 3 })).not.toHaveProperty("limit");
    expect(await run("FROM range(1000000000000) -- endless\n;", { rows: 3 })).toMatchObject({
      rows: 3,
    });
    const pivot = "PIVOT notes ON i % 2 USING count(*) GROUP BY i ORDER BY i";
    expect(await run(pivot, { rows: 3 })).toMatchObject({ rows: 3, limit: "rows" });
  });

  test("on rows keeps their order", async () => {
    const { values } = await run("SELECT i FROM notes ORDER BY i DESC;", { rows: 3 });
    expect(values).toEqual([[4999], [4998], [4997]]);
  });

  test("on bytes gives what fits, and says that there is more", async () => {
    const { values, limit } = await run("FROM notes", { bytes: 100 });
    expect(limit).toBe("bytes");
    expect(JSON.stringify(values).length).toBeLessThan(110);
    expect(values.length).toBeGreaterThan(3);
  });

  test.each([
    "SELECT count(*) FROM range(1000000000000) WHERE range % 7 = 8",
    "WITH RECURSIVE r(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM r) SELECT count(*) FROM r",
    "SELECT count(*) FROM notes a, notes b, notes c, notes d WHERE a.text < b.text",
  ])("on time stops %s, and the next query runs", async (sql) => {
    await expect(run(sql, { ms: 200 })).rejects.toThrow("The query was stopped after 0.2 s.");
    expect((await run("SELECT 1", { ms: 10_000 })).values).toEqual([[1]]);
  });

  test("on memory fails at once, whatever the query still does", async () => {
    const running = run("SELECT count(*) FROM range(2000000000) WHERE range % 7 = 8", {
      memoryBytes: 1,
    });
    await expect(running).rejects.toBeInstanceOf(RunawayQueryError);
  });

  test("on time stops a query whose rows do not end", async () => {
    await expect(run("FROM range(1000000000000)", { ms: 200 })).rejects.toThrow("was stopped");
  });
});

test("a signal stops a query with its own reason", async () => {
  const controller = new AbortController();
  const running = run(
    "SELECT count(*) FROM range(1000000000000) WHERE range % 7 = 8",
    {},
    controller.signal,
  );
  controller.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
});

test.each([
  ["=1+1", "'=1+1"],
  ["+61 2", "'+61 2"],
  ["-x", "'-x"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\tx", "'\tx"],
  ["\rx", "'\rx"],
  ["plain = text", "plain = text"],
  ["", ""],
])("a spreadsheet runs nothing of the text %j", (text, written) => {
  expect(withoutFormula(text)).toBe(written);
});
