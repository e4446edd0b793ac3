import { forgetDatabase, openDatabase } from "../analysis/database";
import { runSql, RunawayQueryError } from "../analysis/run-sql";
import { formatCount } from "../lib/format";
import { endAtOnce, requireReadable, UsageError } from "./failure";
import { createSink } from "./rows";
import { print } from "./stdout";

export interface QueryOptions {
  file: string;
  sql?: string | undefined;
  output: string;
  limit?: number | undefined;
  cache: boolean;
  forget: boolean;
}

/** Rows of a table where no limit is given: more is for a program, and `--output json` has them all. */
const TABLE_ROWS = 1_000;

/** `query FILE SQL`: one query over an export. */
export async function query(options: QueryOptions, signal: AbortSignal): Promise<void> {
  const { file, sql, limit, output } = options;
  await requireReadable(file);
  if (options.forget) {
    const removed = await forgetDatabase(file);
    process.stderr.write(
      removed.map((each) => `Removed ${each}\n`).join("") || "Nothing is kept.\n",
    );
    if (sql === undefined) return;
  }
  if (sql === undefined)
    throw new UsageError("Give a query, e.g. 'SELECT count(*) FROM incidents'.");
  const sink = createSink(output, print);
  const database = await openDatabase(file, {
    isKept: options.cache,
    signal,
    onLoading: () => process.stderr.write(`Loading ${file} …\n`),
  });
  try {
    const rows = limit ?? (output === "table" ? TABLE_ROWS : Infinity);
    const limits = { rows, bytes: Infinity, ms: Infinity };
    const outcome = await runSql(database.instance, sql, limits, sink, signal);
    await sink.end();
    if (outcome.limit !== undefined) {
      process.stderr.write(
        `There are more rows: these are the first ${formatCount(outcome.rows)} (--limit).\n`,
      );
    }
  } catch (error) {
    if (error instanceof RunawayQueryError) endAtOnce(database, error);
    throw error;
  } finally {
    await database.close();
  }
}
