import type { IncomingMessage } from "node:http";
import { HttpError } from "./errors";
import { REQUEST_BODY_MAX_BYTES } from "./limits";

/** The body of a request that calls a function. */
export interface CallBody {
  path: string;
  /** In Convex's encoding. */
  args: unknown;
  format?: string;
  componentPath?: string;
  ts?: string;
}

/** Reads a JSON object. Throws 400 BadJsonBody for anything else, and above 16 MiB. */
export async function readJsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const contentType = request.headers["content-type"] ?? "";
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType)) {
    throw badJsonBody("Expected request with `Content-Type: application/json`");
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= REQUEST_BODY_MAX_BYTES) {
      chunks.push(chunk);
    }
  }
  if (sizeBytes > REQUEST_BODY_MAX_BYTES) {
    throw badJsonBody("Failed to buffer the request body: length limit exceeded");
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badJsonBody(`Failed to parse the request body as JSON: ${reason}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw badTarget("invalid type: expected a map");
  }
  return parsed as Record<string, unknown>;
}

/** Takes the fields of a call out of a body; unknown fields are ignored, as in Convex. */
export function parseCallBody(body: Record<string, unknown>, needsTimestamp: boolean): CallBody {
  const path = stringField(body, "path");
  if (path === undefined) {
    throw badTarget("missing field `path`");
  }
  if (body.args === undefined) {
    throw badTarget("missing field `args`");
  }
  const ts = stringField(body, "ts");
  if (needsTimestamp && ts === undefined) {
    throw badTarget("missing field `ts`");
  }
  const format = stringField(body, "format");
  const componentPath = stringField(body, "componentPath");
  return { path, args: body.args, format, componentPath, ts };
}

/** `null` counts as absent. */
function stringField(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name] ?? undefined;
  if (value !== undefined && typeof value !== "string") {
    throw badTarget(`${name}: invalid type: expected a string`);
  }
  return value;
}

function badTarget(reason: string): HttpError {
  return badJsonBody(`Failed to deserialize the JSON body into the target type: ${reason}`);
}

function badJsonBody(message: string): HttpError {
  return new HttpError(400, "BadJsonBody", message);
}
