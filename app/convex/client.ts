import {
  getFunctionName,
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
} from "convex/server";
import { convexToJson, jsonToConvex, type JSONValue, type Value } from "convex/values";
import { ExportError } from "../export/errors";
import type { LinesSink } from "../export/source";
import { classifyFunctionError, isTransient, isUnapplied, malformed } from "./errors";
import { readPage } from "./page-reader";
import { withRetries } from "./retry";
import { readText, Transport, type Answer } from "./transport";

/** Largest value that a function returns (`common/src/knobs.rs`); pages go through a sink. */
const MAXIMUM_ANSWER_BYTES = 16 * 1024 * 1024;

/** How lines come, see `linesArgs` of the functions: what `StringUnescaper` reads. */
const LINES_ENCODING = "latin1";

/** Where the options do not say. */
const DEADLINE_MS = 60_000;
const FIRST_RETRY_MS = 200;
const STALL_MS = 10_000;

export interface ConvexClientOptions {
  /** Deployment URL, e.g. `https://happy-animal-123.convex.cloud`. */
  url: string;
  deployKey: string;
  /** How long one attempt may take, in ms. Convex itself gives up after 300 s. */
  timeoutMs: number;
  /** How long all attempts of one call may take together, in ms; 60 s where absent. */
  deadlineMs?: number;
  /** Pause before the first repetition, in ms; 200 where absent. It doubles, with jitter. */
  retryDelayMs?: number;
  /** How long an answer that has begun may pause, in ms; 10 s where absent. */
  stallMs?: number;
}

export interface MutationOptions {
  /** Whether twice does no harm. */
  idempotent?: boolean;
  /** Repeats it for so long, in ms, where it fails for a passing reason, and not only a few times. */
  persistMs?: number;
}

type Query = FunctionReference<"query", "internal">;
type Mutation = FunctionReference<"mutation", "internal">;

/** Reads one answer to its end. */
type AnswerReader<T> = (answer: Answer, name: string) => Promise<T>;

interface Call {
  route: "query_ts" | "query" | "query_at_ts" | "mutation";
  /** Of the function, for errors. */
  name: string;
  body: object;
  signal: AbortSignal | undefined;
  /** See `TransportRequest`. */
  isAlone?: boolean;
  /** See `MutationOptions`. */
  persistMs?: number | undefined;
}

/** A page whose lines went to a sink. */
export interface StreamedPage {
  /** The function's value as Convex's JSON, the length in bytes in place of each table's lines. */
  value: JSONValue;
  /** Those lengths, in the order in which the lines went to the sink. */
  lengths: number[];
}

/**
 * The one holder of the deploy key: Convex's HTTP API, on undici. Not `ConvexHttpClient`, because it
 * drops the HTTP status, which tells what may be repeated. What only reads is repeated for passing
 * reasons; a mutation where it was not applied, or where its caller says that twice does no harm.
 * Every method throws ExportError, or the reason of its signal.
 */
export class ConvexClient {
  private readonly transport: Transport;
  private isClosed = false;

  constructor(private readonly options: ConvexClientOptions) {
    const { url, deployKey, stallMs = STALL_MS } = options;
    this.transport = new Transport({ url, deployKey, stallMs });
  }

  /** The latest timestamp at which queries may run, base64. */
  async pinTimestamp(signal?: AbortSignal): Promise<string> {
    const call: Call = { route: "query_ts", name: "query_ts", body: {}, signal };
    return timestampOf(await this.send(call, () => readJson, isTransient));
  }

  /** Runs a query on the latest state. */
  async query<F extends Query>(
    query: F,
    args: FunctionArgs<F>,
    signal?: AbortSignal,
  ): Promise<FunctionReturnType<F>> {
    const call = callOf("query", query, args, signal);
    return decode(call.name, await this.send(call, () => readValue, isTransient));
  }

  /** Runs a query at a pinned timestamp and returns its value as Convex's JSON, undecoded. */
  async queryAt<F extends Query>(
    timestamp: string,
    query: F,
    args: FunctionArgs<F>,
    signal?: AbortSignal,
  ): Promise<JSONValue> {
    const call = callAt(timestamp, query, args, signal);
    return await this.send(call, () => readValue, isTransient);
  }

