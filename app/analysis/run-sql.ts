import {
  StatementType,
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  type Json,
} from "@duckdb/node-api";
import { AnalysisError } from "./errors";
import { isJsonText, toJson } from "./values";

/** What a query may cost. Infinity where there is no limit. */
export interface SqlLimits {
  rows: number;
  /** Of the rows as JSON. */
  bytes: number;
  ms: number;
}

export interface SqlColumn {
  name: string;
  type: string;
  /** Whether its values are JSON text. */
  isJson: boolean;
}

/** Takes the rows while they come. A promise asks to wait before more are read. */
export interface RowSink {
  begin(columns: readonly SqlColumn[]): Promise<void> | void;
  row(values: readonly Json[]): Promise<void> | void;
}

export interface SqlOutcome {
  rows: number;
  /** Which limit was met, so that there are more rows than were given out. */
  limit?: "rows" | "bytes";
}

/** PIVOT is a SELECT behind a temporary type of its own. */
const ALLOWED_BEFORE = new Set<StatementType>([StatementType.SELECT, StatementType.CREATE]);
const ALLOWED_LAST = new Set<StatementType>([StatementType.SELECT, StatementType.EXPLAIN]);

const INTERRUPT_EVERY_MS = 50;

/**
 * Runs a query in a connection of its own, so that nothing of it is there for the next one. What it
 * may reach is decided when the database is opened (`openDuckDb`); here only queries get through,
 * because some other statements print to standard output, or change the session.
 * @throws AnalysisError with what DuckDB says, or that it took too long; the signal's reason
 */
export async function runSql(
  instance: DuckDBInstance,
  sql: string,
  limits: SqlLimits,
  sink: RowSink,
  signal: AbortSignal,
): Promise<SqlOutcome> {
  signal.throwIfAborted();
  const connection = await instance.connect();
  let isLate = false;
  let interrupting: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    // What comes before the query begins, or between two pieces of its work, is lost.
    interrupting ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
  };
  const late = () => {
    isLate = true;
    interrupt();
  };
  const timer = Number.isFinite(limits.ms) ? setTimeout(late, limits.ms) : undefined;
  signal.addEventListener("abort", interrupt);
  try {
    signal.throwIfAborted();
    return await deliver(await execute(connection, sql, limits.rows), limits, sink, () => {
      if (isLate || signal.aborted) throw new Error("interrupted");
    });
  } catch (error) {
    signal.throwIfAborted();
    if (isLate) {
      throw new AnalysisError("usage", `The query was stopped after ${limits.ms / 1000} s.`);
    }
    throw error;
  } finally {
    clearTimeout(timer);
    clearInterval(interrupting);
    signal.removeEventListener("abort", interrupt);
    connection.closeSync();
  }
}

/**
 * The rows are all computed before the first is given out: where a query fails after that, this
 * library's streams end as if there were no more rows.
 */
async function execute(
  connection: DuckDBConnection,
  sql: string,
  mostRows: number,
): Promise<DuckDBResult> {
  const statements = await connection.extractStatements(sql).catch(refused);
  if (statements.count === 0) throw new AnalysisError("usage", "There is no query.");
  for (let index = 0; ; index += 1) {
    const isLast = index === statements.count - 1;
    const statement = await statements.prepare(index).catch(refused);
    const type = statement.statementType;
    if (!(isLast ? ALLOWED_LAST : ALLOWED_BEFORE).has(type)) {
      throw new AnalysisError("usage", "Only queries can be run: SELECT, FROM, PIVOT, DESCRIBE, …");
    }
    if (isLast) {
      const isAlone = statements.count === 1 && type === StatementType.SELECT;
      const limited = isAlone ? await limitRows(connection, sql, mostRows) : undefined;
      return await (limited ?? statement).run().catch(refused);
    }
    await statement.run().catch(refused);
  }
}

/** The same query with a limit, so that no more is computed; one more row tells that there are more. */
async function limitRows(
  connection: DuckDBConnection,
  sql: string,
  mostRows: number,
): Promise<DuckDBPreparedStatement | undefined> {
  if (!Number.isFinite(mostRows)) return undefined;
  const query = sql.replace(/[;\s]+$/, "");
  try {
    return await connection.prepare(`FROM (${query}\n) LIMIT ${mostRows + 1}`);
  } catch {
    return undefined; // not every query can stand in another one
  }
}

function refused(error: unknown): never {
  const { message } = error as Error;
  throw new AnalysisError("usage", message);
}

async function deliver(
  result: DuckDBResult,
  limits: SqlLimits,
  sink: RowSink,
  requireTime: () => void,
): Promise<SqlOutcome> {
  const types = result.columnTypes();
  const columns = result.deduplicatedColumnNames().map((name, index) => {
    const type = types[index];
    return { name, type: String(type), isJson: type !== undefined && isJsonText(type) };
  });
  await sink.begin(columns);
  let [rows, bytes] = [0, 0];
  const chunks = result.yieldConvertedRows(toJson);
  for (;;) {
    const next = await chunks.next().catch(refused);
    // One that is interrupted may look as if it had come to its end.
    requireTime();
    if (next.done === true) return { rows };
    for (const row of next.value) {
      if (rows === limits.rows) return { rows, limit: "rows" };
      if (Number.isFinite(limits.bytes)) {
        bytes += Buffer.byteLength(JSON.stringify(row));
        if (bytes > limits.bytes) return { rows, limit: "bytes" };
      }
      rows += 1;
      await sink.row(row);
    }
  }
}
