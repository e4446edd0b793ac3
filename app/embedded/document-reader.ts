import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import { documentSizeBytes, type StoredDocument } from "./documents";
import { EmbeddedConvexError } from "./errors";
import { isDocumentIdShape, type IdTables } from "./ids";
import type { DatabaseSchema } from "./schema";
import { validationProblem, type ValidatorJSON } from "./validators";
import { checkDocumentSize } from "./value-limits";
import { displayValue } from "./value-text";

/** Where in the data something stands, for messages. */
export interface Place {
  file: string;
  /** From 1. */
  line?: number;
  /** E.g. `data.users[3]`. */
  within?: string;
}

/** For users whose password the export left out: no bcrypt hash, so no password matches it. */
const UNUSABLE_PASSWORD = "!no-password";
const LONGEST_REASON = 600;

/** Refuses the data. */
export function refuse({ file, line, within }: Place, reason: string): never {
  const position = line === undefined ? file : `${file}:${line}`;
  const inside = within === undefined ? "" : ` (${within})`;
  const text =
    reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}… (shortened)` : reason;
  throw new EmbeddedConvexError(`Cannot load ${position}${inside}: ${text}`);
}

/** Decodes the documents of an export and checks them against the schema. */
export class DocumentReader implements IdTables {
  readonly #schema: DatabaseSchema;
  readonly #tables = new Map<string, string>();

  constructor(schema: DatabaseSchema) {
    this.#schema = schema;
  }

  tableOf(id: string): string | undefined {
    return this.#tables.get(id);
  }

  /** Decodes one document. Refuses a bad `_id` or `_creationTime`, duplicates and bad values. */
  read(table: string, json: unknown, place: Place): StoredDocument {
    const definition = this.#schema.tables.get(table);
    if (definition === undefined) {
      return refuse(place, `there is no table ${JSON.stringify(table)} in the schema`);
    }
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      return refuse(place, "a document must be a JSON object");
    }
    let decoded: Record<string, Value>;
    try {
      decoded = jsonToConvex(json as JSONValue) as Record<string, Value>;
    } catch (error) {
      return refuse(place, error instanceof Error ? error.message : String(error));
    }
    const { _id, _creationTime, ...fields } = decoded;
    if (typeof _id !== "string" || !isDocumentIdShape(_id)) {
      const found = _id === undefined ? "absent" : displayValue(_id);
      return refuse(place, `_id must be the id of a Convex document, but is ${found}`);
    }
    if (typeof _creationTime !== "number" || !(_creationTime >= 0 && _creationTime < Infinity)) {
      const found = _creationTime === undefined ? "absent" : displayValue(_creationTime);
      return refuse(place, `_creationTime must be a time in ms, but is ${found}`);
    }
    const known = this.#tables.get(_id);
    if (known !== undefined) {
      return refuse(place, `_id ${_id} occurs a second time (first in ${known})`);
    }
    this.#tables.set(_id, table);
    try {
      const restored = restoreIntegers(definition.documentType, fields) as Record<string, Value>;
      const isWithoutPassword =
        table === "users" &&
        restored.password === undefined &&
        definition.documentType.type === "object" &&
        Object.hasOwn(definition.documentType.value, "password");
      const completed = isWithoutPassword ? { ...restored, password: UNUSABLE_PASSWORD } : restored;
      return { ...completed, _id, _creationTime };
    } catch (error) {
      return refuse(place, error instanceof Error ? error.message : String(error));
    }
  }

  /** Checks a decoded document, once the ids of all documents are known. Dangling ids are fine. */
  check(table: string, document: StoredDocument, place: Place): void {
    try {
      checkDocumentSize(documentSizeBytes(document));
    } catch (error) {
      refuse(place, error instanceof Error ? error.message : String(error));
    }
    const { _id, _creationTime, ...fields } = document;
    const definition = this.#schema.tables.get(table);
    const mismatch =
      definition === undefined ? null : validationProblem(definition.documentType, fields, this);
    if (mismatch !== null) {
      // What the document holds may be personal, or a credential: it stays out of messages.
      const lines = mismatch.split("\n").filter((line) => !/^(Object|Value): |^$/.test(line));
      refuse(place, `it does not match the schema: ${lines.join(" ")}`);
    }
  }
}

/**
 * Convex's own export writes int64 as a bare number. Where the schema says int64 it is read as one;
 * elsewhere (`any`) a bare number is a float64, as in every other Convex encoding.
 */
function restoreIntegers(validator: ValidatorJSON, value: Value): Value {
  switch (validator.type) {
    case "bigint":
      if (typeof value !== "number") {
        return value;
      }
      if (!Number.isSafeInteger(value)) {
        throw new Error(`int64 ${value} has lost digits as a bare number; write it as $integer`);
      }
      return BigInt(value);
    case "array":
      return Array.isArray(value)
        ? value.map((element) => restoreIntegers(validator.value, element))
        : value;
    case "object":
      return mapFields(value, (name) =>
        Object.hasOwn(validator.value, name) ? validator.value[name]?.fieldType : undefined,
      );
    case "record":
      return mapFields(value, () => validator.values.fieldType);
    case "union": {
      const integers = validator.value.find(({ type }) => type === "bigint");
      const hasFloats = validator.value.some(({ type }) => type === "number" || type === "any");
      return integers !== undefined && !hasFloats ? restoreIntegers(integers, value) : value;
    }
    default:
      return value;
  }
}

function mapFields(value: Value, validatorOf: (name: string) => ValidatorJSON | undefined): Value {
  if (
    value === null ||
    typeof value !== "object" ||
    Array.isArray(value) ||
    value instanceof ArrayBuffer
  ) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value as Record<string, Value>).map(([name, field]) => {
      const validator = validatorOf(name);
      return [name, validator === undefined ? field : restoreIntegers(validator, field)];
    }),
  );
}
