import { v, type Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { runOutcome } from "../tables/portal";
import type { Exporter } from "./actors";
import { toListedDenial, toListedRun, type AuditEntry } from "./shownRuns";

/** Entries of the audit trail that the export page shows. */
const RECENT_ENTRIES = 5;

/** The latest runs of an administrator that may still run: the export page shows one of them. */
const OPEN_RUNS = 3;

/** Runs of one digest that are told: the same bytes may have been delivered more than once. */
const RUNS_OF_A_DIGEST = 5;

/** Entries of a page of the history, and people that its filter offers. */
const PAGE_ENTRIES = 25;
const OFFERED_PEOPLE = 50;

/** Where a page of the history ends: when its last entry began, and when its row was made. */
export const historyPosition = v.object({ at: v.number(), created: v.number() });

/** What is listed; everything where nothing is said. */
export const historyFilter = {
  outcome: v.optional(v.union(runOutcome, v.literal("denied"))),
  /** Id of a user, or null for the command line. */
  user: v.optional(v.union(v.string(), v.null())),
  /** Begun at or after, and before, in ms since the epoch. */
  from: v.optional(v.number()),
  to: v.optional(v.number()),
};

export type HistoryPosition = Infer<typeof historyPosition>;

export interface HistoryFilter {
  outcome?: Infer<typeof runOutcome> | "denied";
  user?: string | null;
  from?: number;
  to?: number;
}

type Found = HistoryPosition & { entry: AuditEntry };

/** The latest runs that made a file of this digest, newest first. */
export async function findRunsByDigest(
  ctx: QueryCtx,
  digest: string,
): Promise<Doc<"export_runs">[]> {
  return await ctx.db
    .query("export_runs")
    .withIndex("by_digest", (q) => q.eq("digest", digest))
    .order("desc")
    .take(RUNS_OF_A_DIGEST);
}

/** The latest runs of whoever asks that have no end on record, newest first. */
export async function findOpenRuns(
  ctx: QueryCtx,
  { userId }: Exporter,
): Promise<Doc<"export_runs">[]> {
  return await ctx.db
    .query("export_runs")
    .withIndex("by_user_outcome_started", (q) => q.eq("user_id", userId).eq("outcome", "running"))
    .order("desc")
    .take(OPEN_RUNS);
}

/** The latest entries of the audit trail, newest first; reads at most so many of each kind. */
export async function readLatestEntries(ctx: QueryCtx): Promise<AuditEntry[]> {
  return (await readEntries(ctx, {}, null, RECENT_ENTRIES)).map(({ entry }) => entry);
}

/**
 * One page of the audit trail, newest first, and where the next one begins; null where there is
 * none. Reads at most two rows for each entry of a page, whatever the number of rows.
 */
export async function readHistory(
  ctx: QueryCtx,
  filter: HistoryFilter,
  before: HistoryPosition | null,
): Promise<{ entries: AuditEntry[]; next: HistoryPosition | null }> {
  const found = await readEntries(ctx, filter, before, PAGE_ENTRIES + 1);
  const page = found.slice(0, PAGE_ENTRIES);
  const last = page.at(-1);
  return {
    entries: page.map(({ entry }) => entry),
    next:
      found.length === page.length || last === undefined
        ? null
        : { at: last.at, created: last.created },
  };
}

/**
 * People with entries in the audit trail, by the name in their latest one. Reads one row of each,
 * the last one in the index: from there the next look begins.
 */
export async function listPeople(ctx: QueryCtx): Promise<{ userId: Id<"users">; name: string }[]> {
  const names = new Map<Id<"users">, string>();
  for (let below: Id<"users"> | undefined; names.size < OFFERED_PEOPLE;) {
    // Absent ids, which are the command line's, come before all others.
    const row = await ctx.db
      .query("export_runs")
      .withIndex("by_user_started", (q) => (below === undefined ? q : q.lt("user_id", below)))
      .order("desc")
      .first();
    if (row?.user_id === undefined) break;
    names.set(row.user_id, row.actor_name);
    below = row.user_id;
  }
  for (let below: Id<"users"> | undefined; names.size < OFFERED_PEOPLE;) {
    const row = await ctx.db
      .query("export_denials")
      .withIndex("by_user_denied", (q) => (below === undefined ? q : q.lt("user_id", below)))
      .order("desc")
      .first();
    if (row === null) break;
    if (!names.has(row.user_id)) names.set(row.user_id, row.user_name);
    below = row.user_id;
  }
  return [...names]
    .map(([userId, name]) => ({ userId, name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The first so many entries of both kinds in order of time, the newest first. */
async function readEntries(
  ctx: QueryCtx,
  filter: HistoryFilter,
  before: HistoryPosition | null,
  count: number,
): Promise<Found[]> {
  const { outcome, user } = filter;
  const userId = typeof user === "string" ? ctx.db.normalizeId("users", user) : undefined;
  if (userId === null) return []; // an id of something else, which nobody has
  const runs =
    outcome === "denied"
      ? []
      : await newestFirst(
          (span, most) => readRuns(ctx, { outcome, user }, userId, span).order("desc").take(most),
          filter,
          before,
          count,
        );
  // The command line has no session that could be refused.
  const hasDenials = (outcome === undefined || outcome === "denied") && user !== null;
  const denials = hasDenials
    ? await newestFirst(
        (span, most) => readDenials(ctx, userId, span).order("desc").take(most),
        filter,
        before,
        count,
      )
    : [];
  const found: Found[] = [
    ...runs.map((run) => ({ ...positionOf(run, run.started_at), entry: toListedRun(run) })),
    ...denials.map((denial) => ({
      ...positionOf(denial, denial.denied_at),
      entry: toListedDenial(denial),
    })),
  ];
  return found.sort((a, b) => b.at - a.at || b.created - a.created).slice(0, count);
}

function positionOf({ _creationTime }: { _creationTime: number }, at: number): HistoryPosition {
  return { at, created: _creationTime };
}

/** A part of an index in order of time: rows of one moment up to another row, or a span of time. */
type Span = { at: number; created: number } | { from: number; to: number };

/** Reads spans from the newest on: after a position the rest of its moment, and what was before. */
async function newestFirst<Row>(
  read: (span: Span, count: number) => Promise<Row[]>,
  { from = 0, to = Infinity }: HistoryFilter,
  before: HistoryPosition | null,
  count: number,
): Promise<Row[]> {
  if (before === null || before.at >= to) return await read({ from, to }, count);
  if (before.at < from) return [];
  const sameMoment = await read(before, count);
  const earlier = await read({ from, to: before.at }, count);
  return [...sameMoment, ...earlier].slice(0, count);
}

function readRuns(
  ctx: QueryCtx,
  { outcome, user }: { outcome?: Doc<"export_runs">["outcome"]; user?: string | null },
  userId: Id<"users"> | undefined,
  span: Span,
) {
  const runs = ctx.db.query("export_runs");
  const isOfOne = user !== undefined;
  if (isOfOne && outcome !== undefined) {
    return runs.withIndex("by_user_outcome_started", (q) =>
      within(q.eq("user_id", userId).eq("outcome", outcome), "started_at", span),
    );
  }
  if (isOfOne) {
    return runs.withIndex("by_user_started", (q) =>
      within(q.eq("user_id", userId), "started_at", span),
    );
  }
  if (outcome !== undefined) {
    return runs.withIndex("by_outcome_started", (q) =>
      within(q.eq("outcome", outcome), "started_at", span),
    );
  }
  return runs.withIndex("by_started", (q) => within(q, "started_at", span));
}

function readDenials(ctx: QueryCtx, userId: Id<"users"> | undefined, span: Span) {
  const denials = ctx.db.query("export_denials");
  return userId === undefined
    ? denials.withIndex("by_denied", (q) => within(q, "denied_at", span))
    : denials.withIndex("by_user_denied", (q) =>
        within(q.eq("user_id", userId), "denied_at", span),
      );
}

/** A range of an index whose next field is a time. */
interface TimeRange<Field, Range> {
  eq(field: Field, at: number): { lt(field: "_creationTime", created: number): Range };
  gte(field: Field, from: number): { lt(field: Field, to: number): Range };
}

function within<Field, Range>(q: TimeRange<Field, Range>, field: Field, span: Span): Range {
  return "at" in span
    ? q.eq(field, span.at).lt("_creationTime", span.created)
    : q.gte(field, span.from).lt(field, span.to);
}
