import type { Value } from "convex/values";
import { exportPolicy } from "../../convex/exportPolicy";

type SampleTables = Record<string, Record<string, Value>[]>;

/** Secrets as they stand in free-form values: provider keys and what follows `Bearer`. */
const FREE_FORM = [/\bsk-[\w-]{20,}/g, /(?<=Bearer )[\w.~+/-]{16,}=*/g];

/**
 * Every live secret of the sample data: password hashes, tokens, and keys inside `any` values, also
 * of tables that are not exported. The fields are found by name here, not by the export's policy.
 */
export function findCredentials(tables: SampleTables): string[] {
  const found = new Set<string>();
  for (const documents of Object.values(tables)) {
    for (const document of documents) {
      for (const [field, value] of Object.entries(document)) {
        if (typeof value === "string" && /password|token/i.test(field) && field !== "token_type") {
          found.add(value);
        }
      }
      const text = JSON.stringify(document, (_key, value: unknown) =>
        typeof value === "bigint" || value instanceof ArrayBuffer ? null : value,
      );
      for (const pattern of FREE_FORM) {
        for (const [secret] of text.matchAll(pattern)) found.add(secret);
      }
    }
  }
  return [...found];
}

/** The `table.field` of every credential by the export's policy. */
export function credentialFields(): [table: string, field: string][] {
  return Object.entries(exportPolicy).flatMap(([table, policy]) =>
    "fields" in policy
      ? Object.entries(policy.fields).flatMap(([field, cls]): [string, string][] =>
          cls === "credential" ? [[table, field]] : [],
        )
      : [],
  );
}
