import { Agent, type Dispatcher } from "undici";
import { classifyAnswer, malformed, unreachable } from "./errors";

/** As many as a backend serves at once (`local_backend/src/lib.rs`); more would queue there. */
const MAXIMUM_CONNECTIONS = 128;

/** How long a connection may take to be established. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Most that is read of the body of an error: its code is at the beginning. */
const ERROR_BODY_BYTES = 64 * 1024;

export interface TransportOptions {
  /** Deployment URL, e.g. `https://happy-animal-123.convex.cloud`; only its origin is used. */
  url: string;
  deployKey: string;
  /** How long a body that has begun may pause, in ms. Convex sends answers that are complete. */
  stallMs: number;
}

export interface TransportRequest {
  /** `query`, `query_at_ts`, … under `/api/`. */
  route: string;
  /** What is called, for errors. */
  name: string;
  body: object;
  /** How long all of it may take, the reading of the body included. */
  timeoutMs: number;
  signal: AbortSignal | undefined;
  /**
   * Whether it gets a connection of its own. One that was idle may be closed at the other end in the
   * moment in which it is used again: nobody knows then whether the request was read.
   */
  isAlone?: boolean;
}

/** A JSON answer with status 200, while its body arrives. */
export interface Answer {
  /** The body in the pieces in which the network gives it. To be read to its end, or given up. */
  body: AsyncIterable<Buffer>;
  /** Aborted when the request is given up, by its caller or because its time is up. */
  signal: AbortSignal;
}

/** HTTP to one deployment, with the deploy key: connections, timeouts and statuses. */
export class Transport {
  private readonly agent: Agent;
  /** Uses each connection once. */
  private readonly loneAgent: Agent;
  private readonly origin: string;
  private closed: Promise<unknown> | undefined;

  constructor(private readonly options: TransportOptions) {
    this.origin = new URL(options.url).origin;
    const settings: Agent.Options = {
      allowH2: false,
      connections: MAXIMUM_CONNECTIONS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      bodyTimeout: options.stallMs,
    };
    this.agent = new Agent({ ...settings, pipelining: 1 });
    this.loneAgent = new Agent({ ...settings, pipelining: 0 });
  }

  /**
   * Posts a request and has `read` take its answer. The connection is closed at once where the
   * request is aborted, its time is up, or `read` gives the body up.
   * @throws ExportError for everything that is no JSON answer with status 200; the reason of the
   * signal where that was aborted; and what `read` throws.
   */
  async post<T>(request: TransportRequest, read: (answer: Answer) => Promise<T>): Promise<T> {
    const { name, signal, timeoutMs } = request;
    signal?.throwIfAborted();
    const attempt = new AbortController();
    const abort = () => attempt.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(
      () => attempt.abort(unreachable(name, `${timeoutMs} ms are over`)),
      timeoutMs,
    );
    let response: Dispatcher.ResponseData | undefined;
    try {
      response = await this.send(request, attempt.signal);
      // What breaks the body is thrown where it is read; nobody hears it once it is given up.
      response.body.on("error", () => undefined);
      const body = bytesOf(response, name, attempt.signal);
      await refuseErrors(response, request, body);
      return await read({ body, signal: attempt.signal });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      response?.body.destroy();
    }
  }

  /** Lets requests finish that were sent, and closes all connections. */
  async close(): Promise<void> {
    this.closed ??= Promise.all([this.agent.close(), this.loneAgent.close()]);
    await this.closed;
  }

  private async send(
    { route, name, body, timeoutMs, isAlone = false }: TransportRequest,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    try {
      return await (isAlone ? this.loneAgent : this.agent).request({
        origin: this.origin,
        path: `/api/${route}`,
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Convex ${this.options.deployKey}`,
        },
        body: JSON.stringify(body),
        headersTimeout: timeoutMs,
        signal,
      });
    } catch (error) {
      throw whyBroken(name, error, signal);
    }
  }
}

/** The body of a response. Errors of the network are thrown as ExportError. */
async function* bytesOf(
  { body }: Dispatcher.ResponseData,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw whyBroken(name, error, signal);
  }
}

/**
 * What an aborted request was aborted with, else that Convex cannot be reached. Of undici's errors
 * only code or name is kept: the one of its parser holds bytes of the answer, maybe of documents.
 */
function whyBroken(name: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const { name: kind, code } = error as { name?: unknown; code?: unknown };
  return unreachable(name, String(code ?? kind));
}

async function refuseErrors(
  { statusCode, headers }: Dispatcher.ResponseData,
  { name, route }: TransportRequest,
  body: AsyncIterable<Buffer>,
): Promise<void> {
  if (statusCode !== 200) {
    const atTimestamp = route === "query_at_ts";
    const { text } = await readText(body, ERROR_BODY_BYTES);
    throw classifyAnswer(name, { status: statusCode, headers, body: text, atTimestamp });
  }
  const [mediaType] = String(headers["content-type"]).split(";");
  if (mediaType?.trim().toLowerCase() !== "application/json") {
    throw malformed(name, "its Content-Type is not JSON");
  }
}

export interface LimitedText {
  text: string;
  /** There was more than the maximum. */
  cut: boolean;
}

/** Reads a body up to a maximum; the rest is given up. */
export async function readText(
  body: AsyncIterable<Buffer>,
  maximumBytes: number,
): Promise<LimitedText> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maximumBytes) break;
  }
  const text = Buffer.concat(chunks).toString("utf8", 0, maximumBytes);
  return { text, cut: bytes > maximumBytes };
}
