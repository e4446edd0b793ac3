import type { ConvexAnswer } from "../../support/convex-exchange";

/** What joins the lines of a table. */
const SEPARATOR = ",\n";

interface PageAnswer {
  value: { tables: { name: string; records: number; lines: string }[] };
}

/**
 * A page with other rows in the table that has most. Its counts are those of its rows.
 * @throws Error where it has fewer than two: a change of those could not show.
 */
export function rewritePage(
  answer: ConvexAnswer,
  change: (rows: string[]) => string[],
): ConvexAnswer {
  const page = JSON.parse(answer.body.toString()) as PageAnswer;
  const [largest] = [...page.value.tables].sort((a, b) => b.records - a.records);
  if (largest === undefined || largest.records < 2) throw new Error("The page has no two rows");
  const rows = change(largest.lines.split(SEPARATOR));
  largest.records = rows.length;
  largest.lines = rows.join(SEPARATOR);
  return { ...answer, body: Buffer.from(JSON.stringify(page)) };
}
