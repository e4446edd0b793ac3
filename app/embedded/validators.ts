import { jsonToConvex, type JSONValue, type Value } from "convex/values";
import { isDocumentIdShape, type IdTables } from "./ids";
import { displayValue } from "./value-text";

interface FieldJSON {
  fieldType: ValidatorJSON;
  optional: boolean;
}

/** A validator as `convex/values` exports it. */
export type ValidatorJSON =
  | { type: "null" | "number" | "bigint" | "boolean" | "string" | "bytes" | "any" | "commitTs" }
  | { type: "literal"; value: JSONValue }
  | { type: "id"; tableName: string }
  | { type: "array"; value: ValidatorJSON }
  | { type: "record"; keys: ValidatorJSON; values: FieldJSON }
  | { type: "object"; value: Record<string, FieldJSON> }
  | { type: "union"; value: ValidatorJSON[] };

/** A mismatch; its text is made last, when the recursion has unwound and the path is known. */
interface Mismatch {
  path: string;
  describe: (path: string) => string;
}

/**
 * Checks a value against a validator as the backend does, with its messages
 * (crates/common/src/schemas/validator.rs). Returns null if it matches, else the reason.
 */
export function validationProblem(
  validator: ValidatorJSON,
  value: Value,
  ids: IdTables,
): string | null {
  const mismatch = check(validator, value, ids);
  if (mismatch === null) {
    return null;
  }
  return mismatch.describe(mismatch.path === "" ? "" : `Path: ${mismatch.path}`);
}

function check(validator: ValidatorJSON, value: Value, ids: IdTables): Mismatch | null {
  switch (validator.type) {
    case "any":
      return null;
    case "null":
      return value === null ? null : noMatch(validator, value);
    case "number":
    case "boolean":
    case "string":
      return typeof value === validator.type ? null : noMatch(validator, value);
    case "bigint":
    case "commitTs":
      return typeof value === "bigint" ? null : noMatch(validator, value);
    case "bytes":
      return value instanceof ArrayBuffer ? null : noMatch(validator, value);
    case "literal":
      return checkLiteral(validator.value, value);
    case "id":
      return checkId(validator, value, ids);
    case "array":
      return checkArray(validator, value, ids);
    case "record":
      return checkRecord(validator, value, ids);
    case "object":
      return checkObject(validator, value, ids);
    case "union":
      return checkUnion(validator, value, ids);
  }
}

function checkLiteral(literal: JSONValue, value: Value): Mismatch | null {
  // An int64 literal is exported in Convex's tagged encoding.
  if (value === jsonToConvex(literal)) {
    return null;
  }
  return mismatch(
    (path) =>
      `\`${displayValue(value)}\` does not match literal validator ` +
      `\`v.literal(${displayLiteral(literal)})\`.${path}`,
  );
}

function checkId(
  validator: { type: "id"; tableName: string },
  value: Value,
  ids: IdTables,
): Mismatch | null {
  if (typeof value !== "string" || !isDocumentIdShape(value)) {
    return noMatch(validator, value);
  }
  const table = ids.tableOf(value);
  if (table === undefined || table === validator.tableName) {
    return null;
  }
  return mismatch(
    (path) =>
      `Found ID "${value}" from table \`${table}\`, which does not match the table name in ` +
      `validator \`v.id("${validator.tableName}")\`.${path}`,
  );
}

function checkArray(
  validator: { type: "array"; value: ValidatorJSON },
  value: Value,
  ids: IdTables,
): Mismatch | null {
  if (!Array.isArray(value)) {
    return noMatch(validator, value);
  }
  for (const [index, element] of value.entries()) {
    const found = check(validator.value, element, ids);
    if (found !== null) {
      return within(`[${index}]`, found);
    }
  }
  return null;
}

