import type { Value } from "convex/values";
import schema from "../../convex/schema";

interface JsonValidator {
  type: string;
  value?: unknown;
}

interface JsonSchema {
  tables: {
    tableName: string;
    documentType: { value: Record<string, { fieldType: JsonValidator; optional: boolean }> };
  }[];
}

const exported = JSON.parse((schema as unknown as { export(): string }).export()) as JsonSchema;

/** An id of the right form that no document has: Convex accepts it as a reference. */
const DANGLING_ID = "j".padEnd(32, "0");

/**
 * The smallest document that the schema of a table accepts, with the fields given in place of its
 * own. Made from the schema, so it follows when that changes.
 */
export function makeDocument(
  table: string,
  fields: Record<string, Value> = {},
): Record<string, Value> {
  const definition = exported.tables.find(({ tableName }) => tableName === table);
  if (definition === undefined) throw new Error(`there is no table ${table}`);
  const required = Object.entries(definition.documentType.value).filter(
    ([, { optional }]) => !optional,
  );
  return {
    ...Object.fromEntries(required.map(([name, { fieldType }]) => [name, smallest(fieldType)])),
    ...fields,
  };
}

/** A required field of a table that takes any text. */
export function textFieldOf(table: string): string {
  const definition = exported.tables.find(({ tableName }) => tableName === table);
  const found = Object.entries(definition?.documentType.value ?? {}).find(
    ([name, { fieldType }]) => fieldType.type === "string" && name !== "password",
  );
  if (found === undefined) throw new Error(`${table} has no text field`);
  return found[0];
}

function smallest({ type, value }: JsonValidator): Value {
  switch (type) {
    case "string":
      return "";
    case "number":
      return 0;
    case "boolean":
      return false;
    case "any":
      return null;
    case "id":
      return DANGLING_ID;
    case "literal":
      return value as string;
    case "union": {
      const [first] = value as JsonValidator[];
      if (first !== undefined) return smallest(first);
    }
  }
  throw new Error(`no smallest value of the type ${type}`);
}
