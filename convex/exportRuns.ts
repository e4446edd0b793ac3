import { ConvexError, v } from "convex/values";
import { internalMutation, internalQuery } from "./functions";
import { actorValidator, requireSystemAdmin } from "./model/actors";
import {
  auditEntry,
  closeInterruptedRuns,
  findRun,
  findRunningRun,
  findRunsByDigest,
  listedRun,
  readLatestEntries,
  recordDenial,
} from "./model/exportRuns";
import schema from "./schema";
import { deniedAttempt, denialReason, runConsistency, runEnd, runProgress } from "./tables/portal";

const runFields = schema.tables.export_runs.validator.fields;

/** SHA-256 as audit rows have it. */
const DIGEST = /^[\da-f]{64}$/;

/** How far a run has come, as it is told and shown. */
const progressFields = {
  phase: runProgress.fields.phase,
  /** Of all tables asked for, and the size of the file that the plan estimates. */
  totalRecords: v.number(),
  estimatedBytes: v.number(),
  /** Captured so far, per table. */
  recordCounts: runProgress.fields.record_counts,
  capturedBytes: v.number(),
  /** While the file is delivered: handed to the network so far, of `fileBytes`. */
  sentBytes: v.optional(v.number()),
  fileBytes: v.optional(v.number()),
};

/**
 * Writes the audit row of an export before anything is read. A run key belongs to one export:
 * starting it again is refused, except for whoever did and may not have heard of it, known by the
 * attempt key. Runs whose process stopped are closed on the way.
 */
export const start = internalMutation({
  args: {
    actor: actorValidator,
    runKey: v.string(),
    attemptKey: v.string(),
    startedAt: v.number(),
    aliveUntil: v.number(),
    exportType: runFields.export_type,
    filters: runFields.filters,
    format: v.string(),
    privacy: v.string(),
    consistency: runConsistency,
    reason: v.optional(v.string()),
    address: v.optional(v.string()),
    userAgent: v.optional(v.string()),
    requestId: v.optional(v.string()),
  },
  returns: v.null(),
  handler: async (ctx, args) => {
    const exporter = await requireSystemAdmin(ctx, args.actor);
    const started = await findRun(ctx, args.runKey);
    if (started !== null) {
      if (started.attempt_key === args.attemptKey) return null;
      throw new ConvexError({ code: "run_exists", message: "This export was started before." });
    }
    await closeInterruptedRuns(ctx);
    await ctx.db.insert("export_runs", {
      run_key: args.runKey,
      attempt_key: args.attemptKey,
      actor_kind: exporter.kind,
      actor_name: exporter.name,
      actor_role: exporter.role,
      user_id: exporter.userId,
      address: args.address,
      user_agent: args.userAgent,
      request_id: args.requestId,
      export_type: args.exportType,
      filters: args.filters,
      format: args.format,
      privacy: args.privacy,
      consistency: args.consistency,
      reason: args.reason,
      outcome: "running",
      started_at: args.startedAt,
      alive_until: args.aliveUntil,
    });
    return null;
  },
});

/**
 * Writes how far a run has come, which is also a sign of life. Repeating it is harmless, and a
 * finished row never changes. Like `finish` it asks for no role: it tells what the deploy key's
 * holder does, and reads nothing.
 * @throws ConvexError `unknown_run`
 */
export const progress = internalMutation({
  args: { runKey: v.string(), aliveUntil: v.number(), ...progressFields },
  returns: v.null(),
  handler: async (ctx, args) => {
    const run = await findRunningRun(ctx, args.runKey);
    if (run === null) return null;
    await ctx.db.patch(run._id, {
      alive_until: args.aliveUntil,
      progress: {
        phase: args.phase,
        total_records: args.totalRecords,
        estimated_bytes: args.estimatedBytes,
        record_counts: args.recordCounts,
        captured_bytes: args.capturedBytes,
        sent_bytes: args.sentBytes,
        file_bytes: args.fileBytes,
      },
    });
    return null;
  },
});

/**
 * Writes how a run ended. Repeating it is harmless, and a finished row never changes. It asks
 * for no role: also the end of an export whose session was taken away must be on record.
 * @throws ConvexError `unknown_run`
 */
