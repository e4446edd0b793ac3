import { convexToJson, jsonToConvex, type JSONValue, type Value } from "convex/values";
import { HttpError } from "./errors";
import { formatFloat } from "./value-text";

/** How a client wants values written (crates/value/src/export.rs). */
export type ValueFormat = "convex_encoded_json" | "json" | "export_json";

const FORMATS: ReadonlyMap<string, ValueFormat> = new Map([
  ["convex_encoded_json", "convex_encoded_json"],
  ["convex_json", "convex_encoded_json"],
  ["json", "json"],
  ["convex_clean_json", "json"],
  ["export_json", "export_json"],
]);

/** Parses the `format` of a request; absent means `json`. Throws 400 BadFormat. */
export function parseFormat(format: string | undefined): ValueFormat {
  const parsed = FORMATS.get(format ?? "json");
  if (parsed === undefined) {
    throw new HttpError(
      400,
      "BadFormat",
      `format param must be one of [\`json\`]. Got ${String(format)}`,
    );
  }
  return parsed;
}

/**
 * Writes a value as JSON text. Only `convex_encoded_json` is lossless for JavaScript: `json` turns
 * int64 and bytes into strings, `export_json` tells int64 from float64 by the dot alone.
 */
export function writeValue(value: Value, format: ValueFormat): string {
  return writeJson(convexToJson(value), format);
}

/** Writes a value that is already in Convex's encoding. */
export function writeJson(json: JSONValue, format: ValueFormat): string {
  return format === "convex_encoded_json"
    ? JSON.stringify(json)
    : writeReadable(jsonToConvex(json), format);
}

function writeReadable(value: Value, format: "json" | "export_json"): string {
  const isLossy = format === "json";
  if (typeof value === "bigint") {
    return isLossy ? JSON.stringify(value.toString()) : value.toString();
  }
  if (typeof value === "number") {
    if (Number.isFinite(value)) {
      return formatFloat(value);
    }
    return isLossy ? JSON.stringify(String(value)) : JSON.stringify(convexToJson(value));
  }
  if (value instanceof ArrayBuffer) {
    return isLossy
      ? JSON.stringify(Buffer.from(value).toString("base64"))
      : JSON.stringify(convexToJson(value));
  }
  if (value === null || typeof value !== "object") {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((element) => writeReadable(element, format)).join(",")}]`;
  }
  const fields: string[] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) {
      fields.push(`${JSON.stringify(name)}:${writeReadable(field as Value, format)}`);
    }
  }
  return `{${fields.join(",")}}`;
}
