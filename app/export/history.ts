import { exportErrorMessage } from "./errors";

/** An entry of the audit trail: an export, or one that was refused. Times in ms since the epoch. */
export type AuditEntry =
  | {
      kind: "run";
      runKey: string;
      /** Name of the user, or of the command line. */
      who: string;
      /** Absent for the command line, as the role. */
      userId?: string;
      role?: string;
      startedAt: number;
      finishedAt?: number;
      privacy: string;
      consistency?: string;
      filters: Record<string, string[]>;
      reason?: string;
      outcome: "running" | "completed" | "failed" | "cancelled" | "interrupted";
      /** Name of the administrator who asked to cancel it. */
      cancelAskedBy?: string;
      errorCode?: string;
      requestId?: string;
      /** Of the file, also where its delivery failed. */
      fileName?: string;
      totalRecords?: number;
      bytes?: number;
      /** SHA-256, hex. */
      digest?: string;
    }
  | {
      kind: "denial";
      id: string;
      who: string;
      userId: string;
      role: string;
      /** Name of the administrator who acted as `who`. */
      impersonatedBy?: string;
      deniedAt: number;
      attempt: "page" | "download";
      reason: "role" | "impersonation" | "other_site";
    };

/** An entry as the export page shows it. Empty lists and absent fields are not shown. */
export interface HistoryEntry {
  key: string;
  /** Of an export: finds its page. */
  runKey?: string;
  who: string;
  /** Absent for the command line. */
  userId?: string;
  role?: string;
  /** When it began, ms since the epoch. */
  at: number;
  /** What was asked for, e.g. "All tables". */
  what: string[];
  /** In the administrator's words. */
  reason?: string;
  records?: number;
  bytes?: number;
  /** SHA-256 of the file, hex. */
  digest?: string;
  durationMs?: number;
  outcome: "running" | "completed" | "failed" | "cancelled" | "interrupted" | "denied";
  /** What the outcome means, where its name does not say it. */
  meaning?: string;
  /** Finds a failure in the log. */
  requestId?: string;
}

const DENIALS = {
  role: "Not a system administrator.",
  impersonation: "An impersonation session.",
  other_site: "Asked for by a page of another site.",
} as const;

const ATTEMPTS = { page: "Export page", download: "Download" } as const;

/**
 * What an outcome means, where its name does not say it.
 * @param by Name of whoever cancelled it.
 */
export function describeOutcome(
  outcome: (AuditEntry & { kind: "run" })["outcome"],
  { errorCode, cancelAskedBy: by }: { errorCode?: string; cancelAskedBy?: string },
): string | undefined {
  switch (outcome) {
    case "failed":
      return exportErrorMessage(errorCode);
    case "cancelled":
      return by === undefined
        ? "The client went away before it had the file."
        : `Cancelled by ${by}.`;
    case "interrupted":
      return "The portal stopped during this export.";
    case "running":
    case "completed":
      return undefined;
  }
}

/** The audit trail in words for the administrator. */
export function describeHistory(entries: readonly AuditEntry[]): HistoryEntry[] {
  return entries.map((entry) => {
    if (entry.kind === "denial") {
      const { id, who, userId, role, impersonatedBy, deniedAt, attempt, reason } = entry;
      return {
        key: id,
        userId,
        who: impersonatedBy === undefined ? who : `${who}, impersonated by ${impersonatedBy}`,
        role,
        at: deniedAt,
        what: [ATTEMPTS[attempt]],
        outcome: "denied",
        meaning: DENIALS[reason],
      };
    }
    const { runKey, who, userId, role, startedAt, finishedAt, outcome, bytes } = entry;
    return {
      key: runKey,
      runKey,
      who,
      userId,
      role,
      at: startedAt,
      what: describeSelection(entry),
      reason: entry.reason,
      records: entry.totalRecords,
      bytes,
      digest: entry.digest,
      durationMs: finishedAt === undefined ? undefined : Math.max(0, finishedAt - startedAt),
      outcome,
      meaning: describeOutcome(outcome, entry),
      requestId: outcome === "failed" ? entry.requestId : undefined,
    };
  });
}

/** The privacy profiles, as the form of an export names them. */
const PEOPLE: Record<string, string> = {
  redacted: "people by name",
  pseudonymised: "people under pseudonyms",
};

/** What an export was asked for, in words, e.g. "All tables" and "people by name". */
export function describeSelection({
  filters,
  privacy,
  consistency,
}: Pick<AuditEntry & { kind: "run" }, "filters" | "privacy" | "consistency">): string[] {
  const { tables, ...others } = filters;
  return [
    tables === undefined ? "All tables" : `Only ${tables.join(", ")}`,
    ...Object.entries(others).map(([name, values]) => `${name}: ${values.join(", ")}`),
    PEOPLE[privacy] ?? privacy,
    ...(consistency === "rolling" ? ["rolling"] : []),
  ];
}