export const finish = internalMutation({
  args: {
    runKey: v.string(),
    finishedAt: v.number(),
    outcome: runEnd,
    errorCode: runFields.error_code,
    snapshotAt: runFields.snapshot_at,
    fileName: runFields.file_name,
    recordCounts: runFields.record_counts,
    totalRecords: runFields.total_records,
    bytes: runFields.bytes,
    digest: runFields.digest,
  },
  returns: v.null(),
  handler: async (ctx, args) => {
    const run = await findRunningRun(ctx, args.runKey);
    if (run === null) return null;
    await ctx.db.patch(run._id, {
      outcome: args.outcome,
      finished_at: args.finishedAt,
      error_code: args.errorCode,
      snapshot_at: args.snapshotAt,
      file_name: args.fileName,
      record_counts: args.recordCounts,
      total_records: args.totalRecords,
      bytes: args.bytes,
      digest: args.digest,
    });
    return null;
  },
});

/**
 * One run as the page shows it, or null. Address and user agent stay in the audit row. The
 * outcome is as last written: whether a running one is still alive depends on the time, and a
 * query's answers are kept, so that is for the caller to tell from `aliveUntil`.
 */
export const get = internalQuery({
  args: { actor: actorValidator, runKey: v.string() },
  returns: v.union(
    v.null(),
    v.object({
      runKey: v.string(),
      outcome: runFields.outcome,
      consistency: runFields.consistency,
      /** ms since the epoch, as all times here. */
      startedAt: v.number(),
      finishedAt: v.optional(v.number()),
      /** Without another sign of life by then, a running export was interrupted. */
      aliveUntil: v.optional(v.number()),
      /** Absent until the plan is made; of a finished run, how far it had come. */
      progress: v.optional(v.object(progressFields)),
      errorCode: v.optional(v.string()),
      requestId: v.optional(v.string()),
      /** What the file is, or would have been where its delivery failed. */
      fileName: v.optional(v.string()),
      totalRecords: v.optional(v.number()),
      bytes: v.optional(v.number()),
      digest: v.optional(v.string()),
    }),
  ),
  handler: async (ctx, { actor, runKey }) => {
    await requireSystemAdmin(ctx, actor);
    const run = await findRun(ctx, runKey);
    if (run === null) return null;
    return {
      runKey: run.run_key,
      outcome: run.outcome,
      consistency: run.consistency,
      startedAt: run.started_at,
      finishedAt: run.finished_at,
      aliveUntil: run.alive_until,
      progress: run.progress && {
        phase: run.progress.phase,
        totalRecords: run.progress.total_records,
        estimatedBytes: run.progress.estimated_bytes,
        recordCounts: run.progress.record_counts,
        capturedBytes: run.progress.captured_bytes,
        sentBytes: run.progress.sent_bytes,
        fileBytes: run.progress.file_bytes,
      },
      errorCode: run.error_code,
      requestId: run.request_id,
      fileName: run.file_name,
      totalRecords: run.total_records,
      bytes: run.bytes,
      digest: run.digest,
    };
  },
});

/**
 * Records that a session was refused the export page or a download. Who it was is looked up here;
 * a session that is gone leaves no row, nor do more than 20 attempts of a user in 15 minutes.
 */
export const deny = internalMutation({
  args: {
    tokenHash: v.string(),
    attempt: deniedAttempt,
    reason: denialReason,
    address: v.optional(v.string()),
    userAgent: v.optional(v.string()),
    requestId: v.optional(v.string()),
  },
  returns: v.null(),
  handler: async (ctx, { tokenHash, attempt, reason, address, userAgent, requestId }) => {
    const origin = { address, user_agent: userAgent, request_id: requestId };
    await recordDenial(ctx, tokenHash, { attempt, reason, ...origin });
    return null;
  },
});

/** The ten latest exports and refused attempts, newest first. Address and user agent stay away. */
export const recent = internalQuery({
  args: { actor: actorValidator },
  returns: v.array(auditEntry),
  handler: async (ctx, { actor }) => {
    await requireSystemAdmin(ctx, actor);
    return await readLatestEntries(ctx);
  },
});

/**
 * The latest runs, five at most and newest first, that made a file with this SHA-256.
 * @throws ConvexError `bad_digest` where it is not 64 hex digits in lower case
 */
export const findByDigest = internalQuery({
  args: { actor: actorValidator, digest: v.string() },
  returns: v.array(listedRun),
  handler: async (ctx, { actor, digest }) => {
    await requireSystemAdmin(ctx, actor);
    if (!DIGEST.test(digest)) {
      throw new ConvexError({ code: "bad_digest", message: "A SHA-256 has 64 hex digits." });
    }
    return await findRunsByDigest(ctx, digest);
  },
});
