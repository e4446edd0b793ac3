import { internal } from "../../convex/_generated/api";
import type { ExportFile } from "../export/document";
import type { RunRecorder } from "../export/run";
import type { Actor } from "./accounts";
import type { ConvexClient } from "./client";

/** Where an export was asked for, for the audit row. */
export interface RunOrigin {
  runKey: string;
  requestId?: string;
  address?: string;
  userAgent?: string;
}

/** Longest user agent kept in an audit row, in characters. */
const USER_AGENT_LENGTH = 256;

/** Keeps the audit row of one run in Convex. */
export function createRunRecorder(
  client: ConvexClient,
  actor: Actor,
  { runKey, requestId, address, userAgent }: RunOrigin,
): RunRecorder {
  return {
    async start({ startedAt, exportType, request }) {
      await client.mutation(internal.exportRuns.start, {
        actor,
        runKey,
        startedAt: startedAt.getTime(),
        exportType,
        filters: request.tables === undefined ? {} : { tables: request.tables },
        format: request.format,
        privacy: request.privacy,
        requestId,
        address,
        userAgent: userAgent?.slice(0, USER_AGENT_LENGTH),
      });
    },

    async finish(end) {
      await client.mutation(internal.exportRuns.finish, {
        runKey,
        finishedAt: end.finishedAt.getTime(),
        outcome: end.outcome,
        ...(end.outcome === "failed" ? { errorCode: end.errorCode } : {}),
        ...("file" in end && end.file !== undefined ? describeFile(end.file) : {}),
      });
    },
  };
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

/** A run as the page shows it, or null where there is none with this key. */
export function findRun(client: ConvexClient, actor: Actor, runKey: string) {
  return client.query(internal.exportRuns.get, { actor, runKey });
}
