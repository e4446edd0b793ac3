import {
  getFunctionName,
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
} from "convex/server";
import { convexToJson, jsonToConvex, type JSONValue, type Value } from "convex/values";
import pRetry from "p-retry";
import { ExportError } from "../export/errors";
import { classifyFunctionError, classifyResponse, isTransient, unreachable } from "./errors";

/** How often a read that failed for a passing reason is repeated. */
const READ_RETRIES = 3;
const FIRST_RETRY_MS = 200; // doubles, with jitter

export interface ConvexClientOptions {
  /** Deployment URL, e.g. `https://happy-animal-123.convex.cloud`. */
  url: string;
  deployKey: string;
  /** How long one request may take. Convex itself gives up after 300 s. */
  timeoutMs: number;
}

type Query = FunctionReference<"query", "internal">;
type Mutation = FunctionReference<"mutation", "internal">;

/**
 * The one holder of the deploy key: Convex's HTTP API with `fetch`. Not `ConvexHttpClient`,
 * because it drops the HTTP status, which tells what may be retried.
 * Every method throws ExportError.
 */
export class ConvexClient {
  constructor(private readonly options: ConvexClientOptions) {}

  /** The latest timestamp at which queries may run, base64. */
  async pinTimestamp(signal?: AbortSignal): Promise<string> {
    return await this.read("query_ts", "query_ts", {}, timestampOf, signal);
  }

  /** Runs a query on the latest state. */
  async query<F extends Query>(
    query: F,
    args: FunctionArgs<F>,
    signal?: AbortSignal,
  ): Promise<FunctionReturnType<F>> {
    const name = getFunctionName(query);
    const body = functionBody(name, args);
    return decode(name, await this.read("query", name, body, functionValue, signal));
  }

  /** Runs a query at a pinned timestamp and returns its value as Convex's JSON, undecoded. */
  async queryAt<F extends Query>(
    timestamp: string,
    query: F,
    args: FunctionArgs<F>,
    signal?: AbortSignal,
  ): Promise<JSONValue> {
    const name = getFunctionName(query);
    const body = { ...functionBody(name, args), ts: timestamp };
    return await this.read("query_at_ts", name, body, functionValue, signal);
  }

  /** Runs a mutation once: it is never repeated here, as it may have been applied. */
  async mutation<F extends Mutation>(
    mutation: F,
    args: FunctionArgs<F>,
  ): Promise<FunctionReturnType<F>> {
    const name = getFunctionName(mutation);
    const answer = await this.post("mutation", name, functionBody(name, args));
    return decode(name, functionValue(name, answer));
  }

  /** A request that only reads, so it may be repeated blindly. */
  private async read<T>(
    route: string,
    name: string,
    body: object,
    readAnswer: (name: string, answer: unknown) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const attempt = async () => readAnswer(name, await this.post(route, name, body, signal));
    return await pRetry(attempt, {
      retries: READ_RETRIES,
      minTimeout: FIRST_RETRY_MS,
      randomize: true,
      ...(signal === undefined ? {} : { signal }),
      shouldRetry: ({ error }) => isTransient(error),
    });
  }

  private async post(
    route: string,
    name: string,
    body: object,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(`/api/${route}`, this.options.url), {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Convex ${this.options.deployKey}`,
        },
        body: JSON.stringify(body),
        redirect: "error",
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      text = await response.text();
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(name, error);
    }
    if (!response.ok) throw classifyResponse(name, response, text);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new ExportError("convex_failed", `${name}: the answer is not JSON`);
    }
  }
}

function functionBody(path: string, args: Record<string, Value | undefined>): object {
  return { path, args: convexToJson(args), format: "convex_encoded_json" };
}

function functionValue(name: string, answer: unknown): JSONValue {
  const { status, value, errorMessage, errorData } = fieldsOf(answer);
  if (status === "error") throw classifyFunctionError(name, errorMessage, errorData);
  if (status !== "success" || value === undefined) {
    throw new ExportError("convex_failed", `${name}: the answer is not that of a function`);
  }
  return value as JSONValue;
}

function timestampOf(name: string, answer: unknown): string {
  const { ts } = fieldsOf(answer);
  if (typeof ts !== "string") throw new ExportError("convex_failed", `${name}: no timestamp`);
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
