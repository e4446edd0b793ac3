import { ExportError, isExportErrorCode } from "../export/errors";
import { retryAfterSeconds, type AnswerHeaders } from "./retry-after";

/**
 * What Convex's answers mean, after the backend's source: statuses and codes of
 * `local_backend/src/public_api.rs` and `errors/src/lib.rs` in get-convex/convex-backend.
 */

/** What is known of an error that may pass by itself. The code of the error does not tell. */
interface Passing {
  /** Convex says that it did not apply the mutation. */
  unapplied: boolean;
  /** How long Convex asks to wait, where it does. */
  waitSeconds: number | undefined;
}

const passingErrors = new WeakMap<ExportError, Passing>();

function passing(
  error: ExportError,
  known: Passing = { unapplied: false, waitSeconds: undefined },
): ExportError {
  passingErrors.set(error, known);
  return error;
}

function passingOf(error: unknown): Passing | undefined {
  return error instanceof ExportError ? passingErrors.get(error) : undefined;
}

/** Whether the same request may succeed later, so that a read may be repeated. */
export function isTransient(error: unknown): boolean {
  return passingOf(error) !== undefined;
}

/** Whether even a mutation may be repeated: it failed for a passing reason, and was not applied. */
export function isUnapplied(error: unknown): boolean {
  return passingOf(error)?.unapplied ?? false;
}

/** Milliseconds that Convex asks to wait before the request is repeated; 0 where it does not. */
export function requestedWaitMs(error: unknown): number {
  return (passingOf(error)?.waitSeconds ?? 0) * 1000;
}

/** No answer, or not all of it: connection refused or reset, DNS, or the time was up. */
export function unreachable(name: string, why: string): ExportError {
  return passing(new ExportError("convex_unreachable", `${name}: no answer (${why})`));
}

/** An answer that Convex did not mean to send: cut on its way, or made by something in between. */
export function malformed(name: string, what: string): ExportError {
  return passing(new ExportError("convex_failed", `${name}: the answer is malformed: ${what}`));
}

/** Codes of a 503 with which Convex gives up before a commit (`convex-backend`, by module). */
const UNAPPLIED_CODES = new Set([
  "OptimisticConcurrencyControlFailure", // errors/src/lib.rs, after its own retries
  "CommitterFullError", // database/src/metrics.rs
  "ExpiredInQueue", // isolate/src/metrics.rs, as the next four
  "WorkerOverloaded",
  "IsolateNotClean",
  "InitialPermitTimeoutError",
  "ExecuteFullError",
  "UpstreamConnectError", // common/src/grpc/mod.rs
  "TableSummariesUnavailable", // database/src/table_summary.rs
  "SearchIndexesUnavailable",
  "VectorIndexesUnavailable",
]);

/** Seconds after which to try again where Convex is busy and does not say. */
const BUSY_RETRY_SECONDS = 5;

export interface ErrorAnswer {
  status: number;
  headers: AnswerHeaders;
  /** The beginning of the body. */
  body: string;
  /** The request was a query at a pinned timestamp. */
  atTimestamp: boolean;
}

/** An answer with any HTTP status but 200, which is Convex's only success. */
export function classifyAnswer(name: string, answer: ErrorAnswer): ExportError {
  const { status } = answer;
  const code = systemErrorCode(answer.body);
  const detail = `${name}: HTTP ${status} ${code ?? "(no code)"}`;
  if (status === 401 || status === 403) return new ExportError("convex_refused", detail);
  // A timestamp that is out of retention answers this one pair; the same request never succeeds.
  if (answer.atTimestamp && status === 503 && code === "InternalServerError") {
    return new ExportError("snapshot_expired", detail, { retryAfterSeconds: 30 });
  }
  if (status !== 408 && status !== 429 && status < 500) {
    return new ExportError("convex_failed", detail);
  }
  const waitSeconds = retryAfterSeconds(answer.headers);
  const isBusy = status === 429 || status === 503;
  const error = new ExportError(
    isBusy ? "convex_overloaded" : status === 504 ? "convex_unreachable" : "convex_failed",
    detail,
    { retryAfterSeconds: waitSeconds ?? (isBusy ? BUSY_RETRY_SECONDS : undefined) },
  );
  const unapplied = status === 429 || (status === 503 && UNAPPLIED_CODES.has(code ?? ""));
  return passing(error, { unapplied, waitSeconds });
}

/** A key that lacks one of the two operations that the portal needs. */
const NO_PERMISSION = /You do not have permission to perform this operation/;

/** Limits of one function that a smaller page keeps: time, memory, reads, size of the answer. */
const OVER_LIMIT =
  /timed out \(maximum duration|ran out of memory|return value is too large|Too many (bytes|documents) read/;

const SYSTEM_OPERATIONS = /too many system operations/;

/** An error that the function threw, or that Convex raised while it ran. */
export function classifyFunctionError(name: string, message: unknown, data: unknown): ExportError {
  const code = (data as { code?: unknown } | null | undefined)?.code;
  if (isExportErrorCode(code)) return new ExportError(code, `${name}: ${code}`);
  const text = typeof message === "string" ? message : "";
  const detail = `${name}: ${describeFailure(text, code)}`;
  if (NO_PERMISSION.test(text)) return new ExportError("convex_refused", detail);
  if (OVER_LIMIT.test(text)) return new ExportError("page_too_large", detail);
  const error = new ExportError("convex_failed", detail);
  return SYSTEM_OPERATIONS.test(text) ? passing(error) : error;
}

/** Convex's own words, which quote nothing. */
const OWN_WORDS = [
  NO_PERMISSION,
  OVER_LIMIT,
  SYSTEM_OPERATIONS,
  /Could not find (?:public )?function for '[\w./:-]{1,80}'/,
];

const ERROR_NAME = /(?:^|\n|Uncaught )((?:[A-Z][A-Za-z]{0,40})?Error)\b/;

/**
 * What may be logged of a function's error: its name, its code, and what is known to be Convex's
 * own. The rest of a message may quote documents, and arguments such as the session's hash.
 */
function describeFailure(message: string, code: unknown): string {
  const known = [
    ERROR_NAME.exec(message)?.[1],
    isCode(code) ? code : undefined,
    ...OWN_WORDS.map((words) => words.exec(message)?.[0]),
  ];
  return known.filter((part) => part !== undefined).join(" ") || "an error without a name";
}

/** Codes are single words; anything else is something that was put in their place. */
function isCode(code: unknown): code is string {
  return typeof code === "string" && /^[A-Za-z_]{1,60}$/.test(code);
}

function systemErrorCode(body: string): string | undefined {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return isCode(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
