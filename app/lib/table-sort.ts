/** How the table of tables is sorted: by the query of its page, so that it needs no JavaScript. */

export const SORT_KEYS = ["name", "records", "size", "newest"] as const;
export type SortKey = (typeof SORT_KEYS)[number];
export type SortOrder = "asc" | "desc";

export interface TableSort {
  key: SortKey;
  order: SortOrder;
}

/** What a row is sorted by. */
export interface SortableTable {
  name: string;
  records: number;
  sizeBytes: number;
  newest: number | null;
}

/** What the query asks for; null for the order of the file. Each problem names its parameter. */
export type SortReading =
  { sort: TableSort | null } | { problems: { parameter: string; message: string }[] };

/** Reads `sort` and `order`; other parameters are none of its business. */
export function readTableSort(query: URLSearchParams): SortReading {
  const problems = ["sort", "order"]
    .filter((parameter) => query.getAll(parameter).length > 1)
    .map((parameter) => ({ parameter, message: "is given more than once" }));
  const [key, order] = [query.get("sort"), query.get("order")];
  const isKey = isSortKey(key);
  const isOrder = order === "asc" || order === "desc";
  if (key !== null && !isKey) {
    problems.push({ parameter: "sort", message: `must be one of ${SORT_KEYS.join(", ")}` });
  }
  if (order !== null && !isOrder) {
    problems.push({ parameter: "order", message: "must be asc or desc" });
  } else if (order !== null && key === null) {
    problems.push({ parameter: "order", message: "needs sort beside it" });
  }
  if (problems.length > 0) return { problems };
  if (!isKey) return { sort: null };
  return { sort: { key, order: isOrder ? order : firstOrder(key) } };
}

/** The order that is most useful first: names from A, figures from the largest. */
export function firstOrder(key: SortKey): SortOrder {
  return key === "name" ? "asc" : "desc";
}

/**
 * The query that sorts by a column: the first time in its first order, then the other way round.
 * All other parameters are kept.
 */
export function sortQuery(query: URLSearchParams, key: SortKey, current: TableSort | null): string {
  const first = firstOrder(key);
  const isSortedFirst = current?.key === key && current.order === first;
  const next = new URLSearchParams(query);
  next.set("sort", key);
  next.set("order", isSortedFirst ? opposite(first) : first);
  return `?${next.toString()}`;
}

/** The query without a sort: the order of the file. */
export function unsortedQuery(query: URLSearchParams): string {
  const next = new URLSearchParams(query);
  next.delete("sort");
  next.delete("order");
  return `?${next.toString()}`;
}

/** The rows in that order; equal ones stay in the order of the file, unknown values come last. */
export function sortTables<T extends SortableTable>(
  rows: readonly T[],
  sort: TableSort | null,
): T[] {
  if (sort === null) return [...rows];
  const { key, order } = sort;
  const sign = order === "asc" ? 1 : -1;
  return rows.toSorted((a, b) => {
    if (key === "name") return sign * (a.name < b.name ? -1 : 1);
    const [left, right] = [valueOf(a, key), valueOf(b, key)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}

function valueOf(row: SortableTable, key: Exclude<SortKey, "name">): number | null {
  if (key === "records") return row.records;
  return key === "newest" ? row.newest : row.sizeBytes;
}

function isSortKey(key: string | null): key is SortKey {
  return SORT_KEYS.some((known) => known === key);
}

function opposite(order: SortOrder): SortOrder {
  return order === "asc" ? "desc" : "asc";
}
