/**
 * Everything that can end an export without a file, as a closed list. The messages are for the
 * administrator: what to do, and nothing about the inside. The cause is for the log.
 */
const MESSAGES = {
  unauthenticated: "Your session has ended. Sign in again.",
  forbidden: "Only a system administrator may export the database.",
  run_exists: "This export was started before. Start it again from the export page.",
  unknown_table: "The database does not have a table that was asked for.",
  bad_segment: "The database has no such segment.",
  segment_too_large:
    "The segment has more documents than a segment may have. Narrow it down, or export the whole database.",
  convex_refused:
    "The database refused the portal's key. Ask whoever runs the portal to check CONVEX_DEPLOY_KEY.",
  convex_failed:
    "The database could not answer. If it happens again, ask whoever runs the portal to look up the request id in its log.",
  convex_overloaded: "The database is busy. Try again in a moment.",
  convex_unreachable: "The database could not be reached. Try again in a moment.",
  snapshot_expired:
    "The database changed too fast to be read as one snapshot. Try again at a quieter time, or export less of it. A full export that is not pseudonymised can have consistency=rolling in its address, for a file that is not of one moment.",
  page_too_large:
    "The database could not read a part of itself within its limits. Ask whoever runs the portal to look up the request id in its log.",
  incomplete: "What was read did not add up to a complete export, so no file was made. Try again.",
  too_many_identities:
    "The database names more people than a pseudonymised export can look for. Export fewer tables, none of them with people or free text, or the profile redacted.",
  too_large:
    "The export is larger than this portal may hold. Ask whoever runs the portal to raise EXPORT_DISK_BYTES.",
  disk_full:
    "The portal's disk is full, so the export could not be held. Ask whoever runs the portal to free space or to set EXPORT_SPOOL_DIRECTORY.",
  busy: "This portal is making as many exports as it may. Try again in a moment.",
  stopping: "The portal is restarting. Try again in a moment.",
  timed_out:
    "The export took longer than it may (EXPORT_CAPTURE_SECONDS). Export fewer tables, or try again at a quieter time.",
  cancelled: "The export was cancelled.",
  internal: "Something went wrong in the portal. Try again.",
} as const;

export type ExportErrorCode = keyof typeof MESSAGES;

/** What to tell the administrator about a code, also one read back from an audit row. */
export function exportErrorMessage(code: string | undefined): string {
  return MESSAGES[isExportErrorCode(code) ? code : "internal"];
}

/** An expected failure. `detail` is for the log: it names the cause and holds no secret. */
export class ExportError extends Error {
  override readonly name = "ExportError";
  readonly retryAfterSeconds: number | undefined;
  /** What is wrong with which filter, in words for the administrator; for `bad_segment`. */
  readonly problems: readonly { parameter: string; message: string }[];

  constructor(
    readonly code: ExportErrorCode,
    readonly detail: string,
    options: {
      cause?: unknown;
      retryAfterSeconds?: number;
      problems?: readonly { parameter: string; message: string }[];
    } = {},
  ) {
    super(MESSAGES[code], { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.problems = options.problems ?? [];
  }
}

/** Whether a string is one of the codes, e.g. one that a Convex function threw. */
export function isExportErrorCode(code: unknown): code is ExportErrorCode {
  return typeof code === "string" && Object.hasOwn(MESSAGES, code);
}
