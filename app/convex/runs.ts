import type { FunctionArgs } from "convex/server";
import { internal } from "../../convex/_generated/api";
import type { ExportFile } from "../export/document";
import type { AuditEntry } from "../export/history";
import { COMMAND_LINE, type HistoryQuery } from "../export/history-query";
import type { RunRecorder } from "../export/run";
import { pickSegment, type SegmentFilter } from "../export/segment-filter";
import type { Actor } from "./accounts";
import type { ConvexClient } from "./client";

/** Where a request came from, for the audit trail. */
export interface RequestOrigin {
  requestId?: string;
  address?: string;
  userAgent?: string;
}

/** Where an export was asked for, for the audit row. */
export interface RunOrigin extends RequestOrigin {
  runKey: string;
}

/** Longest user agent kept in an audit row, in characters. */
const USER_AGENT_LENGTH = 256;

/** Writing the same twice is harmless, so an answer that got lost costs no export. */
const REPEATABLE = { idempotent: true };

/**
 * The end of a run is tried for longer: Convex may restart, and then a delivered file would be on record
 * as interrupted. A row waits five minutes for it before it is closed (`convex/model/exportRuns.ts`).
 */
const UNTIL_RECORDED = { ...REPEATABLE, persistMs: 90_000 };

/** Keeps the audit row of one run in Convex. One recorder is for one export. */
export function createRunRecorder(
  client: ConvexClient,
  actor: Actor,
  { runKey, requestId, address, userAgent }: RunOrigin,
): RunRecorder {
  // Tells this export's repeated start from another export that was given the same run key.
  const attemptKey = crypto.randomUUID();
  return {
    async start({ startedAt, aliveUntil, exportType, request }) {
      const args: FunctionArgs<typeof internal.exportRuns.start> = {
        actor,
        runKey,
        attemptKey,
        startedAt: startedAt.getTime(),
        aliveUntil: aliveUntil.getTime(),
        exportType,
        filters: filtersOf(request),
        format: request.format,
        privacy: request.privacy,
        consistency: request.consistency,
        ...(request.reason === undefined ? {} : { reason: request.reason }),
        requestId,
        address,
        userAgent: userAgent?.slice(0, USER_AGENT_LENGTH),
      };
      await client.mutation(internal.exportRuns.start, args, REPEATABLE);
    },

    async progress({ aliveUntil, file, ...progress }) {
      const args = {
        runKey,
        aliveUntil: aliveUntil.getTime(),
        ...progress,
        ...(file === undefined ? {} : { file: describeFile(file) }),
      };
      await client.mutation(internal.exportRuns.progress, args, REPEATABLE);
    },

    async finish(end) {
      const args = {
        runKey,
        finishedAt: end.finishedAt.getTime(),
        outcome: end.outcome,
        ...(end.outcome === "failed" ? { errorCode: end.errorCode } : {}),
        ...(end.file === undefined ? {} : describeFile(end.file)),
      };
      await client.mutation(internal.exportRuns.finish, args, UNTIL_RECORDED);
    },
  };
}

/** The filters of a segment as lists of texts. */
function filtersOf(request: SegmentFilter): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(pickSegment(request)).map(([name, value]: [string, string | string[]]) => [
      name,
      typeof value === "string" ? [value] : value,
    ]),
  );
}

function describeFile({ name, bytes, digest, metadata }: ExportFile) {
  return {
    fileName: name,
    bytes,
    digest: digest.toString("hex"),
    totalRecords: metadata.totalRecords,
    recordCounts: metadata.recordCounts,
    snapshotAt: Date.parse(metadata.snapshotTimestamp),
  };
}

/** A refused attempt, with the hash of the session's token. */
export type DeniedAttempt = Pick<
  FunctionArgs<typeof internal.exportRuns.deny>,
  "tokenHash" | "attempt" | "reason"
>;

