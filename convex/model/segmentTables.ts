import type { ExportTable } from "../exportPolicy";

/**
 * How the documents of a segment are found: what each table belongs to, and the index that leads
 * from an owner to what it owns. Plain data: the portal plans by it, the functions read by it.
 */

/** What documents are looked up by: the id of an owner, or the time alone. */
export type Owner = "company" | "site" | "participant" | "incident" | "user" | "time";

export const OWNERS = [
  "company",
  "site",
  "participant",
  "incident",
  "user",
  "time",
] as const satisfies readonly Owner[];

export interface Scan {
  index: string;
  /** The index's first field, which holds the owner's id; null for `time`. */
  owner: string | null;
  /** What dates apply to: the index's next field; undefined where dates select nothing. */
  time?: "created_at" | "_creationTime";
  /** The time is not in the index; what is out of range is read and dropped. */
  isTimeFiltered?: true;
  /** Documents with this field belong to another owner, by which they are found. */
  unless?: string;
}

const BY_INCIDENT = { incident: { index: "by_incident", owner: "incident_id" } } as const;

const BY_TIME = { index: "by_creation_time", owner: null, time: "_creationTime" } as const;

/**
 * Tables that are not here belong to the platform (`ai_prompts`) or are owners themselves
 * (`companies`), and have no scan. A child of an incident has none but `incident`.
 */
const SCANS: Readonly<Record<ExportTable, Readonly<Partial<Record<Owner, Scan>>>>> = {
  companies: {},
  users: { company: { index: "by_company", owner: "company_id" } },
  user_invitations: {
    company: { index: "by_company", owner: "company_id", time: "_creationTime" },
    time: BY_TIME,
  },
  sites: { company: { index: "by_company", owner: "company_id" } },
  sessions: {
    user: { index: "by_user_id", owner: "userId", time: "_creationTime" },
    time: BY_TIME,
  },
  accounts: { user: { index: "by_user_id", owner: "userId" } },
  password_reset_tokens: {
    user: { index: "by_user_id", owner: "userId", time: "_creationTime" },
    time: BY_TIME,
  },
  // It belongs to whom it was about: the administrator is of the platform.
  impersonation_sessions: {
    user: { index: "by_target_user", owner: "target_user_id", time: "_creationTime" },
    time: BY_TIME,
  },
  participants: {
    company: { index: "by_company", owner: "company_id" },
    site: { index: "by_site", owner: "site_id" },
  },
  incidents: {
    company: { index: "by_company_created", owner: "company_id", time: "created_at" },
    participant: { index: "by_participant", owner: "participant_id", time: "created_at" },
    time: { index: "by_created", owner: null, time: "created_at" },
  },
  incident_narratives: BY_INCIDENT,
  clarification_questions: BY_INCIDENT,
  clarification_answers: BY_INCIDENT,
  incident_analysis: BY_INCIDENT,
  incident_classifications: BY_INCIDENT,
  ai_prompts: {},
  ai_request_logs: {
    ...BY_INCIDENT,
    user: {
      index: "by_user",
      owner: "user_id",
      time: "created_at",
      isTimeFiltered: true,
      unless: "incident_id",
    },
    time: { index: "by_created", owner: null, time: "created_at", unless: "incident_id" },
  },
  workflow_handoffs: BY_INCIDENT,
};

/** The scans of a table; none of one that is not exported. */
export function scansOf(table: string): Readonly<Partial<Record<Owner, Scan>>> {
  return (SCANS as Readonly<Record<string, Readonly<Partial<Record<Owner, Scan>>>>>)[table] ?? {};
}
