import {
  DuckDBTypeId,
  JsonDuckDBValueConverter,
  type DuckDBType,
  type DuckDBValueConverter,
  type Json,
} from "@duckdb/node-api";

/**
 * A value of a result as JSON. Whole numbers that JavaScript and jq would round are text, as are NaN
 * and the infinities; decimals are numbers where they are the same number.
 */
export const toJson: DuckDBValueConverter<Json> = (value, type, converter) => {
  const json = JsonDuckDBValueConverter(value, type, converter);
  if (typeof json !== "string" || !NUMERIC.has(type.typeId)) return json;
  const number = Number(json);
  const isExact = Number.isInteger(number) ? Number.isSafeInteger(number) : isShort(json);
  return isExact ? number : json;
};

const NUMERIC = new Set<DuckDBTypeId>([
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.DECIMAL,
]);

/** Every decimal of 15 digits is exact as a double. */
function isShort(digits: string): boolean {
  return digits.length <= "-0.".length + 15;
}

/** Whether values of a type are JSON text already. */
export function isJsonText({ alias }: DuckDBType): boolean {
  return alias === "JSON";
}

/** What a spreadsheet would take for a formula, or for the end of the cell before it. */
const FORMULA_START = /^[=+\-@\t\r]/;

/** Text that no spreadsheet runs: a formula gets an apostrophe in front. Numbers are not touched. */
export function withoutFormula(text: string): string {
  return FORMULA_START.test(text) ? `'${text}` : text;
}
