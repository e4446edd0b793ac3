import type { GenericValidator } from "convex/values";
import { exportPolicy, type ExportTable } from "../exportPolicy";
import schema from "../schema";
import type { FieldClass, PersonalKind } from "./policyTypes";

/** What the export says of itself, derived once from the schema and the policy. */

type TableEntry = { name: ExportTable; fields: readonly (readonly [string, FieldClass])[] };

const policy: Readonly<
  Record<string, { excluded: string } | { fields: Readonly<Record<string, FieldClass>> }>
> = exportPolicy;

const entries: TableEntry[] = [];
const excluded: { name: string; reason: string }[] = [];
for (const name of Object.keys(schema.tables)) {
  const table = policy[name];
  if (table === undefined) throw new Error(`exportPolicy.ts does not classify the table ${name}`);
  if ("excluded" in table) excluded.push({ name, reason: table.excluded });
  // The names of tables that are not excluded are exactly `ExportTable`.
  else entries.push({ name: name as ExportTable, fields: Object.entries(table.fields) });
}

/** The exported tables, in schema order. */
export const EXPORT_TABLES: readonly ExportTable[] = entries.map((entry) => entry.name);

/** The tables that are left out, with the reason. */
export const EXCLUDED_TABLES: readonly { name: string; reason: string }[] = excluded;

/** The fields of each exported table with their classes, in schema order. */
export const TABLE_FIELDS: ReadonlyMap<string, readonly (readonly [string, FieldClass])[]> =
  new Map(entries.map((entry) => [entry.name, entry.fields]));

/** The personal fields of each exported table, with what they say of a person. */
export const PERSONAL_FIELDS: ReadonlyMap<string, readonly (readonly [string, PersonalKind])[]> =
  new Map(
    entries.map(({ name, fields }) => [
      name,
      fields.flatMap(([field, cls]): [string, PersonalKind][] =>
        typeof cls === "object" && "personal" in cls ? [[field, cls.personal]] : [],
      ),
    ]),
  );

/** What people are recognised by in texts. Emails are recognised by their form. */
const IDENTIFYING_KINDS: readonly PersonalKind[] = [
  "participant_name",
  "participant_first_name",
  "participant_last_name",
  "user_name",
  "contact",
  "phone",
  "ndis_number",
  "image_url",
];

/** The tables that know people by name or number. */
export const IDENTITY_TABLES: readonly ExportTable[] = EXPORT_TABLES.filter((table) =>
  PERSONAL_FIELDS.get(table)?.some(([, kind]) => IDENTIFYING_KINDS.includes(kind)),
);

/** The tables whose fields name people, or are searched for them. */
export const NAMING_TABLES: readonly ExportTable[] = entries
  .filter(
    ({ name, fields }) =>
      IDENTITY_TABLES.includes(name) || fields.some(([, cls]) => isSearchedForPeople(cls)),
  )
  .map(({ name }) => name);

/** Whether the profile `pseudonymised` searches texts of this class. */
export function isSearchedForPeople(cls: FieldClass): boolean {
  return cls === "sensitive" || cls === "opaque" || (typeof cls === "object" && "public" in cls);
}

function fieldsOfClass(...classes: FieldClass[]): string[] {
  return entries.flatMap(({ name, fields }) =>
    fields.filter(([, cls]) => classes.includes(cls)).map(([field]) => `${name}.${field}`),
  );
}

/** `table.field` of every field that is never exported. */
export const EXCLUDED_FIELDS: readonly string[] = fieldsOfClass("excluded");

/** `table.field` of every credential (fingerprinted) and every opaque field (searched). */
export const REDACTED_FIELDS: readonly string[] = fieldsOfClass("credential", "opaque");

/** `table.field` of those of them that are searched for credentials, not replaced as a whole. */
export const SEARCHED_FIELDS: readonly string[] = fieldsOfClass("opaque");

/** `table.field` to the table that the ids in it belong to, e.g. `sites.company_id`: `companies`. */
export const RELATIONS: Readonly<Record<string, string>> = Object.fromEntries(
  EXPORT_TABLES.flatMap((name) => {
    const fields: Record<string, GenericValidator> = schema.tables[name].validator.fields;
    return Object.entries(fields).flatMap(([field, validator]): [string, string][] =>
      validator.kind === "id" ? [[`${name}.${field}`, validator.tableName]] : [],
    );
  }),
);