function checkRecord(
  validator: { type: "record"; keys: ValidatorJSON; values: FieldJSON },
  value: Value,
  ids: IdTables,
): Mismatch | null {
  if (!isObjectValue(value)) {
    return noMatch(validator, value);
  }
  for (const [key, field] of Object.entries(value)) {
    const badKey = check(validator.keys, key, ids);
    if (badKey !== null) {
      return within(".keys()", badKey);
    }
    const badValue = field === undefined ? null : check(validator.values.fieldType, field, ids);
    if (badValue !== null) {
      return within(".values()", badValue);
    }
  }
  return null;
}

function checkObject(
  validator: { type: "object"; value: Record<string, FieldJSON> },
  value: Value,
  ids: IdTables,
): Mismatch | null {
  if (!isObjectValue(value)) {
    return noMatch(validator, value);
  }
  for (const [name, { fieldType, optional }] of Object.entries(validator.value)) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (field === undefined) {
      if (!optional) {
        return mismatch(
          (path) =>
            `Object is missing the required field \`${name}\`. Consider wrapping the field ` +
            `validator in \`v.optional(...)\` if this is expected.\n${path}\n` +
            `Object: ${displayValue(value)}\nValidator: ${displayValidator(validator)}`,
        );
      }
      continue;
    }
    const found = check(fieldType, field, ids);
    if (found !== null) {
      return within(`.${name}`, found);
    }
  }
  for (const name of Object.keys(value)) {
    if (value[name] !== undefined && !Object.hasOwn(validator.value, name)) {
      return mismatch(
        (path) =>
          `Object contains extra field \`${name}\` that is not in the validator.\n${path}\n` +
          `Object: ${displayValue(value)}\nValidator: ${displayValidator(validator)}`,
      );
    }
  }
  return null;
}

function checkUnion(
  validator: { type: "union"; value: ValidatorJSON[] },
  value: Value,
  ids: IdTables,
): Mismatch | null {
  const [only, ...others] = validator.value;
  if (only !== undefined && others.length === 0) {
    return check(only, value, ids);
  }
  return validator.value.some((member) => check(member, value, ids) === null)
    ? null
    : noMatch(validator, value);
}

function isObjectValue(value: Value): value is Record<string, Value | undefined> {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !(value instanceof ArrayBuffer)
  );
}

function mismatch(describe: (path: string) => string): Mismatch {
  return { path: "", describe };
}

function within(step: string, inner: Mismatch): Mismatch {
  return { path: step + inner.path, describe: inner.describe };
}

function noMatch(validator: ValidatorJSON, value: Value): Mismatch {
  return mismatch(
    (path) =>
      `Value does not match validator.\n${path}\nValue: ${displayValue(value)}\n` +
      `Validator: ${displayValidator(validator)}`,
  );
}

function displayLiteral(literal: JSONValue): string {
  return typeof literal === "object" ? "<bigint>" : JSON.stringify(literal);
}

function displayField({ fieldType, optional }: FieldJSON): string {
  const text = displayValidator(fieldType);
  return optional ? `v.optional(${text})` : text;
}

/** A validator as it is written in code, with the backend's names for numbers. */
function displayValidator(validator: ValidatorJSON): string {
  switch (validator.type) {
    case "number":
      return "v.float64()";
    case "bigint":
      return "v.int64()";
    case "literal":
      return `v.literal(${displayLiteral(validator.value)})`;
    case "id":
      return `v.id("${validator.tableName}")`;
    case "array":
      return `v.array(${displayValidator(validator.value)})`;
    case "record":
      return `v.record(${displayValidator(validator.keys)}, ${displayField(validator.values)})`;
    case "object": {
      const fields = Object.entries(validator.value).map(
        ([name, field]) => `${name}: ${displayField(field)}`,
      );
      return `v.object({${fields.join(", ")}})`;
    }
    case "union":
      return `v.union(${validator.value.map(displayValidator).join(", ")})`;
    default:
      return `v.${validator.type}()`;
  }
}
