import type { Value } from "convex/values";
import { ConvexError } from "convex/values";
import { TABLE_FIELDS } from "./exportTables";
import { redactOpaque, REDACTED, type Fingerprint } from "./redaction";

/** How often each `table.field` was redacted, and each unknown one withheld. */
export interface SanitizationCounts {
  redactions: Record<string, number>;
  withheld: Record<string, number>;
}

const SYSTEM_FIELDS = ["_id", "_creationTime"];

const KNOWN_FIELDS = new Map(
  [...TABLE_FIELDS].map(([table, fields]) => [
    table,
    new Set([...SYSTEM_FIELDS, ...fields.map(([field]) => field)]),
  ]),
);

type StoredDocument = Readonly<Record<string, Value | undefined>>;

/** A document as it is exported: `_id`, `_creationTime`, then the fields in schema order. */
export type ExportedDocument = Record<string, Value>;

/**
 * Sanitises the documents of one answer, counting what it changed. An allow-list: a field that
 * the policy does not know is withheld and counted, a table that it does not know is refused.
 */
export class Sanitizer {
  readonly counts: SanitizationCounts = { redactions: {}, withheld: {} };

  constructor(private readonly fingerprint: Fingerprint) {}

  document(table: string, stored: StoredDocument): ExportedDocument {
    const fields = TABLE_FIELDS.get(table);
    if (fields === undefined) {
      throw new ConvexError({
        code: "unknown_table",
        message: `The table ${table} is not exported.`,
      });
    }
    const exported: ExportedDocument = {};
    for (const field of SYSTEM_FIELDS) exported[field] = stored[field] ?? null;
    for (const [field, cls] of fields) {
      const value = stored[field];
      if (value === undefined || cls === "excluded") continue;
      const path = `${table}.${field}`;
      if (cls === "credential") {
        exported[field] = typeof value === "string" ? this.fingerprint(value) : REDACTED;
        this.count("redactions", path, 1);
      } else if (cls === "opaque") {
        const redacted = redactOpaque(value);
        exported[field] = redacted.value;
        this.count("redactions", path, redacted.redactions);
      } else {
        exported[field] = value;
      }
    }
    for (const field of Object.keys(stored)) {
      if (!KNOWN_FIELDS.get(table)?.has(field)) this.count("withheld", `${table}.${field}`, 1);
    }
    return exported;
  }

  private count(kind: keyof SanitizationCounts, path: string, times: number): void {
    if (times > 0) this.counts[kind][path] = (this.counts[kind][path] ?? 0) + times;
  }
}
