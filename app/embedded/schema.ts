import type { ValidatorJSON } from "./validators";

/** An index and the fields it was declared with, in order. */
export interface IndexDefinition {
  readonly name: string;
  readonly fields: readonly string[];
}

export interface TableDefinition {
  readonly documentType: ValidatorJSON;
  readonly indexes: readonly IndexDefinition[];
}

/** What the database needs to know of `convex/schema.ts`. */
export interface DatabaseSchema {
  readonly tables: ReadonlyMap<string, TableDefinition>;
  /** False where the schema was defined with `schemaValidation: false`. */
  readonly validates: boolean;
}

/** The part of `SchemaDefinition.export()` that is used here. */
interface SchemaJSON {
  schemaValidation: boolean;
  tables: {
    tableName: string;
    documentType: ValidatorJSON;
    indexes: { indexDescriptor: string; fields: string[] }[];
  }[];
}

/** Reads a schema made by `defineSchema`, in the way that Convex's own CLI does. */
export function readSchema(schema: object): DatabaseSchema {
  // `export` is there, but left out of the published types.
  const json = JSON.parse((schema as { export(): string }).export()) as SchemaJSON;
  return {
    validates: json.schemaValidation,
    tables: new Map(
      json.tables.map(({ tableName, documentType, indexes }) => [
        tableName,
        {
          documentType,
          indexes: indexes.map(({ indexDescriptor, fields }) => ({
            name: indexDescriptor,
            fields,
          })),
        },
      ]),
    ),
  };
}
