import type { GenericValidator } from "convex/values";
import type { ExportTable } from "../exportPolicy";
import schema from "../schema";
import { EXPORT_TABLES, TABLE_FIELDS } from "./exportTables";
import type { FieldClass } from "./policyTypes";

/** A field as the Convex schema has it. */
export interface ExportColumn {
  name: string;
  /** The validator in Convex's words, e.g. `string`, `id<users>`, `any`. */
  convexType: string;
  kind: "string" | "id" | "number" | "boolean" | "int64" | "bytes" | "nested";
  isOptional: boolean;
  /** The table that the ids in it belong to. */
  references?: ExportTable;
  /** All values that it may have, where the schema lists them. */
  values?: string[];
  class: FieldClass;
}

const KINDS: Partial<Record<GenericValidator["kind"], ExportColumn["kind"]>> = {
  string: "string",
  id: "id",
  float64: "number",
  boolean: "boolean",
  int64: "int64",
  bytes: "bytes",
};

/** The exported fields of each exported table, in schema order and without Convex's own two. */
export const EXPORT_COLUMNS: ReadonlyMap<string, readonly ExportColumn[]> = new Map(
  EXPORT_TABLES.map((table) => {
    const validators: Record<string, GenericValidator> = schema.tables[table].validator.fields;
    const columns = (TABLE_FIELDS.get(table) ?? [])
      .filter(([, cls]) => cls !== "excluded")
      .map(([name, cls]) => {
        const validator = validators[name];
        if (validator === undefined) throw new Error(`the schema has no field ${table}.${name}`);
        return describeField(name, validator, cls);
      });
    return [table, columns];
  }),
);

function describeField(name: string, validator: GenericValidator, cls: FieldClass): ExportColumn {
  const field = { name, isOptional: validator.isOptional === "optional", class: cls };
  if (validator.kind === "id") {
    // Whatever a relation points to is a table of the schema, and excluded ones are not pointed to.
    const references = validator.tableName as ExportTable;
    return { ...field, kind: "id", convexType: `id<${references}>`, references };
  }
  const values = literalsOf(validator);
  if (values !== undefined) return { ...field, kind: "string", convexType: "string", values };
  const kind = KINDS[validator.kind] ?? "nested";
  return { ...field, kind, convexType: validator.kind === "float64" ? "number" : validator.kind };
}

function literalsOf(validator: GenericValidator): string[] | undefined {
  if (validator.kind !== "union") return undefined;
  const members: GenericValidator[] = validator.members;
  const values = members.flatMap((member): string[] =>
    member.kind === "literal" && typeof member.value === "string" ? [member.value] : [],
  );
  return values.length === members.length ? values : undefined;
}
