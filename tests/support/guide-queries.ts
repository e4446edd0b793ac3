import { readFileSync } from "node:fs";

/** A query that a guide shows. */
export interface GuideQuery {
  /** The heading above it, and which query below that. */
  title: string;
  sql: string;
  /** The cells of the result that the guide prints, heading included; absent where it prints none. */
  result?: string[][];
}

const FENCE = "```";

/**
 * The SQL blocks of a guide, each with the table that follows it or the value in a comment at its end.
 * @throws Error where no block has a result: the guide is not written like that any more
 */
export function readGuideQueries(guide: string): GuideQuery[] {
  const queries: GuideQuery[] = [];
  let heading = "";
  let below = 0;
  const lines = readFileSync(new URL(`../../docs/guides/${guide}`, import.meta.url), "utf8").split(
    "\n",
  );
  for (const [index, line] of lines.entries()) {
    if (/^#+ /.test(line)) [heading, below] = [line.replace(/^#+ /, ""), 0];
    if (line !== `${FENCE}sql`) continue;
    const end = lines.indexOf(FENCE, index);
    const sql = lines.slice(index + 1, end).join("\n");
    const value = /^SELECT .* AS (\w+)\b[^]*; +-- (.*)$/.exec(sql);
    const result = value === null ? readTable(lines, end + 2) : [value.slice(1, 2), value.slice(2)];
    below += 1;
    queries.push({
      title: `${heading}, query ${below}`,
      sql,
      ...(result.length > 0 && { result }),
    });
  }
  if (!queries.some(({ result }) => result !== undefined)) {
    throw new Error(`${guide} has no query with a result`);
  }
  return queries;
}

/** The rows of a Markdown table that begins at a line; none where there is no table. */
function readTable(lines: readonly string[], first: number): string[][] {
  const rows: string[][] = [];
  for (let at = first; lines[at]?.startsWith("|"); at += 1) {
    const cells = (lines[at] ?? "").split("|").slice(1, -1);
    if (at !== first + 1) rows.push(cells.map((cell) => cell.trim())); // the second line is a rule
  }
  return rows;
}
