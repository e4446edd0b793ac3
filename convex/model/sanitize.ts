import type { Value } from "convex/values";
import { ConvexError } from "convex/values";
import { isSearchedForPeople, PERSONAL_FIELDS, TABLE_FIELDS } from "./exportTables";
import type { FieldClass, PersonalKind } from "./policyTypes";
import { Pseudonymizer, type PersonalFields } from "./pseudonyms/pseudonymizer";
import type { Identities } from "./pseudonyms/identities";
import {
  createFingerprint,
  redactOpaque,
  REDACTED,
  rewriteTexts,
  type Fingerprint,
} from "./redaction";
import { isObject, mapObject } from "./values";

/**
 * How often each `table.field` was redacted, each unknown one withheld, and people replaced in it
 * by pseudonyms.
 */
export interface SanitizationCounts {
  redactions: Record<string, number>;
  withheld: Record<string, number>;
  /** In the profile `pseudonymised`. */
  pseudonymised?: Record<string, number>;
}

const SYSTEM_FIELDS = ["_id", "_creationTime"];

/** What is done with the documents of a table, prepared: pages have thousands of them. */
interface TablePlan {
  fields: readonly { field: string; path: string; cls: FieldClass; isPassedOn: boolean }[];
  known: ReadonlySet<string>;
  personal: PersonalFields;
}

const PLANS: ReadonlyMap<string, TablePlan> = new Map(
  [...TABLE_FIELDS].map(([table, fields]): [string, TablePlan] => [
    table,
    {
      fields: fields.map(([field, cls]) => {
        const isPassedOn = cls === "public" || cls === "reference";
        return { field, path: `${table}.${field}`, cls, isPassedOn };
      }),
      known: new Set([...SYSTEM_FIELDS, ...fields.map(([field]) => field)]),
      personal: PERSONAL_FIELDS.get(table) ?? [],
    },
  ]),
);

export type StoredDocument = Readonly<Record<string, Value | undefined>>;

/** A document as it is exported: `_id`, `_creationTime`, then the fields in schema order. */
export type ExportedDocument = Record<string, Value>;

/**
 * What names of fields say of a person in data of any shape. `name` alone may name anything there.
 */
const OPAQUE_KINDS: ReadonlyMap<string, PersonalKind> = new Map(
  [...PERSONAL_FIELDS.values()].flat().filter(([field]) => field !== "name"),
);

/**
 * Sanitises the documents of one answer, counting what it changed. An allow-list: a field that
 * the policy does not know is withheld and counted, a table that it does not know is refused.
 */
export class Sanitizer {
  readonly counts: SanitizationCounts;
  private readonly fingerprint: Fingerprint;
  private readonly pseudonymizer: Pseudonymizer | undefined;

  /**
   * @param key The key of the export, for fingerprints and pseudonyms.
   * @param identities Who is to be pseudonymised; absent for the profile `redacted`.
   */
  constructor(key: string, identities?: Identities) {
    this.counts = { redactions: {}, withheld: {} };
    this.fingerprint = createFingerprint(key);
    if (identities === undefined) return;
    this.counts.pseudonymised = {};
    this.pseudonymizer = new Pseudonymizer(key, identities, OPAQUE_KINDS);
  }

  document(table: string, stored: StoredDocument): ExportedDocument {
    const plan = PLANS.get(table);
    if (plan === undefined) {
      throw new ConvexError({
        code: "unknown_table",
        message: `The table ${table} is not exported.`,
      });
    }
    this.pseudonymizer?.beginDocument(stored, plan.personal);
    const exported: ExportedDocument = {};
    for (const field of SYSTEM_FIELDS) exported[field] = stored[field] ?? null;
    let known = SYSTEM_FIELDS.length;
    for (const { field, path, cls, isPassedOn } of plan.fields) {
      const value = stored[field];
      if (value === undefined) continue;
      known += 1;
      if (cls === "excluded") continue;
      exported[field] = isPassedOn ? value : this.field(path, cls, value);
    }
    const fields = Object.keys(stored);
    if (fields.length !== known) this.countUnknown(table, fields, plan.known);
    return exported;
  }

  /** Returns how to forget what is counted from here on. */
  checkpoint(): () => void {
    const { redactions, withheld, pseudonymised } = this.counts;
    const before: SanitizationCounts = { redactions: { ...redactions }, withheld: { ...withheld } };
    if (pseudonymised !== undefined) before.pseudonymised = { ...pseudonymised };
    return () => Object.assign(this.counts, before);
  }

  /** The value of a field of a class; the class holds for all that is in it. */
  private field(path: string, cls: FieldClass, value: Value): Value {
    if (cls === "credential") {
      this.count("redactions", path, 1);
      return typeof value === "string" ? this.fingerprint(value) : REDACTED;
    }
    const people = this.pseudonymizer;
    const before = people?.count ?? 0;
    let exported = value;
    if (cls === "opaque") {
      const redacted = redactOpaque(value, people);
      exported = redacted.value;
      this.count("redactions", path, redacted.redactions);
    } else if (people !== undefined) {
      if (typeof cls === "object" && "personal" in cls) {
        exported = mapTexts(value, (text) => people.field(cls.personal, text));
      } else if (isSearchedForPeople(cls)) exported = rewriteTexts(value, people);
    }
    this.count("pseudonymised", path, (people?.count ?? 0) - before);
    return exported;
  }

  private countUnknown(table: string, fields: readonly string[], known: ReadonlySet<string>): void {
    for (const field of fields) {
      if (!known.has(field)) this.count("withheld", `${table}.${field}`, 1);
    }
  }

  private count(kind: keyof SanitizationCounts, path: string, times: number): void {
    const counts = this.counts[kind];
    if (times > 0 && counts !== undefined) counts[path] = (counts[path] ?? 0) + times;
  }
}

function mapTexts(value: Value, map: (text: string) => string): Value {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  return isObject(value) ? mapObject(value, (_, child) => mapTexts(child, map)) : value;
}
