import { ExportError, isExportErrorCode } from "../export/errors";

/**
 * What Convex's answers mean, after the backend's source: statuses and codes of
 * `local_backend/src/public_api.rs` and `errors/src/lib.rs` in get-convex/convex-backend.
 */

/** Errors that may pass by themselves. Kept beside the error: the code alone does not tell. */
const transient = new WeakSet<ExportError>();

export function isTransient(error: unknown): boolean {
  return error instanceof ExportError && transient.has(error);
}

function passing(error: ExportError): ExportError {
  transient.add(error);
  return error;
}

/** No answer: connection refused or reset, DNS, or the time was up. */
export function unreachable(name: string, cause: unknown): ExportError {
  return passing(new ExportError("convex_unreachable", `${name}: no answer`, { cause }));
}

/** An answer with an HTTP status that is no success. */
export function classifyResponse(name: string, response: Response, body: string): ExportError {
  const { status } = response;
  const code = systemErrorCode(body);
  const detail = `${name}: HTTP ${status} ${code ?? "(no code)"}`;
  if (status === 401 || status === 403) return new ExportError("convex_refused", detail);
  // A timestamp that is out of retention answers this one pair; the same request never succeeds.
  if (status === 503 && code === "InternalServerError") {
    return new ExportError("snapshot_expired", detail, { retryAfterSeconds: 30 });
  }
  if (status === 429 || status === 503) {
    const retryAfterSeconds = retryAfter(response);
    return passing(new ExportError("convex_overloaded", detail, { retryAfterSeconds }));
  }
  if (status === 504) return passing(new ExportError("convex_unreachable", detail));
  const error = new ExportError("convex_failed", detail);
  return status === 408 || status >= 500 ? passing(error) : error;
}

/** A key that lacks one of the two operations that the portal needs. */
const NO_PERMISSION = /You do not have permission to perform this operation/;

/** Limits of one function that a smaller page keeps: time, memory, reads, size of the answer. */
const OVER_LIMIT =
  /timed out \(maximum duration|ran out of memory|return value is too large|Too many (bytes|documents) read/;

/** An error that the function threw, or that Convex raised while it ran. */
export function classifyFunctionError(name: string, message: unknown, data: unknown): ExportError {
  const code = (data as { code?: unknown } | null | undefined)?.code;
  if (isExportErrorCode(code)) return new ExportError(code, `${name}: ${code}`);
  const text = typeof message === "string" ? message : "no message";
  const detail = `${name}: ${withoutArguments(text)}`;
  if (NO_PERMISSION.test(text)) return new ExportError("convex_refused", detail);
  if (OVER_LIMIT.test(text)) return new ExportError("page_too_large", detail);
  const error = new ExportError("convex_failed", detail);
  return text.includes("too many system operations") ? passing(error) : error;
}

/** Argument errors quote the arguments, among them the session's hash and the fingerprint key. */
function withoutArguments(message: string): string {
  return message.split(/\n+\s*(?:Object|Value|Path|Validator):/)[0]?.slice(0, 500) ?? "";
}

function systemErrorCode(body: string): string | undefined {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return typeof code === "string" ? code.slice(0, 80) : undefined;
  } catch {
    return undefined;
  }
}

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(Math.ceil(seconds), 600) : 5;
}
