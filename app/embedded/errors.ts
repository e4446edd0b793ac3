import { ConvexError, convexToJson, type Value } from "convex/values";

/** A failure of the request itself: answered with this status and `{code, message}`. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A refusal by Convex rather than an exception in a function (bad arguments, missing function,
 * value too large). Reported with status 200 and without the "Uncaught" of an exception.
 */
export class FunctionRefusedError extends Error {
  override readonly name = "FunctionRefusedError";
}

/** What went wrong when starting: a bad option, a taken port, data that cannot be loaded. */
export class EmbeddedConvexError extends Error {
  override readonly name = "EmbeddedConvexError";
}

const INTERNAL_SERVER_ERROR_CODE = "InternalServerError";
const INTERNAL_SERVER_ERROR_MESSAGE = "Your request couldn't be completed. Try again later.";

/** The answer to a timestamp whose snapshot is gone: looks transient, but never succeeds. */
export function outOfRetentionError(): HttpError {
  return new HttpError(503, INTERNAL_SERVER_ERROR_CODE, INTERNAL_SERVER_ERROR_MESSAGE);
}

/** The answer to anything that is Convex's own fault, and to future or malformed timestamps. */
export function internalServerError(): HttpError {
  return new HttpError(500, INTERNAL_SERVER_ERROR_CODE, INTERNAL_SERVER_ERROR_MESSAGE);
}

/**
 * The error that `paginate` raises for a cursor of another query. The client library of functions
 * turns an error with `data` (as JSON) into a `ConvexError`.
 */
export function invalidCursorError(): Error {
  const data: Value = { isConvexSystemError: true, paginationError: "InvalidCursor" };
  return Object.assign(
    new Error(
      "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor " +
        "is from a different query.",
    ),
    { data: convexToJson(data) },
  );
}

/** What a client is told about a failed function. */
export interface FunctionFailure {
  message: string;
  /** `data` of a ConvexError; absent for all other errors. */
  data?: Value;
}

/**
 * Describes an error thrown by a function, or by Convex on its behalf.
 * `functionsDir` (absolute) is stripped from stack frames; frames outside of it are left out.
 */
export function describeFunctionFailure(thrown: unknown, functionsDir: string): FunctionFailure {
  if (thrown instanceof FunctionRefusedError) {
    return { message: `${thrown.message}\n` };
  }
  if (!(thrown instanceof Error)) {
    return { message: `Uncaught ${String(thrown)}\n` };
  }
  const headline = `Uncaught ${thrown.name}: ${thrown.message}`;
  const message = [headline, ...frames(thrown, functionsDir)].map((line) => `${line}\n`).join("");
  return thrown instanceof ConvexError ? { message, data: thrown.data as Value } : { message };
}

/** Stack frames inside the functions' folder, with paths as a deployment shows them. */
function frames(error: Error, functionsDir: string): string[] {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && line.includes(`${functionsDir}/`))
    .map((line) =>
      line.replaceAll("file://", "").replaceAll(`${functionsDir}/`, "../convex/").trimEnd(),
    );
}
