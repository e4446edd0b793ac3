import { compareValues, type Value } from "convex/values";
import { partitionPoint, type StoredDocument, type TableDocuments } from "./documents";
import { fieldValue, literalValue, passesFilter, type ExpressionJSON } from "./expressions";
import type { DatabaseSchema } from "./schema";

interface RangeBound {
  type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
  fieldPath: string;
  value: unknown;
}

/** A query as the function library serialises it. */
export interface QueryJSON {
  source:
    | { type: "FullTableScan"; tableName: string; order: Order | null }
    | { type: "IndexRange"; indexName: string; range: RangeBound[]; order: Order | null }
    | { type: "Search"; indexName: string };
  operators: ({ filter: ExpressionJSON } | { limit: number })[];
}

export type Order = "asc" | "desc";

/** The position of a document in an index: its indexed values, then what makes it unique. */
export type IndexKey = readonly (Value | undefined)[];

/** The documents of an index range, in index order, before filters. */
export interface IndexScan {
  readonly table: string;
  readonly documents: TableDocuments;
  /** Half-open range into `documents`. */
  readonly start: number;
  readonly end: number;
  readonly order: Order;
  readonly keyFields: readonly string[];
  readonly filters: readonly ExpressionJSON[];
  readonly limit: number | null;
}

/** Sorted copies of tables, by table contents and index. Tables never change in place. */
const sortedTables = new WeakMap<TableDocuments, Map<string, TableDocuments>>();

/** Resolves a query against a table's documents. `readTable` gives them as the caller sees them. */
export function planScan(
  query: QueryJSON,
  schema: DatabaseSchema,
  readTable: (table: string) => TableDocuments,
): IndexScan {
  const { source } = query;
  if (source.type === "Search") {
    throw new Error("The embedded Convex does not support search indexes");
  }
  const [table, index] =
    source.type === "FullTableScan"
      ? [source.tableName, "by_creation_time"]
      : splitIndexName(source.indexName);
  const fields = indexFields(schema, table, index);
  const documents = sortedBy(readTable(table), index, fields);
  const range = source.type === "IndexRange" ? source.range : [];
  const { start, end } = resolveRange(documents, range, fields);
  let limit: number | null = null;
  const filters: ExpressionJSON[] = [];
  for (const operator of query.operators) {
    if ("limit" in operator) {
      limit = Math.min(limit ?? Infinity, operator.limit);
    } else if (limit === null) {
      filters.push(operator.filter);
    } else {
      throw new Error("The embedded Convex does not support a filter after a limit");
    }
  }
  return {
    table,
    documents,
    start,
    end,
    order: source.order ?? "asc",
    keyFields: [...new Set([...fields, "_creationTime", "_id"])],
    filters,
    limit,
  };
}

/** Whether a document passes all filters of a query. */
export function passesFilters(scan: IndexScan, document: StoredDocument): boolean {
  return scan.filters.every((filter) => passesFilter(document, filter));
}

/** A document's position in the index of a scan. */
export function indexKey(scan: IndexScan, document: StoredDocument): IndexKey {
  return scan.keyFields.map((field) => fieldValue(document, field));
}

/** Orders a document against a position, field by field, as far as the position goes. */
export function compareToKey(
  document: StoredDocument,
  fields: readonly string[],
  key: IndexKey,
): number {
  for (const [position, expected] of key.entries()) {
    const order = compareValues(fieldValue(document, fields[position] ?? ""), expected);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function splitIndexName(indexName: string): [table: string, index: string] {
  const dot = indexName.indexOf(".");
  return [indexName.slice(0, dot), indexName.slice(dot + 1)];
}

function indexFields(schema: DatabaseSchema, table: string, index: string): readonly string[] {
  if (index === "by_creation_time") {
    return ["_creationTime"];
  }
  if (index === "by_id") {
    return ["_id"];
  }
  const definition = schema.tables.get(table)?.indexes.find(({ name }) => name === index);
  if (definition === undefined) {
    throw new Error(`Index ${table}.${index} not found.`);
  }
  return [...definition.fields, "_creationTime"];
}

function sortedBy(
  documents: TableDocuments,
  index: string,
  fields: readonly string[],
): TableDocuments {
  if (index === "by_creation_time") {
    return documents;
  }
  let byIndex = sortedTables.get(documents);
  if (byIndex === undefined) {
    byIndex = new Map();
    sortedTables.set(documents, byIndex);
  }
  let sorted = byIndex.get(index);
  if (sorted === undefined) {
    const keyed = documents.map((document) => ({
      document,
      key: fields.map((field) => fieldValue(document, field)),
    }));
    // The sort is stable, so documents with equal keys keep the table's own order.
    keyed.sort((a, b) => compareKeys(a.key, b.key));
    sorted = keyed.map(({ document }) => document);
    byIndex.set(index, sorted);
  }
  return sorted;
}

function compareKeys(a: IndexKey, b: IndexKey): number {
  for (const [position, value] of a.entries()) {
    const order = compareValues(value, b[position]);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

/** Any number of equalities on leading fields, then bounds on the next field. */
function resolveRange(
  documents: TableDocuments,
  range: readonly RangeBound[],
  fields: readonly string[],
): { start: number; end: number } {
  const equalities: (Value | undefined)[] = [];
  let lower: RangeBound | undefined;
  let upper: RangeBound | undefined;
  for (const bound of range) {
    const expected = fields[equalities.length];
    const isLower = bound.type === "Gt" || bound.type === "Gte";
    const isRepeated = bound.type === "Eq" ? (lower ?? upper) : isLower ? lower : upper;
    if (bound.fieldPath !== expected || isRepeated !== undefined) {
      throw new Error(
        `Incorrect index range: .${bound.type.toLowerCase()}("${bound.fieldPath}", …) does not ` +
          `follow the index's fields (${fields.join(", ")})`,
      );
    }
    if (bound.type === "Eq") {
      equalities.push(literalValue(bound.value));
    } else if (isLower) {
      lower = bound;
    } else {
      upper = bound;
    }
  }
  const boundary = (bound: RangeBound | undefined, afterEqual: boolean, from: number): number => {
    const key = bound === undefined ? equalities : [...equalities, literalValue(bound.value)];
    return partitionPoint(
      documents,
      (document) => {
        const order = compareToKey(document, fields, key);
        return afterEqual ? order > 0 : order >= 0;
      },
      from,
    );
  };
  const start = boundary(lower, lower?.type === "Gt", 0);
  return { start, end: boundary(upper, upper?.type !== "Lt", start) };
}
