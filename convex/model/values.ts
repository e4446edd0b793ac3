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

/** Whether a text has a character beyond U+00FF. V8 knows that at once of one that has none in memory. */
export function isWide(text: string): boolean {
  return /[^\0-\xff]/.test(text);
}

/**
 * The same text in memory with one byte for each character: a text that was made from a wide one, and is
 * not wide any more, goes on with two, and makes all texts so that it is joined with.
 */
export function narrowed(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
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
