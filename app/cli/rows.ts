import type { Json } from "@duckdb/node-api";
import type { RowSink, SqlColumn } from "../analysis/run-sql";
import { withoutFormula } from "../analysis/values";
import { UsageError } from "./failure";
import { alignColumns } from "./text";

/** Longest cell of a table, in characters. */
const LONGEST_CELL = 60;

/** Takes text, at the pace of whoever reads it. */
type Write = (text: string) => Promise<void>;

/** Rows as text. */
export interface OutputSink extends RowSink {
  end(): Promise<void>;
}

/**
 * What `query` prints.
 * @throws UsageError
 */
export function createSink(output: string, write: Write): OutputSink {
  switch (output) {
    case "table":
      return tableSink(write);
    case "json":
      return jsonSink(write);
    case "csv":
      return csvSink(write);
    default:
      throw new UsageError("--output must be table, json or csv.");
  }
}

/** For people: what does not fit a cell ends in "…", and nothing in it can steer the terminal. */
function tableSink(write: Write): OutputSink {
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
function jsonSink(write: Write): OutputSink {
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

function csvSink(write: Write): OutputSink {
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
