import type { IncomingMessage } from "node:http";
import { ConvexClient } from "~/convex/client";
import { ExportError } from "~/export/errors";
import { internal } from "../../convex/_generated/api";
import { listen, type ListeningServer } from "./http-server";

export const DEPLOY_KEY = "prod:happy-animal-123|d3pl0y-k3y-that-nobody-may-see";

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as it is where it is a text, else as JSON. */
  body?: unknown;
}

export interface ReceivedRequest {
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

export interface ScriptedConvex extends ListeningServer {
  client: ConvexClient;
  received: ReceivedRequest[];
}

/** An HTTP server that answers call after call as told; the last answer repeats. */
export async function scriptedConvex(
  answers: (Answer | "hang up")[],
  options: { timeoutMs?: number } = {},
): Promise<ScriptedConvex> {
  const received: ReceivedRequest[] = [];
  const server = await listen((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.once("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
      const answer = answers[Math.min(received.length, answers.length - 1)] ?? {};
      received.push({ path: req.url ?? "", headers: req.headers, body });
      if (answer === "hang up") {
        res.destroy();
        return;
      }
      const content = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      res.writeHead(answer.status ?? 200, answer.headers);
      res.end(content);
    });
  });
  const { timeoutMs = 10_000 } = options;
  const client = new ConvexClient({ url: server.url, deployKey: DEPLOY_KEY, timeoutMs });
  return { ...server, client, received };
}

export const TOKEN_HASH = `sha256:${"5ec3e7".repeat(10)}`;
export const FINGERPRINT_KEY = "f1ng3rpr1nt-k3y-of-one-export";
export const TIMESTAMP = "AAAAAAAAAAA=";

export const success = (value: unknown): Answer => ({ body: { status: "success", value } });

export const failure = (errorMessage: string, errorData?: unknown): Answer => ({
  body: { status: "error", errorMessage, errorData },
});

/** What a promise is rejected with, which must be an ExportError. */
export async function errorOf(promise: Promise<unknown>): Promise<ExportError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ExportError) return error;
  throw new Error("expected an ExportError", { cause: error });
}

export function resolveQuery(client: ConvexClient): Promise<unknown> {
  return client.query(internal.sessions.resolve, { tokenHash: TOKEN_HASH });
}

export function pageQuery(client: ConvexClient): Promise<unknown> {
  return client.queryAt(TIMESTAMP, internal.exports.readLines, {
    actor: { kind: "session", tokenHash: TOKEN_HASH },
    tables: ["users"],
    fingerprintKey: FINGERPRINT_KEY,
    page: { cursor: null, maximumBytes: 1, maximumDocuments: 1 },
  });
}
