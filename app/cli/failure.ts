import { writeSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import type { ExportDatabase } from "../analysis/database";
import { AnalysisError } from "../analysis/errors";
import type { RunawayQueryError } from "../analysis/run-sql";
import { ExportError, exportErrorMessage, type ExportErrorCode } from "../export/errors";
import { FilterError } from "../export/filters";

/** What the process ends with. Documented in docs/guides/command-line.md. */
export const EXIT = {
  done: 0,
  /** A fault of this program. */
  internal: 1,
  /** The command itself is wrong: nothing was asked for. */
  usage: 2,
  /** The deployment refused. */
  refused: 3,
  /** It could not be reached, or could not answer. It may work later. */
  unavailable: 4,
  /** What was read, or the file that was checked, is not complete. */
  integrity: 5,
  /** `diff --exit-code` found documents that differ. */
  different: 6,
  /** Ended by Ctrl-C (128 + SIGINT), as shells expect it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that cannot be carried out as it was given. The message is for whoever gave it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const EXIT_BY_CODE: Partial<Record<ExportErrorCode, ExitCode>> = {
  convex_refused: EXIT.refused,
  forbidden: EXIT.refused,
  unauthenticated: EXIT.refused,
  segment_too_large: EXIT.usage,
  incomplete: EXIT.integrity,
  cancelled: EXIT.interrupted,
  internal: EXIT.internal,
};

/** Where the portal's words would send somebody who uses the command line to the wrong place. */
const MESSAGES: Partial<Record<ExportErrorCode, string>> = {
  convex_refused:
    "The deployment refused the deploy key. Check CONVEX_URL, and CONVEX_DEPLOY_KEY or --deploy-key-file.",
  convex_failed:
    "The deployment could not answer. Check that the export functions are deployed there.",
  convex_unreachable: "The deployment could not be reached. Check CONVEX_URL, or try again.",
  snapshot_expired:
    "The database changed too fast to be read as one snapshot. Try again at a quieter time, or export less of it. A full export that is not pseudonymised can be made with --consistency rolling, as a file that is not of one moment.",
  page_too_large: "The database could not read a part of itself within its limits.",
  disk_full:
    "The disk is full. Free space, or write to another one (export: --out and --spool-directory).",
  timed_out: "Reading took longer than --timeout allows.",
  internal: "Something went wrong in this program.",
};

export interface Failure {
  exitCode: ExitCode;
  /** In words of the command line; says what to do, and holds no secret. */
  message: string;
  /** The closed list of `app/export/errors.ts`, `usage`, or `internal`. */
  code: string;
}

/** Whether the system had no room for what was to be written. */
export function isForWantOfRoom(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EFBIG"].includes(
    String((error as NodeJS.ErrnoException | undefined)?.code),
  );
}

/** What to say of an error, and what to end with. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError) {
    return { exitCode: EXIT.usage, message: error.message, code: "usage" };
  }
  if (
    error instanceof FilterError ||
    (error instanceof ExportError && error.code === "bad_segment")
  ) {
    const problems = error.problems.map(
      ({ parameter, message }) => `--${parameter.replaceAll(", ", ", --")} ${message}`,
    );
    return { exitCode: EXIT.usage, message: problems.join("\n"), code: "usage" };
  }
  if (error instanceof AnalysisError) {
    const { kind, message } = error;
    return kind === "usage"
      ? { exitCode: EXIT.usage, message, code: "usage" }
      : { exitCode: EXIT.integrity, message, code: "incomplete" };
  }
  if (error instanceof Error && "code" in error && error.code === "EPIPE") {
    const message = "Nobody reads standard output any more.";
    return { exitCode: EXIT.interrupted, message, code: "cancelled" };
  }
  const code = codeOf(error);
  return {
    exitCode: EXIT_BY_CODE[code] ?? EXIT.unavailable,
    message: MESSAGES[code] ?? exportErrorMessage(code),
    code,
  };
}

function codeOf(error: unknown): ExportErrorCode {
  if (error instanceof ExportError) return error.code;
  return isForWantOfRoom(error) ? "disk_full" : "internal";
}

/** Ends the process although a query still runs, which nothing else ends. */
export function endAtOnce(database: ExportDatabase, error: RunawayQueryError): never {
  database.abandon();
  writeSync(process.stderr.fd, `${error.message}\n`);
  process.exit(EXIT.usage);
}

/** @throws UsageError where a file cannot be read, before anything else is done with it */
export async function requireReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read (${String((error as NodeJS.ErrnoException | undefined)?.code)}).`,
    );
  }
}
