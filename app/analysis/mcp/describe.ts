import type { Json } from "@duckdb/node-api";
import { quoteName } from "../../export/formats/load-sql";
import type { ColumnDescription } from "../../export/formats/schema-description";
import type { ExportDatabase } from "../database";
import { AnalysisError } from "../errors";
import { queryRows, type McpLimits } from "./rows";

const EXAMPLES = 3;

/** Longest example, in characters. */
const LONGEST_EXAMPLE = 80;

/** Of so many rows at the start of a table. */
const EXAMPLE_ROWS = 1_000;

export function listTables({ schema, metadata }: ExportDatabase) {
  return Object.entries(schema.tables).map(([name, { row, columns }]) => ({
    name,
    records: metadata.recordCounts[name],
    row,
    references: [...new Set(columns.flatMap(({ references }) => references ?? []))],
  }));
}

/** A table with what its columns mean and hold. */
export async function describeTable(
  { schema, metadata, instance }: ExportDatabase,
  name: string,
  limits: McpLimits,
  signal: AbortSignal,
) {
  const table = schema.tables[name];
  if (table === undefined) throw new AnalysisError("usage", `There is no table ${name}.`);
  const records = metadata.recordCounts[name] ?? 0;
  const first = async (sql: string): Promise<readonly Json[]> => {
    const { rows } = await queryRows(instance, sql, { ...limits, bytes: Infinity }, signal);
    return rows[0] ?? [];
  };
  const filled = await first(
    `SELECT ${table.columns.map((column) => `count(${quoteName(column.name)})`).join(", ")} FROM ${quoteName(name)}`,
  );
  const examples = await first(
    `SELECT ${table.columns.map(exampleOf).join(", ")} FROM (FROM ${quoteName(name)} LIMIT ${EXAMPLE_ROWS})`,
  );
  return {
    name,
    row: table.row,
    records,
    columns: table.columns.map((column, index) => ({
      ...column,
      nullShare: records === 0 ? null : round(1 - Number(filled[index]) / records),
      examples: examples[index] ?? [],
    })),
  };
}

function exampleOf({ name }: ColumnDescription): string {
  const text = `(${quoteName(name)}::VARCHAR)`;
  const short = `CASE WHEN length(${text}) > ${LONGEST_EXAMPLE} THEN ${text}[1:${LONGEST_EXAMPLE}] || '…' ELSE ${text} END`;
  return `list_sort(list(DISTINCT ${short}) FILTER (${quoteName(name)} IS NOT NULL))[1:${EXAMPLES}]`;
}

function round(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
