import type { ColumnDescription, SchemaDescription, TableDescription } from "./schema-description";

/**
 * SQL for DuckDB that turns lines of documents into typed tables. `load.sql` of a bundle, `query` and
 * the MCP server all use it.
 */

/** `"name"`, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `'text'`, whatever is in it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A document has 1 MiB in Convex, and may be six times that as JSON. */
const MAXIMUM_LINE_BYTES = 8 * 1024 * 1024;

/**
 * How values that JSON lacks become SQL's. int64: its bytes as hexadecimal digits in the other order,
 * read as unsigned and brought into the range of signed ones. Numbers: Convex tags NaN, the
 * infinities and -0, and nothing else.
 */
export const VALUE_MACROS = `CREATE OR REPLACE MACRO convex_bits(tagged) AS
  list_reduce([substr(hex(from_base64(tagged)), 15 - 2 * i, 2) for i in range(8)], lambda a, b: a || b);
CREATE OR REPLACE MACRO convex_int64(value) AS
  CASE WHEN json_type(value) = 'OBJECT' THEN
    (('0x' || convex_bits(value->>'$."$integer"'))::UBIGINT::HUGEINT
     - CASE WHEN convex_bits(value->>'$."$integer"') >= '8' THEN 18446744073709551616::HUGEINT ELSE 0 END)::BIGINT
  ELSE value::BIGINT END;
CREATE OR REPLACE MACRO convex_bytes(value) AS from_base64(value->>'$."$bytes"');
CREATE OR REPLACE MACRO convex_number(text) AS
  CASE WHEN text[1] <> '{' THEN text::DOUBLE
    WHEN contains(text, '"AAAAAAAA8H8="') THEN 'inf'::DOUBLE
    WHEN contains(text, '"AAAAAAAA8P8="') THEN '-inf'::DOUBLE
    WHEN contains(text, '"AAAAAAAAAIA="') THEN '-0'::DOUBLE
    WHEN text IS NOT NULL THEN 'nan'::DOUBLE END;`;

/** How a column is read from a line, and what becomes of it. */
function readColumn({ name, type }: ColumnDescription): { read: string; select: string } {
  const column = quoteName(name);
  switch (type) {
    case "DOUBLE": // a tagged number would not be one
      return { read: "VARCHAR", select: `convex_number(${column}) AS ${column}` };
    case "BIGINT":
      return { read: "JSON", select: `convex_int64(${column}) AS ${column}` };
    case "BLOB":
      return { read: "JSON", select: `convex_bytes(${column}) AS ${column}` };
    case "VARCHAR":
    case "BOOLEAN":
    case "JSON":
      return { read: type, select: column };
  }
}

/** A query for the rows of a table, from a file with one document per line. */
export function selectFromLines(table: TableDescription, file: string): string {
  const columns = table.columns.map((column) => ({ name: column.name, ...readColumn(column) }));
  const reads = columns.map(({ name, read }) => `${quoteName(name)}: ${quoteText(read)}`);
  return `SELECT ${columns.map(({ select }) => select).join(", ")}
FROM read_json(${quoteText(file)}, format = 'newline_delimited', maximum_object_size = ${MAXIMUM_LINE_BYTES},
  columns = {${reads.join(", ")}})`;
}

/** The SQL of a bundle's `load.sql`. */
export function loadScript(
  schema: SchemaDescription,
  pathOf: (table: string) => string,
  head: string,
): string {
  const tables = Object.entries(schema.tables).map(
    ([name, table]) =>
      `CREATE OR REPLACE TABLE ${quoteName(name)} AS\n${selectFromLines(table, pathOf(name))};`,
  );
  return [head, VALUE_MACROS, ...tables, ""].join("\n\n");
}
