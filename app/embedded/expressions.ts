import { compareValues, jsonToConvex, type JSONValue, type Value } from "convex/values";

/** A filter expression as the function library serialises it, e.g. `{$eq: [a, b]}`. */
export type ExpressionJSON = Readonly<Record<string, unknown>>;

type Evaluated = Value | undefined;

/** The value at a dotted field path, or undefined. */
export function fieldValue(document: Readonly<Record<string, Value>>, path: string): Evaluated {
  let value: Evaluated = document;
  for (const part of path.split(".")) {
    if (
      value === null ||
      typeof value !== "object" ||
      Array.isArray(value) ||
      value instanceof ArrayBuffer ||
      !Object.hasOwn(value, part)
    ) {
      return undefined;
    }
    value = (value as Record<string, Value>)[part];
  }
  return value;
}

/** A literal of a query: a value in Convex's encoding, or `{$undefined: null}`. */
export function literalValue(json: unknown): Evaluated {
  if (typeof json === "object" && json !== null && "$undefined" in json) {
    return undefined;
  }
  return jsonToConvex(json as JSONValue);
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  $eq: (order) => order === 0,
  $neq: (order) => order !== 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  $add: (a, b) => a + b,
  $sub: (a, b) => a - b,
  $mul: (a, b) => a * b,
  $div: (a, b) => a / b,
  $mod: (a, b) => a % b,
};

/** Whether a document passes a `.filter()`. Throws for an expression that is not a boolean. */
export function passesFilter(
  document: Readonly<Record<string, Value>>,
  filter: ExpressionJSON,
): boolean {
  return booleanOf(evaluate(document, filter));
}

function evaluate(document: Readonly<Record<string, Value>>, expression: unknown): Evaluated {
  const entries = Object.entries(expression as ExpressionJSON);
  const [operator, operand] = entries[0] ?? [];
  if (entries.length !== 1 || operator === undefined) {
    throw new Error(`Malformed filter expression: ${JSON.stringify(expression)}`);
  }
  if (operator === "$field") {
    return fieldValue(document, String(operand));
  }
  if (operator === "$literal") {
    return literalValue(operand);
  }
  if (operator === "$not") {
    return !booleanOf(evaluate(document, operand));
  }
  const operands = Array.isArray(operand) ? (operand as unknown[]) : [operand];
  if (operator === "$and") {
    return operands.every((child) => booleanOf(evaluate(document, child)));
  }
  if (operator === "$or") {
    return operands.some((child) => booleanOf(evaluate(document, child)));
  }
  if (operator === "$neg") {
    return -numberOf(evaluate(document, operands[0]));
  }
  const [left, right] = operands.map((child) => evaluate(document, child));
  const comparison = COMPARISONS[operator];
  if (comparison !== undefined) {
    return comparison(compareValues(left, right));
  }
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic !== undefined) {
    return arithmetic(numberOf(left), numberOf(right));
  }
  throw new Error(`The embedded Convex does not support the filter operator ${operator}`);
}

function booleanOf(value: Evaluated): boolean {
  if (typeof value !== "boolean") {
    throw new Error(`A filter expression must be a boolean, got ${typeof value}`);
  }
  return value;
}

function numberOf(value: Evaluated): number {
  if (typeof value !== "number") {
    throw new Error(`Arithmetic in a filter needs numbers, got ${typeof value}`);
  }
  return value;
}
