import type { DuckDBInstance, Json } from "@duckdb/node-api";
import { runSql, type SqlColumn, type SqlLimits } from "../run-sql";

/** What one call may cost. */
export type McpLimits = SqlLimits;

/** Half of what Claude Code takes of a tool by default (25,000 tokens) at 4 bytes each. */
export const DEFAULT_LIMITS: McpLimits = { rows: 500, bytes: 50_000, ms: 30_000 };

export interface Rows {
  columns: { name: string; type: string }[];
  rows: Json[][];
  /** Only where there are more rows than are given. */
  truncated?: string;
}

/** The rows of a query, as many as the limits allow, and whether these are all. */
export async function queryRows(
  instance: DuckDBInstance,
  sql: string,
  limits: McpLimits,
  signal: AbortSignal,
): Promise<Rows> {
  let columns: readonly SqlColumn[] = [];
  const rows: Json[][] = [];
  const { limit } = await runSql(
    instance,
    sql,
    limits,
    {
      begin: (given) => void (columns = given),
      row: (values) => void rows.push([...values]),
    },
    signal,
  );
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows,
    ...(limit === undefined ? {} : { truncated: describeLimit(limit, rows.length, limits) }),
  };
}

function describeLimit(limit: "rows" | "bytes", rows: number, limits: McpLimits): string {
  const met = limit === "rows" ? `${limits.rows} rows` : `${limits.bytes} bytes`;
  return `There are more rows: these ${rows} are all that ${met} allow. Aggregate, filter, or select fewer columns.`;
}
