import { ExportError, type ExportErrorCode } from "../export/errors";
import { FilterError } from "../export/filters";
import type { RequestContext } from "./load-context";
import { problemResponse } from "./problem.server";

const PROBLEMS: Record<ExportErrorCode, { status: number; title: string }> = {
  unauthenticated: { status: 401, title: "Not signed in" },
  forbidden: { status: 403, title: "Not allowed" },
  run_exists: { status: 409, title: "Already started" },
  unknown_table: { status: 400, title: "Unknown table" },
  bad_segment: { status: 400, title: "Bad parameters" }, // with its own words, below
  segment_too_large: { status: 422, title: "Segment too large" },
  convex_refused: { status: 502, title: "Database access refused" },
  convex_failed: { status: 502, title: "Database error" },
  page_too_large: { status: 502, title: "Database limits exceeded" },
  incomplete: { status: 502, title: "Incomplete export" },
  convex_overloaded: { status: 503, title: "Database busy" },
  snapshot_expired: { status: 503, title: "Snapshot expired" },
  convex_unreachable: { status: 504, title: "Database unreachable" },
  too_many_identities: { status: 422, title: "Too many people" },
  too_large: { status: 507, title: "Export too large" },
  disk_full: { status: 507, title: "Disk full" },
  busy: { status: 503, title: "Too many exports" },
  stopping: { status: 503, title: "Portal restarting" },
  timed_out: { status: 504, title: "Export timed out" },
  cancelled: { status: 409, title: "Cancelled" }, // nobody reads it where the client is gone
  internal: { status: 500, title: "Internal error" },
};

/** Seconds after which to try again where Convex does not say. */
const RETRY_AFTER_SECONDS = 5;

/** The answer to a failed export, page or check; logs the cause. Other errors are rethrown. */
export function exportProblem(error: unknown, { requestId, log }: RequestContext): Response {
  if (
    error instanceof FilterError ||
    (error instanceof ExportError && error.code === "bad_segment")
  ) {
    return problemResponse({
      status: 400,
      title: "Bad parameters",
      detail: error.problems.map((p) => `${p.parameter} ${p.message}`).join(". ") + ".",
      requestId,
      problems: error.problems,
    });
  }
  if (!(error instanceof ExportError)) throw error;
  const { status, title } = PROBLEMS[error.code];
  log.warn({ code: error.code, detail: error.detail, cause: describeCause(error.cause) }, title);
  const retryAfter = error.retryAfterSeconds ?? RETRY_AFTER_SECONDS;
  return problemResponse(
    { status, title, detail: error.message, requestId },
    status === 503 ? { "Retry-After": String(retryAfter) } : {},
  );
}

/** Names of an error and its causes, without messages of others' making that may quote data. */
export function describeCause(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const code = (cause as { code?: unknown }).code;
  const own = typeof code === "string" ? `${cause.name} ${code}` : cause.name;
  const causes: unknown[] = cause instanceof AggregateError ? cause.errors : [cause.cause];
  const inner = causes.map(describeCause).filter((name) => name !== undefined);
  return inner.length === 0 ? own : `${own} < ${inner.join(", ")}`;
}
