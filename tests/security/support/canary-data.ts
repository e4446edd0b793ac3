import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { convexToJson } from "convex/values";
import type { Value } from "convex/values";
import { DEMO_ACCOUNTS } from "~/embedded/demo-accounts";
import { readSchema } from "~/embedded/schema";
import type { ValidatorJSON } from "~/embedded/validators";
import { exportPolicy } from "../../../convex/exportPolicy";
import type { FieldClass } from "../../../convex/model/policyTypes";
import schema from "../../../convex/schema";
import { portalTables } from "../../../convex/tables/portal";
import { MarkerFactory } from "./marker-factory";
import type { Marker, MarkerKind } from "./marker-search";
import { opaqueCanaries } from "./opaque-canaries";
import { PeopleCanaries } from "./people-canaries";

type Document = Record<string, Value>;

/** A database with a marker wherever something must not get out. */
export interface CanaryData {
  /** `<table>.jsonl`, as the embedded Convex loads it. */
  folder: string;
  markers: readonly Marker[];
  /** `table.field` of what no marker fits: booleans and words of a fixed list. */
  unmarked: readonly string[];
  documents: number;
}

/** Documents of each table. */
const DOCUMENTS = 3;

/** 2023-11-14T22:13:20Z, in ms. */
const EPOCH = 1_700_000_000_000;

/** The portal's own tables: what is in them may be shown on the page of the audit trail. */
const AUDIT_TABLES = Object.keys(portalTables);

const policy: Readonly<
  Record<string, { excluded: string } | { fields: Readonly<Record<string, FieldClass>> }>
> = exportPolicy;

/**
 * Makes the data from the schema and the policy, so that a new field cannot be forgotten: whatever
 * has a class gets what belongs to that class. Accounts to sign in with are added as they are.
 */
export async function writeCanaryData(): Promise<CanaryData> {
  const maker = new CanaryMaker();
  const folder = await mkdtemp(path.join(tmpdir(), "supportsignal-canaries-"));
  let documents = 0;
  for (const [table, rows] of maker.tables()) {
    const lines = rows.map((row) => JSON.stringify(convexToJson(row)));
    await writeFile(path.join(folder, `${table}.jsonl`), `${lines.join("\n")}\n`);
    documents += rows.length;
  }
  const { markers } = maker.factory;
  return { folder, markers, unmarked: [...maker.unmarked], documents };
}

class CanaryMaker {
  readonly factory = new MarkerFactory();
  readonly unmarked = new Set<string>();
  private readonly people = new PeopleCanaries(this.factory);
  private readonly definitions = [...readSchema(schema).tables];

  /** Personal fields first: the texts of all tables name everybody. */
  tables(): [table: string, rows: Document[]][] {
    const rows = new Map(
      this.definitions.map(([table]): [string, Document[]] => [
        table,
        Array.from({ length: DOCUMENTS }, (_, index) => this.systemFields(table, index)),
      ]),
    );
    for (const isText of [false, true]) {
      for (const [table, { documentType }] of this.definitions) {
        if (documentType.type !== "object") throw new Error(`${table} is no table of objects`);
        for (const [index, row] of (rows.get(table) ?? []).entries()) {
          for (const [field, { fieldType }] of Object.entries(documentType.value)) {
            const cls = classOf(table, field);
            if (isSearched(cls) === isText)
              row[field] = this.value(table, field, fieldType, cls, index);
          }
        }
      }
    }
    rows.get("users")?.push(...this.accounts());
    return [...rows];
  }

  private value(
    table: string,
    field: string,
    type: ValidatorJSON,
    cls: FieldClass,
    index: number,
  ): Value {
    const name = `${table}.${field}`;
    if (cls === "excluded" || cls === "credential") {
      const kind = AUDIT_TABLES.includes(table) ? "audit" : "secret";
      return this.marked(name, kind, type);
    }
    if (cls === "opaque") {
      const plant = (where: string) => this.factory.text(`${name}: ${where}`, "secret");
      return { ...opaqueCanaries(plant), people: this.people.opaque(name) };
    }
    if (typeof cls === "object" && "personal" in cls) return this.people.field(name, cls.personal);
    if (isSearched(cls)) return this.people.text(name);
    return this.plain(type, index);
  }

  /** A value of the type with as many markers as it can hold. */
  private marked(name: string, kind: MarkerKind, type: ValidatorJSON): Value {
    switch (type.type) {
      case "string":
        return this.factory.text(name, kind);
      case "id":
        return this.factory.id(name, kind);
      case "number":
        return this.factory.number(name, kind);
      case "bigint":
        return BigInt(this.factory.number(name, kind));
      case "bytes":
        return new TextEncoder().encode(this.factory.text(name, kind)).buffer;
      case "any":
        return { [this.factory.text(`${name} key`, kind)]: [this.factory.text(name, kind)] };
      case "array":
        return [this.marked(name, kind, type.value)];
      case "record":
        return { [this.factory.text(name, kind)]: this.marked(name, kind, type.values.fieldType) };
      case "object":
        return Object.fromEntries(
          Object.entries(type.value).map(([key, { fieldType }]) => [
            key,
            this.marked(`${name}.${key}`, kind, fieldType),
          ]),
        );
      default:
        this.unmarked.add(name);
        return this.plain(type, 0);
    }
  }

  /** A value that tells nothing; references are to documents that are there. */
  private plain(type: ValidatorJSON, index: number): Value {
    switch (type.type) {
      case "string":
        return "plain";
      case "number":
        return EPOCH + index;
      case "boolean":
        return true;
      case "id":
        return this.documentId(type.tableName, index);
      case "literal":
        return type.value;
      case "union": {
        const [first] = type.value;
        if (first !== undefined) return this.plain(first, index);
        break;
      }
      case "object":
        return Object.fromEntries(
          Object.entries(type.value).map(([key, { fieldType }]) => [
            key,
            this.plain(fieldType, index),
          ]),
        );
    }
    throw new Error(`no plain value of the type ${type.type}`);
  }

  private systemFields(table: string, index: number): Document {
    return { _id: this.documentId(table, index), _creationTime: EPOCH + index * 1000 };
  }

  private documentId(table: string, index: number): string {
    const at = this.definitions.findIndex(([name]) => name === table);
    return `j${String(at).padStart(2, "0")}${String(index).padStart(29, "0")}`;
  }

  /** One account for each role, with no marker: pages show who is signed in. */
  private accounts(): Document[] {
    return DEMO_ACCOUNTS.map(({ name, email, role, passwordHash }, index) => ({
      ...this.systemFields("users", DOCUMENTS + index),
      ...{ name, email, role, password: passwordHash },
    }));
  }
}

function classOf(table: string, field: string): FieldClass {
  const entry = policy[table];
  if (entry === undefined) throw new Error(`The policy does not know ${table}`);
  if ("excluded" in entry) return "excluded";
  const cls = entry.fields[field];
  if (cls === undefined) throw new Error(`The policy does not know ${table}.${field}`);
  return cls;
}

/** Whether it is searched for people, in the profile `pseudonymised`. */
function isSearched(cls: FieldClass): boolean {
  return cls === "sensitive" || cls === "opaque" || (typeof cls === "object" && "public" in cls);
}
