import { CommitTsPlaceholder, type Value } from "convex/values";
import {
  ARRAY_MAX_LENGTH,
  DOCUMENT_MAX_BYTES,
  OBJECT_MAX_FIELDS,
  VALUE_MAX_NESTING,
} from "./limits";
import { formatSize } from "./value-text";

/** A value that Convex cannot hold. */
export class ValueLimitError extends Error {
  override readonly name = "ValueLimitError";
}

/**
 * Size of a value in bytes as Convex counts it. Same as `getConvexSize` of `convex/values`, but
 * several times faster, which counts for whole pages, and with the structural limits.
 *
 * @throws ValueLimitError for arrays too long, objects with too many fields, too deep nesting.
 */
export function measureValue(value: Value, depth = 0): number {
  if (value === null || typeof value === "boolean") {
    return 1;
  }
  if (typeof value === "number" || typeof value === "bigint") {
    return 9;
  }
  if (typeof value === "string") {
    return 2 + Buffer.byteLength(value, "utf8");
  }
  if (value instanceof ArrayBuffer) {
    return 2 + value.byteLength;
  }
  if (value instanceof CommitTsPlaceholder) {
    throw new ValueLimitError("Commit timestamps are not supported by the embedded Convex");
  }
  if (depth >= VALUE_MAX_NESTING) {
    throw new ValueLimitError(
      `Value is too nested (nested ${depth + 1} levels deep > maximum nesting ${VALUE_MAX_NESTING})`,
    );
  }
  return Array.isArray(value) ? measureArray(value, depth) : measureObject(value, depth);
}

/** Refuses a document that is larger than Convex stores. */
export function checkDocumentSize(sizeBytes: number): void {
  if (sizeBytes > DOCUMENT_MAX_BYTES) {
    throw new ValueLimitError(
      `Value is too large (${formatSize(sizeBytes)} > maximum size ${formatSize(DOCUMENT_MAX_BYTES)})`,
    );
  }
}

function measureArray(elements: readonly Value[], depth: number): number {
  if (elements.length > ARRAY_MAX_LENGTH) {
    throw new ValueLimitError(
      `Array length is too long (${elements.length} > maximum length ${ARRAY_MAX_LENGTH})`,
    );
  }
  let size = 2;
  for (const element of elements) {
    size += measureValue(element, depth + 1);
  }
  return size;
}

function measureObject(object: Record<string, Value | undefined>, depth: number): number {
  let size = 2;
  let fields = 0;
  for (const name of Object.keys(object)) {
    const field = object[name];
    if (field !== undefined) {
      fields += 1;
      size += Buffer.byteLength(name, "utf8") + 1 + measureValue(field, depth + 1);
    }
  }
  if (fields > OBJECT_MAX_FIELDS) {
    throw new ValueLimitError(
      `Object has too many fields (${fields} > maximum number ${OBJECT_MAX_FIELDS})`,
    );
  }
  return size;
}
