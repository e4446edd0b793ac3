import { FilterError, parseExportQuery, type ExportRequest } from "./filters";

/** What somebody has entered into the form of a segment. */
export interface SegmentForm {
  /** The query that the form stands for: what was left empty is not in it. */
  query: URLSearchParams;
  /** Absent where the query cannot be served. */
  request?: ExportRequest;
  problems: readonly { parameter: string; message: string }[];
}

/**
 * Reads a form, which sends what was left empty, and a list as the same name several times. Unlike
 * the address of the download, in which both are refused: there they would be mistakes.
 */
export function readSegmentForm(
  entered: URLSearchParams,
  knownTables: readonly string[],
): SegmentForm {
  const query = new URLSearchParams();
  for (const name of new Set(entered.keys())) {
    const values = entered.getAll(name).map((value) => value.trim());
    const given = values.filter((value) => value !== "");
    if (given.length > 0) query.set(name, given.join(","));
  }
  try {
    return { query, request: parseExportQuery(query, knownTables), problems: [] };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return { query, problems: error.problems };
  }
}
