import { DuckDBInstance } from "@duckdb/node-api";

/** DuckDB refuses a larger JSON object by default (16 MiB), and an export is a single object. */
const MAXIMUM_OBJECT_BYTES = 1024 * 1024 * 1024;

/** Documents per table, as DuckDB reads an export. */
export async function countWithDuckDb(
  file: string,
  tables: readonly string[],
): Promise<Record<string, number>> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const columns = tables.map((table) => `len(data.${table})::INTEGER AS ${table}`).join(", ");
    const reader = await connection.runAndReadAll(
      `SELECT ${columns} FROM read_json($file, maximum_object_size = ${MAXIMUM_OBJECT_BYTES})`,
      { file },
    );
    const [row = {}] = reader.getRowObjectsJson();
    return Object.fromEntries(Object.entries(row).map(([table, count]) => [table, Number(count)]));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
