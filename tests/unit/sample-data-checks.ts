import { convexToJson, type GenericValidator, type Value } from "convex/values";
import { SAMPLE_TABLES, type TableName } from "~/embedded/sample-data/store";

type SampleData = Record<TableName, Record<string, Value>[]>;

/** @throws TypeError when the value is not a string. */
export function textOf(value: Value | undefined): string {
  if (typeof value !== "string") throw new TypeError("Expected a string");
  return value;
}

/** The sample as Convex writes it in JSON. */
export function asJson(data: SampleData): Record<string, unknown[]> {
  return Object.fromEntries(
    SAMPLE_TABLES.map((table) => [table, data[table].map((document) => convexToJson(document))]),
  );
}

/** What in `value` contradicts the validator, as `path: reason`. */
export function problemsOf(
  validator: GenericValidator,
  value: Value | undefined,
  path: string,
  tableOfId: ReadonlyMap<Value | undefined, string>,
): string[] {
  if (value === undefined) return validator.isOptional === "optional" ? [] : [`${path}: missing`];
  switch (validator.kind) {
    case "any":
      return [];
    case "id":
      return tableOfId.get(value) === validator.tableName ? [] : [`${path}: dangling`];
    case "union":
      return validator.members.some((m) => problemsOf(m, value, path, tableOfId).length === 0)
        ? []
        : [`${path}: no member of the union`];
    case "literal":
      return value === validator.value ? [] : [`${path}: not ${String(validator.value)}`];
    case "object": {
      const fields = value as Record<string, Value>;
      const unknown = Object.keys(fields).filter((name) => !(name in validator.fields));
      return [
        ...unknown.map((name) => `${path}.${name}: not in the schema`),
        ...Object.entries(validator.fields as Record<string, GenericValidator>).flatMap(
          ([name, field]) => problemsOf(field, fields[name], `${path}.${name}`, tableOfId),
        ),
      ];
    }
    case "string":
      return typeof value === "string" ? [] : [`${path}: not a string`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${path}: not a boolean`];
    case "float64":
      return typeof value === "number" && Number.isFinite(value) ? [] : [`${path}: not a number`];
    default:
      return [`${path}: a ${validator.kind} is not expected in this schema`];
  }
}
