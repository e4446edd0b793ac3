import { z } from "zod";
import { EXPORT_COLUMNS, type ExportColumn } from "../../../convex/model/exportColumns";
import { POLICY_VERSION } from "../../../convex/exportPolicy";
import { MEANINGS } from "./meanings";

/**
 * What an export holds, for whoever reads it: the `schema.json` of a bundle. It is made from the
 * Convex schema, the export policy and the meaning of each field.
 */

/**
 * Types of DuckDB. `DOUBLE` for Convex's number. `JSON` for `any`, objects and arrays: the text as it
 * is in the file, so that tagged values in it lose nothing. `BIGINT` and `BLOB` where the schema
 * itself has int64 and bytes.
 */
export const COLUMN_TYPES = ["VARCHAR", "DOUBLE", "BOOLEAN", "BIGINT", "BLOB", "JSON"] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

const columnSchema = z.looseObject({
  name: z.string(),
  type: z.enum(COLUMN_TYPES).describe("Type in load.sql and of `query`"),
  convexType: z.string().describe("Type in the Convex schema"),
  nullable: z.boolean().describe("Whether a document may lack it; SQL shows NULL"),
  references: z.string().optional().describe("The table whose _id it holds"),
  values: z.array(z.string()).optional().describe("All values that it may have"),
  privacy: z
    .string()
    .describe(
      "public, reference, personal (identifies a person), free text, credential (a fingerprint), any (searched for credentials)",
    ),
  meaning: z.string(),
});

const tableSchema = z.looseObject({
  row: z.string().describe("What a document is"),
  columns: z.array(columnSchema),
});

export const schemaDescriptionSchema = z.looseObject({
  version: z.literal("1.0"),
  policyVersion: z
    .string()
    .describe("Export policy that it was made from; manifest.json has that of the data"),
  notes: z.array(z.string()),
  tables: z.record(z.string(), tableSchema),
});

export type ColumnDescription = z.infer<typeof columnSchema>;
export type TableDescription = z.infer<typeof tableSchema>;
export type SchemaDescription = z.infer<typeof schemaDescriptionSchema>;

const NOTES = [
  "A field that a document lacks is NULL in SQL. Convex has no NULL of its own in these fields.",
  'Numbers are 64-bit floating point. NaN, infinities and -0 are {"$float": base64 of 8 little-endian bytes} in the lines, and numbers again in SQL.',
  'JSON columns hold any, objects and arrays as they are. In them int64 is {"$integer": base64 of 8 little-endian bytes}: convex_int64(value) of load.sql turns it into BIGINT without rounding.',
  "Fingerprints stand for credentials. Equal values are equal within one export, and match nothing outside it.",
];

const OWN_COLUMNS: ColumnDescription[] = [
  {
    name: "_id",
    type: "VARCHAR",
    convexType: "id",
    nullable: false,
    privacy: "public",
    meaning: "Id of the document, unique in the database",
  },
  {
    name: "_creationTime",
    type: "DOUBLE",
    convexType: "number",
    nullable: false,
    privacy: "public",
    meaning: "When Convex stored it, ms since 1970, UTC, with a fraction",
  },
];

/**
 * Describes the tables of a file. A table that this program does not know, because the functions of
 * the deployment are newer, has Convex's own two columns, and no meaning.
 */
export function describeSchema(tables: readonly string[]): SchemaDescription {
  return {
    version: "1.0",
    policyVersion: POLICY_VERSION,
    notes: NOTES,
    tables: Object.fromEntries(tables.map((table) => [table, describeTable(table)])),
  };
}

/** `schema.json`: a column per line, which is read at a third of the length of pretty-printed JSON. */
export function formatSchema({ tables, ...head }: SchemaDescription): string {
  const entries = Object.entries(tables).map(([name, { columns, ...table }]) => {
    const lines = columns.map((column) => `      ${JSON.stringify(column)}`);
    const start = JSON.stringify(table).slice(0, -1);
    return `    ${JSON.stringify(name)}: ${start},"columns":[\n${lines.join(",\n")}\n    ]}`;
  });
  const start = JSON.stringify(head, null, 2).slice(0, -"\n}".length);
  return `${start},\n  "tables": {\n${entries.join(",\n")}\n  }\n}\n`;
}

function describeTable(table: string): TableDescription {
  const meaning = meaningOf(table);
  const columns = (EXPORT_COLUMNS.get(table) ?? []).map((column) => ({
    name: column.name,
    type: typeOf(column),
    convexType: column.convexType,
    nullable: column.isOptional,
    ...(column.references === undefined ? {} : { references: column.references }),
    ...(column.values === undefined ? {} : { values: column.values }),
    privacy: privacyOf(column),
    meaning: meaning?.fields[column.name] ?? "",
  }));
  return {
    row: meaning?.row ?? "A table that the exporting program does not know.",
    columns: [...OWN_COLUMNS, ...columns],
  };
}

function meaningOf(table: string): { row: string; fields: Record<string, string> } | undefined {
  const meanings: Record<string, { row: string; fields: Record<string, string> }> = MEANINGS;
  return Object.hasOwn(meanings, table) ? meanings[table] : undefined;
}

function typeOf({ kind }: ExportColumn): ColumnType {
  switch (kind) {
    case "number":
      return "DOUBLE";
    case "boolean":
      return "BOOLEAN";
    case "int64":
      return "BIGINT";
    case "bytes":
      return "BLOB";
    case "nested":
      return "JSON";
    case "string":
    case "id":
      return "VARCHAR";
  }
}

function privacyOf({ class: cls }: ExportColumn): string {
  if (typeof cls === "object") return "personal" in cls ? "personal" : "free text";
  if (cls === "sensitive") return "free text";
  return cls === "opaque" ? "any" : cls;
}
