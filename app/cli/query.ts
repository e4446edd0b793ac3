import { once } from "node:events";
import type { Json } from "@duckdb/node-api";
import { forgetDatabase, openDatabase } from "../analysis/database";
import { runSql, RunawayQueryError, type RowSink, type SqlColumn } from "../analysis/run-sql";
import { withoutFormula } from "../analysis/values";
import { formatCount } from "../lib/format";
import { endAtOnce, requireReadable, UsageError } from "./failure";
import { alignColumns } from "./text";

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

/** Longest cell of a table, in characters. */
const LONGEST_CELL = 60;

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
  const sink = createSink(output);
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

interface OutputSink extends RowSink {
  end(): Promise<void>;
}

/** @throws UsageError */
function createSink(output: string): OutputSink {
  switch (output) {
    case "table":
      return tableSink();
    case "json":
      return jsonSink();
    case "csv":
      return csvSink();
    default:
      throw new UsageError("--output must be table, json or csv.");
  }
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

/** For people: what does not fit a cell ends in "…", and nothing in it can steer the terminal. */
function tableSink(): OutputSink {
  const rows: string[][] = [];
  return {
    begin: (columns) => void rows.push(columns.map(({ name }) => toCell(name))),
    row: (values) => void rows.push(values.map((value) => toCell(toText(value)))),
    end: () => write(`${alignColumns(rows)}\n`),
  };
}

function toCell(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ");
  return line.length > LONGEST_CELL ? `${line.slice(0, LONGEST_CELL - 1)}…` : line;
}

/** An array with an object per line. Values of JSON columns are part of it as they are. */
function jsonSink(): OutputSink {
  let columns: readonly SqlColumn[] = [];
  let isFirst = true;
  return {
    begin(given) {
      columns = given;
      return write("[");
    },
    row(values) {
      const fields = columns.map(({ name, isJson }, index) => {
        const value = values[index] ?? null;
        const text = isJson && typeof value === "string" ? value : JSON.stringify(value);
        return `${JSON.stringify(name)}:${text}`;
      });
      const start = isFirst ? "\n" : ",\n";
      isFirst = false;
      return write(`${start}{${fields.join(",")}}`);
    },
    end: () => write(isFirst ? "]\n" : "\n]\n"),
  };
}

function csvSink(): OutputSink {
  const toLine = (values: readonly Json[]) => `${values.map(toCsv).join(",")}\n`;
  return {
    begin: (columns) => write(toLine(columns.map(({ name }) => name))),
    row: (values) => write(toLine(values)),
    end: () => Promise.resolve(),
  };
}

/** RFC 4180. An empty text is quoted, so that it is not NULL. */
function toCsv(value: Json): string {
  if (value === null) return "";
  if (typeof value !== "string") return quote(toText(value));
  return value === "" ? '""' : quote(withoutFormula(value));
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toText(value: Json): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
