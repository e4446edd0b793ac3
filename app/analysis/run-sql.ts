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

/**
 * Most memory that the process may have while a query runs, in bytes. DuckDB keeps to a bound of its
 * own (512 MB), but for some expressions, such as a `repeat` of gigabytes, which it also computes to
 * their end whatever it is told.
 */
const MOST_MEMORY_BYTES = 2 * 1024 ** 3;

const LOOK_AT_MEMORY_EVERY_MS = 20;

/** A query that nothing but the end of the process ends, which has to be ended at once. */
export class RunawayQueryError extends AnalysisError {
  constructor() {
    super("usage", "The query needed more memory than a query may have (2 GB).");
  }
}

/** What a query may cost. Infinity where there is no limit. */
export interface SqlLimits {
  rows: number;
  /** Of the rows as JSON. */
  bytes: number;
  ms: number;
  /** Of the process while the query runs; 2 GB where absent. */
  memoryBytes?: number;
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

/** What the one query that is asked for may be. */
const ALLOWED = new Set<StatementType>([StatementType.SELECT, StatementType.EXPLAIN]);

/** Where the rows of a query are until they are given out. */
const ROWS_TABLE = "supportsignal_rows";

const INTERRUPT_EVERY_MS = 50;

/**
 * Runs a query in a connection of its own, so that nothing of it is there for the next one. What it
 * may reach is decided when the database is opened (`openDuckDb`); here only queries get through,
 * because some other statements print to standard output, or change the session.
 * @throws AnalysisError with what DuckDB says, or that it took too long; RunawayQueryError; the
 *   signal's reason
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
  const memory = watchMemory(limits.memoryBytes ?? MOST_MEMORY_BYTES);
  try {
    signal.throwIfAborted();
    const computed = await Promise.race([execute(connection, sql, limits.rows), memory.exceeded]);
    return await deliver(computed, limits, sink, () => {
      if (isLate || signal.aborted) throw new Error("interrupted");
    });
  } catch (error) {
    if (error instanceof RunawayQueryError) throw error;
    signal.throwIfAborted();
    if (isLate) {
      throw new AnalysisError("usage", `The query was stopped after ${limits.ms / 1000} s.`);
    }
    throw error;
  } finally {
    memory.stop();
    clearTimeout(timer);
    clearInterval(interrupting);
    signal.removeEventListener("abort", interrupt);
    // It would wait for a query that runs away.
    if (!memory.isExceeded) connection.closeSync();
  }
}

function watchMemory(mostBytes: number) {
  let fail: (error: RunawayQueryError) => void = () => undefined;
  const watch = {
    isExceeded: false,
    exceeded: new Promise<never>((_resolve, reject) => (fail = reject)),
    stop: () => clearInterval(timer),
  };
  // Nobody may be waiting for it any more.
  watch.exceeded.catch(() => undefined);
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() <= mostBytes) return;
    watch.isExceeded = true;
    clearInterval(timer);
    fail(new RunawayQueryError());
  }, LOOK_AT_MEMORY_EVERY_MS);
  return watch;
}

/** The rows of a query, all computed. */
interface Computed {
  result: DuckDBResult;
  /** How many there are, where they are read from a table and may end early. */
  rows?: number;
}

/**
 * The rows are all computed before the first is given out: where a query fails after that, this
 * library's streams end as if there were no more rows. They are held in a table, which keeps to
 * DuckDB's bound on memory; what this library holds of a result does not.
 */
async function execute(
  connection: DuckDBConnection,
  sql: string,
  mostRows: number,
): Promise<Computed> {
  if (sql.trim() === "") throw new AnalysisError("usage", "There is no query.");
  const statements = await connection.extractStatements(sql).catch(refused);
  if (statements.count === 0) throw new AnalysisError("usage", "There is no query.");
  // PIVOT is a SELECT behind a temporary type of its own.
  const isPivot = statements.count > 1 && !sql.replace(/[;\s]+$/, "").includes(";");
  if (statements.count > 1 && !isPivot) {
    throw new AnalysisError("usage", "Only one query can be run at a time, without a semicolon.");
  }
  for (let index = 0; ; index += 1) {
    const isLast = index === statements.count - 1;
    const statement = await statements.prepare(index).catch(refused);
    const type = statement.statementType;
    if (isLast ? !ALLOWED.has(type) : type !== StatementType.CREATE) {
      throw new AnalysisError("usage", "Only queries can be run: SELECT, FROM, PIVOT, DESCRIBE, …");
    }
    if (isLast) {
      const isAlone = statements.count === 1 && type === StatementType.SELECT;
      const table = isAlone ? await prepareTable(connection, sql, mostRows) : undefined;
      if (table === undefined) return { result: await statement.run().catch(refused) };
      await table.run().catch(refused);
      const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${ROWS_TABLE}`);
      const rows = Number(counted.getRows()[0]?.[0]);
      return { result: await connection.stream(`FROM ${ROWS_TABLE}`), rows };
    }
    await statement.run().catch(refused);
  }
}

/** The same query into a table, with a limit, so that no more is computed; one more row tells that there are more. */
async function prepareTable(
  connection: DuckDBConnection,
  sql: string,
  mostRows: number,
): Promise<DuckDBPreparedStatement | undefined> {
  const query = sql.replace(/[;\s]+$/, "");
  const limit = Number.isFinite(mostRows) ? `LIMIT ${mostRows + 1}` : "";
  try {
    return await connection.prepare(
      `CREATE TEMP TABLE ${ROWS_TABLE} AS FROM (${query}\n) ${limit}`,
    );
  } catch {
    return undefined; // not every query can stand in another one
  }
}

function refused(error: unknown): never {
  const { message } = error as Error;
  throw new AnalysisError("usage", message);
}

async function deliver(
  { result, rows: computed }: Computed,
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
    if (next.done === true) {
      if (computed !== undefined && rows !== computed) throw new Error("rows were lost");
      return { rows };
    }
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