/** Records that a session was refused the export page or a download. */
export async function recordDenial(
  client: ConvexClient,
  denied: DeniedAttempt,
  { requestId, address, userAgent }: RequestOrigin,
): Promise<void> {
  await client.mutation(internal.exportRuns.deny, {
    ...denied,
    requestId,
    address,
    userAgent: userAgent?.slice(0, USER_AGENT_LENGTH),
  });
}

/**
 * A run as the page that follows it shows it, or null where there is none with this key.
 * @param now By the portal's clock, in ms.
 */
export async function findRun(
  client: ConvexClient,
  actor: Actor,
  runKey: string,
  now = Date.now(),
) {
  const run = await client.query(internal.exportRuns.get, { actor, runKey });
  return run && asOf(run, now);
}

/** Likewise, with all that is on record of it. */
export async function findRunDetails(
  client: ConvexClient,
  actor: Actor,
  runKey: string,
  now = Date.now(),
) {
  const run = await client.query(internal.exportRuns.details, { actor, runKey });
  return run && asOf(run, now);
}

/** Whether somebody asked to cancel a run, at whichever portal. */
export function isCancelAsked(client: ConvexClient, runKey: string): Promise<boolean> {
  return client.query(internal.exportRuns.isCancelAsked, { runKey });
}

/** Asks whichever process makes a run to cancel it. One that has ended stays as it is. */
export async function askToCancelRun(
  client: ConvexClient,
  actor: Actor,
  runKey: string,
): Promise<void> {
  await client.mutation(internal.exportRuns.cancel, { actor, runKey }, REPEATABLE);
}

/**
 * The latest entries of the audit trail, and the runs of the actor that still run, newest first.
 * @param now By the portal's clock, in ms.
 */
export async function findRecent(client: ConvexClient, actor: Actor, now = Date.now()) {
  const { entries, open } = await client.query(internal.exportRuns.recent, { actor });
  return {
    entries: entries.map((entry) => entryAsOf(entry, now)),
    running: open.map((run) => asOf(run, now)).filter(({ outcome }) => outcome === "running"),
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * One page of the audit trail, newest first, and where the next one begins.
 * @param now By the portal's clock, in ms.
 */
export async function findHistory(
  client: ConvexClient,
  actor: Actor,
  { outcome, who, since, until, before }: HistoryQuery,
  now = Date.now(),
) {
  const page = await client.query(internal.exportRuns.history, {
    actor,
    outcome,
    user: who === COMMAND_LINE ? null : who,
    from: since === undefined ? undefined : Date.parse(since),
    to: until === undefined ? undefined : Date.parse(until) + DAY_MS,
    before,
  });
  return { ...page, entries: page.entries.map((entry) => entryAsOf(entry, now)) };
}

/**
 * The latest runs that made a file with this SHA-256, five at most, newest first; none where no
 * export on record did.
 * @param digest 64 hex digits in lower case.
 * @param now By the portal's clock, in ms.
 */
export async function findRunsByDigest(
  client: ConvexClient,
  actor: Actor,
  digest: string,
  now = Date.now(),
): Promise<(AuditEntry & { kind: "run" })[]> {
  const runs = await client.query(internal.exportRuns.findByDigest, { actor, digest });
  return runs.map((run) => asOf(run, now));
}

function entryAsOf(entry: AuditEntry, now: number): AuditEntry {
  return entry.kind === "run" ? asOf(entry, now) : entry;
}

/** One that gave no sign of life in time is `interrupted`, also before Convex has written so. */
function asOf<T extends { outcome: string; aliveUntil?: number; finishedAt?: number }>(
  run: T,
  now: number,
): T | (Omit<T, "outcome" | "finishedAt"> & { outcome: "interrupted"; finishedAt: number }) {
  if (run.outcome !== "running" || run.aliveUntil === undefined || run.aliveUntil >= now) {
    return run;
  }
  return { ...run, outcome: "interrupted", finishedAt: run.aliveUntil };
}
