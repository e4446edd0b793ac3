import type { Value } from "convex/values";

/** Walking over Convex's values. */

export type ValueObject = { [key: string]: Value | undefined };

export function isObject(value: Value | undefined): value is ValueObject {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !(value instanceof ArrayBuffer)
  );
}

/** Sets a field of any name: assigning to `__proto__`, which is a legal one, sets the prototype. */
export function setField(object: ValueObject, key: string, value: Value): void {
  if (key !== "__proto__") {
    object[key] = value;
    return;
  }
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

export function mapObject(
  object: ValueObject,
  map: (key: string, value: Value) => Value,
): ValueObject {
  const result: ValueObject = {};
  for (const [key, value] of Object.entries(object)) {
    if (value !== undefined) setField(result, key, map(key, value));
  }
  return result;
}

/** What a text is as JSON; undefined where it is none, and for numbers, `true`, `false` and `null`. */
export function parseJsonText(text: string): Value | undefined {
  if (!mayBeJson(text)) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** Whether a text begins as one does that is an object, a list or a text in JSON. */
function mayBeJson(text: string): boolean {
  // Nearly all texts begin with a letter, which says so at once.
  const first = text.charCodeAt(0) | 0x20;
  return !(first >= 0x61 && first <= 0x7a) && /^\s*[[{"]/.test(text);
}
