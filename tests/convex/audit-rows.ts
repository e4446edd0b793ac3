import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import {
  makeFunctionReference,
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
} from "convex/server";
import type { Value } from "convex/values";
import { internal } from "../../convex/_generated/api";
import type { Doc } from "../../convex/_generated/dataModel";
import { COMMAND_LINE, HOUR_MS, TestConvex } from "../support/convex";

export type Start = FunctionArgs<typeof internal.exportRuns.start>;
export type Progress = FunctionArgs<typeof internal.exportRuns.progress>;
export type Finish = FunctionArgs<typeof internal.exportRuns.finish>;
export type Run = NonNullable<FunctionReturnType<typeof internal.exportRuns.get>>;
export type Row = Doc<"export_runs">;
export type Deny = FunctionArgs<typeof internal.exportRuns.deny>;

const FUNCTIONS_DIR = fileURLToPath(new URL("../fixtures/audit-functions", import.meta.url));

type Listing<T> = FunctionReference<"query", "internal", Record<string, never>, T[]>;

const listRows = makeFunctionReference<"query">("rows:list") as unknown as Listing<Row>;
const listDenials = makeFunctionReference<"query">("rows:denials") as unknown as Listing<
  Doc<"export_denials">
>;

type Cost<Args extends Record<string, Value | undefined>> = FunctionReference<
  "query",
  "internal",
  Args,
  number
>;

const recentCost = makeFunctionReference<"query">("rows:costOfRecent") as unknown as Cost<{
  userId: string;
}>;
const historyCost = makeFunctionReference<"query">("rows:costOfHistory") as unknown as Cost<
  Omit<FunctionArgs<typeof internal.exportRuns.history>, "actor">
>;

/** A database of audit rows only, which can be looked at as they are stored. */
export class AuditRows {
  private constructor(readonly convex: TestConvex) {}

  static async open(): Promise<AuditRows> {
    return new AuditRows(await TestConvex.start({ functionsDir: FUNCTIONS_DIR }));
  }

  all(): Promise<Row[]> {
    return this.convex.client.query(listRows, {});
  }

  denials(): Promise<Doc<"export_denials">[]> {
    return this.convex.client.query(listDenials, {});
  }

  /** Documents that the export page's part of the audit trail reads. */
  costOfRecent(userId: string): Promise<number> {
    return this.convex.client.query(recentCost, { userId });
  }

  /** Documents that a page of the history reads. */
  costOfHistory(filter: FunctionArgs<typeof historyCost>): Promise<number> {
    return this.convex.client.query(historyCost, filter);
  }

  /** The rows of a run: one, or none. */
  async of(runKey: string): Promise<Row[]> {
    return (await this.all()).filter((row) => row.run_key === runKey);
  }

  start(start: Partial<Start> = {}): Promise<null> {
    return this.convex.client.mutation(internal.exportRuns.start, startOf(start));
  }

  progress(progress: Progress): Promise<null> {
    return this.convex.client.mutation(internal.exportRuns.progress, progress);
  }

  finish(finish: Finish): Promise<null> {
    return this.convex.client.mutation(internal.exportRuns.finish, finish);
  }

  deny(deny: Deny): Promise<null> {
    return this.convex.client.mutation(internal.exportRuns.deny, deny);
  }

  /** Starts a run of the command line, alive for an hour, and returns its key. */
  async startRun(start: Partial<Start> = {}): Promise<string> {
    const runKey = randomUUID();
    await this.start({ runKey, ...start });
    return runKey;
  }
}

/** What a portal writes at the start of a run. */
export function startOf(start: Partial<Start> = {}): Start {
  return {
    actor: COMMAND_LINE,
    runKey: randomUUID(),
    attemptKey: randomUUID(),
    startedAt: 1000,
    aliveUntil: Date.now() + HOUR_MS,
    exportType: "full",
    filters: {},
    format: "json",
    privacy: "redacted",
    consistency: "snapshot",
    ...start,
  };
}

export const COMPLETED = {
  outcome: "completed",
  finishedAt: 2000,
  snapshotAt: 1500,
  fileName: "file.json",
  recordCounts: { users: 2, sites: 0 },
  totalRecords: 2,
  bytes: 345,
  digest: "ab".repeat(32),
} as const;

export const PROGRESS = {
  phase: "capturing",
  aliveUntil: 9_000_000_000_000,
  totalRecords: 10,
  estimatedBytes: 5000,
  recordCounts: { users: 1, sites: 3 },
  capturedBytes: 2000,
} as const;
