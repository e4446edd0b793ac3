import { CommitTsPlaceholder, type Value } from "convex/values";

/** How a float64 is written: always with a dot or an exponent, and with the sign of zero. */
export function formatFloat(value: number): string {
  if (Object.is(value, -0)) {
    return "-0.0";
  }
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** A value as Convex prints it in error messages (crates/value/src/lib.rs, Display). */
export function displayValue(value: Value): string {
  if (value === null || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "number") {
    return formatFloat(value);
  }
  if (typeof value === "bigint") {
    return value.toString();
  }
  if (typeof value === "string") {
    return JSON.stringify(value);
  }
  if (value instanceof ArrayBuffer) {
    return `<${value.byteLength} bytes>`;
  }
  if (value instanceof CommitTsPlaceholder) {
    return "<commit timestamp>";
  }
  if (Array.isArray(value)) {
    return `[${value.map(displayValue).join(", ")}]`;
  }
  const fields = Object.entries(value).map(([name, field]) =>
    field === undefined ? `${name}: undefined` : `${name}: ${displayValue(field)}`,
  );
  return `{${fields.join(", ")}}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB"] as const;

/** A size as Convex prints it: at most two decimals, binary units ("1.25 MiB"). */
export function formatSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const text = Number.isInteger(size) ? String(size) : size.toFixed(2);
  return `${text} ${UNITS[unit] ?? "B"}`;
}
