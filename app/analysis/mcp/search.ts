import { quoteName, quoteText } from "../../export/formats/load-sql";
import type { ColumnDescription } from "../../export/formats/schema-description";
import type { ExportDatabase } from "../database";
import { AnalysisError } from "../errors";
import { queryRows, type McpLimits } from "./rows";

export const MOST_MATCHES = 100;

/** What is shown before and behind a match, in characters. */
const AROUND = 80;

export interface TextSearch {
  text: string;
  tables: readonly string[];
  limit: number;
}

/**
 * Where a text occurs, with what stands around its first occurrence in each value.
 * @throws AnalysisError where all of it takes longer than a query may
 */
export async function searchText(
  { schema, instance }: ExportDatabase,
  { text, tables, limit }: TextSearch,
  limits: McpLimits,
  signal: AbortSignal,
) {
  const deadline = performance.now() + limits.ms;
  const matches: { table: string; id: string; column: string; excerpt: string }[] = [];
  for (const table of tables) {
    const columns = (schema.tables[table]?.columns ?? []).filter(isText);
    for (const { name: column } of columns) {
      // One more than asked for tells that there are more.
      const left = limit + 1 - matches.length;
      if (left <= 0) break;
      const ms = Math.floor(deadline - performance.now());
      if (ms <= 0) {
        const message = `The search was stopped after ${limits.ms / 1000} s. Name the tables to search.`;
        throw new AnalysisError("usage", message);
      }
      const { rows } = await queryRows(
        instance,
        searchQuery(table, column, text, left),
        { ms, rows: left, bytes: Infinity },
        signal,
      );
      for (const [id, excerpt] of rows) {
        matches.push({ table, id: id as string, column, excerpt: excerpt as string });
      }
    }
  }
  return { matches: matches.slice(0, limit), isComplete: matches.length <= limit };
}

/** What people wrote. Ids, fingerprints and words of a closed list are found with SQL. */
function isText({ type, privacy, references, values }: ColumnDescription): boolean {
  if (type !== "VARCHAR" && type !== "JSON") return false;
  return references === undefined && values === undefined && privacy !== "credential";
}

function searchQuery(table: string, column: string, text: string, limit: number): string {
  const value = `${quoteName(column)}::VARCHAR`;
  return `SELECT _id, value[greatest(1, place - ${AROUND}) : place + ${text.length + AROUND}]
FROM (SELECT _id, ${value} AS value, strpos(lower(${value}), lower(${quoteText(text)})) AS place FROM ${quoteName(table)})
WHERE place > 0 LIMIT ${limit}`;
}
