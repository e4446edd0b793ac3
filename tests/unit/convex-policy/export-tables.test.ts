import { describe, expect, test } from "vitest";
import { exportPolicy } from "../../../convex/exportPolicy";
import {
  EXCLUDED_FIELDS,
  EXCLUDED_TABLES,
  EXPORT_TABLES,
  REDACTED_FIELDS,
  RELATIONS,
} from "../../../convex/model/exportTables";
import { inSchemaOrder, parseTables } from "../../../convex/model/exportPage";
import type { FieldClass } from "../../../convex/model/policyTypes";
import schema from "../../../convex/schema";
import { APPROVED_TABLES } from "../../support/approved-tables";

interface JsonValidator {
  type: string;
  tableName?: string;
  value?: Record<string, { fieldType: JsonValidator; optional: boolean }>;
}

/** What Convex itself gets of the schema: read here instead of our own walk over it. */
interface JsonSchema {
  tables: { tableName: string; documentType: JsonValidator }[];
}

const exported = JSON.parse((schema as unknown as { export(): string }).export()) as JsonSchema;

function fieldsOf(table: string): [string, JsonValidator][] {
  const definition = exported.tables.find(({ tableName }) => tableName === table);
  return Object.entries(definition?.documentType.value ?? {}).map(([name, { fieldType }]) => [
    name,
    fieldType,
  ]);
}

describe("the exported tables", () => {
  test("are the 18 of the approved file, in schema order", () => {
    expect(EXPORT_TABLES).toEqual(APPROVED_TABLES);
  });

  test("and the excluded ones are all tables of the schema", () => {
    const excluded = EXCLUDED_TABLES.map((table) => table.name);
    expect(excluded).toEqual(["debug_logs", "export_runs", "export_denials", "sign_in_failures"]);
    expect([...EXPORT_TABLES, ...excluded].toSorted()).toEqual(
      exported.tables.map((table) => table.tableName).toSorted(),
    );
  });

  test("are left out for a reason that is said", () => {
    for (const { reason } of EXCLUDED_TABLES) expect(reason.length).toBeGreaterThan(10);
  });
});

describe("every field of the schema", () => {
  const paths = EXPORT_TABLES.flatMap((table) =>
    fieldsOf(table).map(([field, type]): [string, string, JsonValidator] => [table, field, type]),
  );

  test("is there to be checked", () => {
    expect(paths.length).toBeGreaterThan(150);
  });

  test.each(paths)("is classified by its type: %s.%s", (table, field, { type }) => {
    const policies: Record<string, object & { fields?: Record<string, FieldClass> }> = exportPolicy;
    const cls = policies[table]?.fields?.[field];
    expect(cls).toBeDefined();
    if (type === "id") expect(cls).toBe("reference");
    else if (type === "any") expect(cls).toBe("opaque");
    else if (typeof cls === "object") expect(type).toBe("string");
    else expect(["public", "sensitive", "credential", "excluded"]).toContain(cls);
  });

  test("that is an id of a table is a relation to it, and nothing else is", () => {
    const ids = paths.flatMap(([table, field, { type, tableName }]): [string, string][] =>
      type === "id" ? [[`${table}.${field}`, tableName ?? ""]] : [],
    );
    expect(ids.length).toBeGreaterThan(30);
    expect(RELATIONS).toEqual(Object.fromEntries(ids));
  });

  test("that is a relation leads to a table of the file", () => {
    for (const target of Object.values(RELATIONS)) expect(APPROVED_TABLES).toContain(target);
  });

  test("whose name speaks of a credential is excluded, fingerprinted or searched", () => {
    const speaking = paths
      .filter(([, field]) => /password|token|secret|credential/i.test(field))
      .filter(([, field]) => !["token_type", "max_tokens", "tokens_used"].includes(field))
      .map(([table, field]) => `${table}.${field}`);
    expect(speaking.length).toBe(9);
    expect([...EXCLUDED_FIELDS, ...REDACTED_FIELDS]).toEqual(expect.arrayContaining(speaking));
  });
});

test("the password is the one excluded field", () => {
  expect(EXCLUDED_FIELDS).toEqual(["users.password"]);
});

test("credentials and opaque fields are the redacted ones", () => {
  expect(REDACTED_FIELDS.toSorted()).toEqual([
    "accounts.access_token",
    "accounts.id_token",
    "accounts.refresh_token",
    "ai_prompts.developer_session_id",
    "ai_request_logs.input_data",
    "ai_request_logs.output_data",
    "impersonation_sessions.original_session_token",
    "impersonation_sessions.session_token",
    "password_reset_tokens.token",
    "sessions.sessionToken",
    "user_invitations.invitation_token",
    "workflow_handoffs.handoff_data",
  ]);
});

describe("tables that are asked for", () => {
  test("are all where none is named", () => {
    expect(parseTables(undefined)).toEqual(APPROVED_TABLES);
  });

  test("come in the order in which they are asked for", () => {
    expect(parseTables(["incidents", "users"])).toEqual(["incidents", "users"]);
    expect(inSchemaOrder(parseTables(["incidents", "users"]))).toEqual(["users", "incidents"]);
  });

  test.each([
    [["nope"], "unknown_table"],
    [["users", "debug_logs"], "unknown_table"],
    [["export_runs"], "unknown_table"],
    [["__proto__"], "unknown_table"],
    [["users", "users"], "bad_tables"],
    [[], "bad_tables"],
  ])("are refused: %j", (tables, code) => {
    expect(() => parseTables(tables)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code }) as unknown }) as Error,
    );
  });
});