  /**
   * Runs a query that answers `{ tables: [{ lines, … }], … }` at a pinned timestamp, in the encoding
   * that it is told, and hands the lines on while they arrive. A sink is opened for each attempt; only
   * what the last one got counts. What a sink throws ends the call.
   */
  async readPageAt<F extends Query>(
    timestamp: string,
    query: F,
    args: FunctionArgs<F>,
    openSink: () => LinesSink,
    signal?: AbortSignal,
  ): Promise<StreamedPage> {
    const call = callAt(timestamp, query, { ...args, encoding: LINES_ENCODING }, signal);
    const openReader = () => {
      const sink = openSink();
      return async (answer: Answer) => {
        const { rest, lengths } = await readPage(call.name, answer, sink);
        return { value: functionValue(call.name, rest), lengths };
      };
    };
    return await this.send(call, openReader, isTransient);
  }

  /**
   * Runs a mutation. Where it is not idempotent it is repeated only when Convex says that it was not
   * applied: an answer that got lost leaves open whether it was. So that none gets lost without need,
   * it has a connection of its own.
   */
  async mutation<F extends Mutation>(
    mutation: F,
    args: FunctionArgs<F>,
    { idempotent = false, persistMs }: MutationOptions = {},
  ): Promise<FunctionReturnType<F>> {
    const called = callOf("mutation", mutation, args, undefined);
    const call: Call = { ...called, isAlone: !idempotent, persistMs };
    const mayRepeat = idempotent ? isTransient : isUnapplied;
    return decode(call.name, await this.send(call, () => readValue, mayRepeat));
  }

  /** Lets requests finish that were made, and closes all connections. Later ones fail, repeats too. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.transport.close();
  }

  /** Makes one attempt after another; each has a reader of its own. */
  private async send<T>(
    { name, persistMs, ...call }: Call,
    openReader: () => AnswerReader<T>,
    mayRepeat: (error: unknown) => boolean,
  ): Promise<T> {
    const { timeoutMs, retryDelayMs = FIRST_RETRY_MS } = this.options;
    const deadlineMs = persistMs ?? this.options.deadlineMs ?? DEADLINE_MS;
    const attempt = async (leftMs: number): Promise<T> => {
      const read = openReader();
      const request = { ...call, name, timeoutMs: Math.min(timeoutMs, leftMs) };
      return await this.transport.post(request, (answer) => read(answer, name));
    };
    const { signal } = call;
    return await withRetries(attempt, {
      deadlineMs,
      firstDelayMs: retryDelayMs,
      mayRepeat: (error) => !this.isClosed && mayRepeat(error),
      isPersistent: persistMs !== undefined,
      signal,
    });
  }
}

function callOf(
  route: Call["route"],
  reference: Query | Mutation,
  args: Record<string, Value | undefined>,
  signal: AbortSignal | undefined,
): Call {
  const name = getFunctionName(reference);
  const body = { path: name, args: convexToJson(args), format: "convex_encoded_json" };
  return { route, name, body, signal };
}

function callAt(
  timestamp: string,
  query: Query,
  args: Record<string, Value | undefined>,
  signal: AbortSignal | undefined,
): Call {
  const call = callOf("query_at_ts", query, args, signal);
  return { ...call, body: { ...call.body, ts: timestamp } };
}

async function readJson({ body }: Answer, name: string): Promise<unknown> {
  const { text, cut } = await readText(body, MAXIMUM_ANSWER_BYTES);
  if (cut) {
    const detail = `${name}: the answer is longer than ${MAXIMUM_ANSWER_BYTES} bytes`;
    throw new ExportError("convex_failed", detail);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed(name, "no JSON, or not all of it");
  }
}

async function readValue(answer: Answer, name: string): Promise<JSONValue> {
  return functionValue(name, await readJson(answer, name));
}

function functionValue(name: string, answer: unknown): JSONValue {
  const { status, value, errorMessage, errorData } = fieldsOf(answer);
  if (status === "error") throw classifyFunctionError(name, errorMessage, errorData);
  if (status !== "success" || value === undefined) {
    throw new ExportError("convex_failed", `${name}: the answer is not that of a function`);
  }
  return value as JSONValue;
}

function timestampOf(answer: unknown): string {
  const { ts } = fieldsOf(answer);
  if (typeof ts !== "string") throw new ExportError("convex_failed", "query_ts: no timestamp");
  return ts;
}

function fieldsOf(answer: unknown): Record<string, unknown> {
  return typeof answer === "object" && answer !== null ? { ...answer } : {};
}

/** Decodes what a function answered; the portal's functions and it are deployed together. */
function decode<T>(name: string, value: JSONValue): T {
  try {
    return jsonToConvex(value) as T;
  } catch (error) {
    throw new ExportError("convex_failed", `${name}: the value cannot be decoded`, {
      cause: error,
    });
  }
}
