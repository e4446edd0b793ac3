import { ConvexError, v, type Infer } from "convex/values";
import { internalMutation, internalQuery } from "./functions";
import { actorValidator, requireSystemAdmin } from "./model/actors";
import {
  findOpenRuns,
  findRunsByDigest,
  historyFilter,
  historyPosition,
  listPeople,
  readHistory,
  readLatestEntries,
} from "./model/exportHistory";
import {
  askToCancel,
  closeInterruptedRuns,
  findRun,
  findRunningRun,
  recordDenial,
} from "./model/exportRuns";
import {
  auditEntry,
  detailedRun,
  followedRun,
  listedRun,
  progressFields,
  toDetailedRun,
  toFollowedRun,
  toListedRun,
} from "./model/shownRuns";
import schema from "./schema";
import { deniedAttempt, denialReason, runConsistency, runEnd } from "./tables/portal";

const runFields = schema.tables.export_runs.validator.fields;

/** The file that a run made, where it made one. */
const madeFile = v.object({
  snapshotAt: runFields.snapshot_at,
  fileName: runFields.file_name,
  recordCounts: runFields.record_counts,
  totalRecords: runFields.total_records,
  bytes: runFields.bytes,
  digest: runFields.digest,
});

/** SHA-256 as audit rows have it. */
const DIGEST = /^[\da-f]{64}$/;

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
 * Writes how far a run has come, which is also a sign of life, and the file that it delivers: should
 * its process stop, the digest is on record. Repeating it is harmless, and a finished row never
 * changes. Like `finish` it asks for no role: it tells what the deploy key's holder does, and reads
 * nothing.
 * @throws ConvexError `unknown_run`
 */
export const progress = internalMutation({
  args: {
    runKey: v.string(),
    aliveUntil: v.number(),
    ...progressFields,
    file: v.optional(madeFile),
  },
  returns: v.null(),
  handler: async (ctx, args) => {
    const run = await findRunningRun(ctx, args.runKey);
    if (run === null) return null;
    await ctx.db.patch(run._id, {
      ...(args.file && rowOfFile(args.file)),
      alive_until: args.aliveUntil,
      progress: {
        phase: args.phase,
        total_records: args.totalRecords,
        table_records: args.tableRecords,
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
    ...madeFile.fields,
  },
  returns: v.null(),
  handler: async (ctx, args) => {
    const run = await findRunningRun(ctx, args.runKey);
    if (run === null) return null;
    await ctx.db.patch(run._id, {
      outcome: args.outcome,
      finished_at: args.finishedAt,
      error_code: args.errorCode,
      ...rowOfFile(args),
    });
    return null;
  },
});

function rowOfFile(file: Infer<typeof madeFile>) {
  return {
    snapshot_at: file.snapshotAt,
    file_name: file.fileName,
    record_counts: file.recordCounts,
    total_records: file.totalRecords,
    bytes: file.bytes,
    digest: file.digest,
  };
}

/**
 * Asks the process that makes an export to cancel it, and puts on record who did. One that has
 * ended, and one of the command line, stays as it is. Repeating it is harmless.
 * @throws ConvexError `unknown_run`
 */
export const cancel = internalMutation({
  args: { actor: actorValidator, runKey: v.string() },
  returns: v.null(),
  handler: async (ctx, { actor, runKey }) => {
    const exporter = await requireSystemAdmin(ctx, actor);
    await askToCancel(ctx, runKey, exporter);
    return null;
  },
});

/**
 * Whether somebody asked to cancel a run. It asks for no role: the process that makes or delivers a
 * run asks, also once the session that began it has ended.
 */
export const isCancelAsked = internalQuery({
  args: { runKey: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { runKey }) => {
    const run = await findRun(ctx, runKey);
    return run?.cancel_asked_at !== undefined;
  },
});

/**
 * One run as the page that follows it shows it, or null. Address and user agent stay away. The
 * outcome is as last written: whether a running one is still alive depends on the time, and a
 * query's answers are kept, so that is for the caller to tell from `aliveUntil`.
 */
export const get = internalQuery({
  args: { actor: actorValidator, runKey: v.string() },
  returns: v.union(v.null(), followedRun),
  handler: async (ctx, { actor, runKey }) => {
    await requireSystemAdmin(ctx, actor);
    const run = await findRun(ctx, runKey);
    return run && toFollowedRun(run);
  },
});

/** All that is on record of one run, or null. The outcome is as `get` tells it. */
export const details = internalQuery({
  args: { actor: actorValidator, runKey: v.string() },
  returns: v.union(v.null(), detailedRun),
  handler: async (ctx, { actor, runKey }) => {
    await requireSystemAdmin(ctx, actor);
    const run = await findRun(ctx, runKey);
    return run && toDetailedRun(run);
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

/**
 * What the export page shows of the audit trail: the five latest exports and refused attempts, and
 * at most three runs of whoever asks that have no end on record, all newest first. Address and
 * user agent stay away.
 */
export const recent = internalQuery({
  args: { actor: actorValidator },
  returns: v.object({ entries: v.array(auditEntry), open: v.array(followedRun) }),
  handler: async (ctx, { actor }) => {
    const exporter = await requireSystemAdmin(ctx, actor);
    const open = await findOpenRuns(ctx, exporter);
    return { entries: await readLatestEntries(ctx), open: open.map(toFollowedRun) };
  },
});

/**
 * One page of the audit trail, newest first, with the people that it can be filtered by: at most
 * 50, and 25 entries. The outcome is as `get` tells it. What it costs does not depend on how many
 * rows there are.
 */
export const history = internalQuery({
  args: { actor: actorValidator, ...historyFilter, before: v.optional(historyPosition) },
  returns: v.object({
    entries: v.array(auditEntry),
    next: v.union(v.null(), historyPosition),
    people: v.array(v.object({ userId: v.id("users"), name: v.string() })),
  }),
  handler: async (ctx, { actor, before, ...filter }) => {
    await requireSystemAdmin(ctx, actor);
    const page = await readHistory(ctx, filter, before ?? null);
    return { ...page, people: await listPeople(ctx) };
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
    return (await findRunsByDigest(ctx, digest)).map(toListedRun);
  },
});
