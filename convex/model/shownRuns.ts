import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import schema from "../schema";
import { runPhase, runProgress } from "../tables/portal";

const runFields = schema.tables.export_runs.validator.fields;
const denialFields = schema.tables.export_denials.validator.fields;

/** How far a run has come, as it is told and shown. */
export const progressFields = {
  phase: runPhase,
  /** Of all tables asked for, and the size of the file that the plan estimates. */
  totalRecords: v.number(),
  /** Planned, per table. */
  tableRecords: v.optional(v.record(v.string(), v.number())),
  estimatedBytes: v.number(),
  /** Captured so far, per table. */
  recordCounts: runProgress.fields.record_counts,
  capturedBytes: v.number(),
  /** While the file is delivered: handed to the network so far, of `fileBytes`. */
  sentBytes: v.optional(v.number()),
  fileBytes: v.optional(v.number()),
};

/** What the file is, or would have been where its delivery failed. */
const fileFields = {
  fileName: v.optional(v.string()),
  totalRecords: v.optional(v.number()),
  bytes: v.optional(v.number()),
  digest: v.optional(v.string()),
};

const timeFields = {
  /** ms since the epoch, as all times here. */
  startedAt: v.number(),
  finishedAt: v.optional(v.number()),
  /** Without another sign of life by then, a running export was interrupted. */
  aliveUntil: v.optional(v.number()),
};

/** A run as the page that follows it shows it. */
const followedFields = {
  runKey: v.string(),
  kind: runFields.actor_kind,
  outcome: runFields.outcome,
  consistency: runFields.consistency,
  ...timeFields,
  /** Absent until the plan is made; of a finished run, how far it had come. */
  progress: v.optional(v.object(progressFields)),
  /** When somebody asked to cancel it, and who. */
  cancelAskedAt: v.optional(v.number()),
  cancelAskedBy: v.optional(v.string()),
  errorCode: v.optional(v.string()),
  requestId: v.optional(v.string()),
  ...fileFields,
};

export const followedRun = v.object(followedFields);

/** Everything that is on record of a run, but the key of its start. */
export const detailedRun = v.object({
  ...followedFields,
  who: v.string(),
  /** Absent for the command line, as the role. */
  userId: v.optional(v.id("users")),
  role: v.optional(v.string()),
  address: v.optional(v.string()),
  userAgent: v.optional(v.string()),
  exportType: runFields.export_type,
  filters: runFields.filters,
  format: v.string(),
  privacy: v.string(),
  reason: v.optional(v.string()),
  snapshotAt: v.optional(v.number()),
  recordCounts: runFields.record_counts,
});

/** A run as lists show it. */
export const listedRun = v.object({
  kind: v.literal("run"),
  runKey: v.string(),
  who: v.string(),
  userId: v.optional(v.id("users")),
  /** Absent for the command line. */
  role: v.optional(v.string()),
  ...timeFields,
  exportType: runFields.export_type,
  format: v.string(),
  privacy: v.string(),
  consistency: runFields.consistency,
  filters: runFields.filters,
  reason: v.optional(v.string()),
  outcome: runFields.outcome,
  cancelAskedBy: v.optional(v.string()),
  errorCode: v.optional(v.string()),
  requestId: v.optional(v.string()),
  ...fileFields,
});

/** A refused attempt as lists show it. */
export const listedDenial = v.object({
  kind: v.literal("denial"),
  id: v.id("export_denials"),
  who: v.string(),
  userId: v.id("users"),
  role: v.string(),
  /** Name of the administrator behind an impersonation. */
  impersonatedBy: v.optional(v.string()),
  deniedAt: v.number(),
  attempt: denialFields.attempt,
  reason: denialFields.reason,
});

/** An entry of the audit trail. */
export const auditEntry = v.union(listedRun, listedDenial);

export type AuditEntry = Infer<typeof auditEntry>;

type Run = Doc<"export_runs">;

export function toFollowedRun(run: Run): Infer<typeof followedRun> {
  return {
    runKey: run.run_key,
    kind: run.actor_kind,
    outcome: run.outcome,
    consistency: run.consistency,
    ...timesOf(run),
    progress: run.progress && {
      phase: run.progress.phase,
      totalRecords: run.progress.total_records,
      tableRecords: run.progress.table_records,
      estimatedBytes: run.progress.estimated_bytes,
      recordCounts: run.progress.record_counts,
      capturedBytes: run.progress.captured_bytes,
      sentBytes: run.progress.sent_bytes,
      fileBytes: run.progress.file_bytes,
    },
    cancelAskedAt: run.cancel_asked_at,
    cancelAskedBy: run.cancel_asked_by,
    errorCode: run.error_code,
    requestId: run.request_id,
    ...fileOf(run),
  };
}

export function toDetailedRun(run: Run): Infer<typeof detailedRun> {
  return {
    ...toFollowedRun(run),
    who: run.actor_name,
    userId: run.user_id,
    role: run.actor_role,
    address: run.address,
    userAgent: run.user_agent,
    exportType: run.export_type,
    filters: run.filters,
    format: run.format,
    privacy: run.privacy,
    reason: run.reason,
    snapshotAt: run.snapshot_at,
    recordCounts: run.record_counts,
  };
}

export function toListedRun(run: Run): Infer<typeof listedRun> {
  return {
    kind: "run",
    runKey: run.run_key,
    who: run.actor_name,
    userId: run.user_id,
    role: run.actor_role,
    ...timesOf(run),
    exportType: run.export_type,
    format: run.format,
    privacy: run.privacy,
    consistency: run.consistency,
    filters: run.filters,
    reason: run.reason,
    outcome: run.outcome,
    cancelAskedBy: run.cancel_asked_by,
    errorCode: run.error_code,
    requestId: run.request_id,
    ...fileOf(run),
  };
}

export function toListedDenial(denial: Doc<"export_denials">): Infer<typeof listedDenial> {
  return {
    kind: "denial",
    id: denial._id,
    who: denial.user_name,
    userId: denial.user_id,
    role: denial.user_role,
    impersonatedBy: denial.impersonator_name,
    deniedAt: denial.denied_at,
    attempt: denial.attempt,
    reason: denial.reason,
  };
}

function timesOf({ started_at, finished_at, alive_until }: Run) {
  return { startedAt: started_at, finishedAt: finished_at, aliveUntil: alive_until };
}

function fileOf({ file_name, total_records, bytes, digest }: Run) {
  return { fileName: file_name, totalRecords: total_records, bytes, digest };
}
