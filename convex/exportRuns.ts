import { ConvexError, v } from "convex/values";
import { internalMutation, internalQuery } from "./functions";
import { actorValidator, requireSystemAdmin } from "./model/actors";
import { findRun } from "./model/exportRuns";
import schema from "./schema";

const runFields = schema.tables.export_runs.validator.fields;

/**
 * Writes the audit row of an export before anything is read. Starting the same run again is
 * refused: a run key belongs to one export.
 */
export const start = internalMutation({
  args: {
    actor: actorValidator,
    runKey: v.string(),
    startedAt: v.number(),
    exportType: runFields.export_type,
    filters: runFields.filters,
    format: v.string(),
    privacy: v.string(),
    address: v.optional(v.string()),
    userAgent: v.optional(v.string()),
    requestId: v.optional(v.string()),
  },
  returns: v.null(),
  handler: async (ctx, args) => {
    const exporter = await requireSystemAdmin(ctx, args.actor);
    if ((await findRun(ctx, args.runKey)) !== null) {
      throw new ConvexError({ code: "run_exists", message: "This export was started before." });
    }
    await ctx.db.insert("export_runs", {
      run_key: args.runKey,
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
      outcome: "running",
      started_at: args.startedAt,
    });
    return null;
  },
});

/**
 * Writes how a run ended. Repeating it is harmless, and a finished row never changes. It asks
 * for no role: also the end of an export whose session was taken away must be on record.
 */
export const finish = internalMutation({
  args: {
    runKey: v.string(),
    finishedAt: v.number(),
    outcome: v.union(v.literal("completed"), v.literal("failed"), v.literal("cancelled")),
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
    const run = await findRun(ctx, args.runKey);
    if (run === null) {
      throw new ConvexError({ code: "unknown_run", message: "There is no such export run." });
    }
    if (run.outcome !== "running") return null;
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

/** One run as the page shows it, or null. Address and user agent stay in the audit row. */
export const get = internalQuery({
  args: { actor: actorValidator, runKey: v.string() },
  returns: v.union(
    v.null(),
    v.object({
      runKey: v.string(),
      outcome: runFields.outcome,
      startedAt: v.number(),
      finishedAt: v.optional(v.number()),
      errorCode: v.optional(v.string()),
      requestId: v.optional(v.string()),
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
      startedAt: run.started_at,
      finishedAt: run.finished_at,
      errorCode: run.error_code,
      requestId: run.request_id,
      fileName: run.file_name,
      totalRecords: run.total_records,
      bytes: run.bytes,
      digest: run.digest,
    };
  },
});
