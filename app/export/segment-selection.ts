import { setMaxListeners } from "node:events";
import pLimit from "p-limit";
import { scansOf, type Owner } from "../../convex/model/segmentTables";
import { ExportError } from "./errors";
import type { PageSize } from "./page-size";
import type { ExportPlan } from "./plan";
import { SegmentDocuments } from "./segment-documents";
import { isSegmented, SEGMENT_FILTERS, type SegmentFilter } from "./segment-filter";
import { planSegment, type SegmentPlan, type SegmentStep } from "./segment-plan";
import { badSegment, findScope, type SegmentScope } from "./segment-scope";
import type { CreationRange, ExportSource, FindRequest, FoundPage } from "./source";

/** Owners asked for in one call: each is an interval, of which a function may read 4,096. */
const OWNERS_AT_ONCE = 250;

/** Ids asked for in one call: so many small documents are read well within a function's second. */
const IDS_AT_ONCE = 1000;

export interface SelectionOptions {
  pageSize: PageSize;
  /** Most queries at once. */
  queries: number;
  signal: AbortSignal;
}

/** Which documents a segment selects. */
export interface Selection {
  plan: SegmentPlan;
  /** Those of the filters, by the ids that they stand for. */
  scope: SegmentScope;
  /** Documents of tables that are not read whole. */
  documents: SegmentDocuments;
}

/**
 * Finds out which documents a segment selects, at the plan's timestamp and without reading more than
 * them and what leads to them.
 * @param source Waits for a free query before each that it makes.
 * @throws ExportError `bad_segment` where the filters name nobody, contradict each other, or select
 *   nothing; `segment_too_large`
 */
export async function selectSegment(
  source: ExportSource,
  { timestamp, summary }: ExportPlan,
  filter: SegmentFilter,
  options: SelectionOptions,
): Promise<Selection> {
  const names = summary.tables.map(({ name }) => name);
  const plan = planSegment(filter, names);
  const scope = await findScope(source, timestamp, filter, options.signal);
  const closed = names.filter((name) => !plan.whole.includes(name));
  const documents = new SegmentDocuments(new Set(closed));
  const range = {
    from: filter.from === undefined ? null : Date.parse(filter.from),
    before: filter.to === undefined ? null : Date.parse(filter.to),
  };
  /** Ids by which others are found, of documents that are not selected themselves. */
  const basis = new Map<string, Set<string>>();
  const { queries, signal } = options;
  const run = parallel(queries, signal);

  for (const table of plan.named) {
    const ids = scopeIds(scope, table);
    documents.add(table, await source.findIds(timestamp, table, ids, signal));
  }
  for (const stage of stagesOf(plan.steps)) {
    const calls = stage.flatMap((step) => callsOf(step, ownersOf(step.by)));
    await run(calls, follow);
  }
  if (isSegmented(filter)) requireSome(filter, plan, documents, summary.tables);
  return { plan, scope, documents };

  function ownersOf(by: Owner): string[] {
    switch (by) {
      case "company":
        return scope.company ?? [];
      case "site":
        return scope.site ?? [];
      case "participant":
        return scope.participant ?? idsOf("participants");
      case "user":
        return idsOf("users");
      case "incident":
        return idsOf("incidents");
      case "time":
        return [];
    }
  }

  function idsOf(table: string): string[] {
    return [...(basis.get(table) ?? documents.ids(table))];
  }

  async function follow({ step, owners }: Call, callSignal: AbortSignal): Promise<void> {
    let rest = owners;
    let cursor: string | null = null;
    for (;;) {
      const { table, by } = step;
      const request = { table, by, owners: rest, range: rangeOf(step), cursor };
      const page = await findPage(request, callSignal);
      keep(step, page);
      if (page.next === null) return;
      const { owner, cursor: next } = page.next;
      if (owner === 0 && (next === null || next === cursor)) {
        throw new ExportError("incomplete", `${step.table}: what was found did not get further`);
      }
      rest = rest.slice(owner);
      cursor = next;
    }
  }

  function keep({ table, isSelected }: SegmentStep, page: FoundPage): void {
    if (isSelected) documents.add(table, page);
    else {
      const ids = basis.get(table) ?? new Set();
      for (const line of page.found.split("\n")) {
        const id = line.slice(0, line.indexOf(" "));
        if (id !== "") ids.add(id);
      }
      basis.set(table, ids);
    }
  }

  function rangeOf({ table, by }: SegmentStep): CreationRange {
    return scansOf(table)[by]?.time === undefined ? WHOLE : range;
  }

  /** One page, and half of it where a function's limits do not allow the whole. */
  async function findPage(
    request: Omit<FindRequest, "maximumBytes" | "maximumDocuments">,
    callSignal: AbortSignal,
  ): Promise<FoundPage> {
    for (;;) {
      const { bounds } = options.pageSize;
      try {
        return await source.find(timestamp, { ...request, ...bounds }, callSignal);
      } catch (error) {
        const isTooLarge = error instanceof ExportError && error.code === "page_too_large";
        if (!isTooLarge || !options.pageSize.failed(bounds)) throw error;
      }
    }
  }
}

/**
 * Follows references until everything is there that is referred to, directly or not, and exists.
 * @param references Of documents that are exported whole.
 */
export async function closeReferences(
  source: ExportSource,
  { timestamp }: ExportPlan,
  { documents }: Selection,
  references: Record<string, string>,
  { queries, signal }: SelectionOptions,
): Promise<void> {
  documents.refer(references);
  const run = parallel(queries, signal);
  for (let waiting = documents.takeReferenced(); waiting.length > 0;) {
    const calls = waiting.flatMap(({ table, ids }) =>
      chunks(ids, IDS_AT_ONCE).map((some) => ({ table, ids: some })),
    );
    await run(calls, async ({ table, ids }, callSignal) => {
      documents.add(table, await source.findIds(timestamp, table, ids, callSignal), true);
    });
    waiting = documents.takeReferenced();
  }
}

interface Call {
  step: SegmentStep;
  owners: string[];
}

const WHOLE: CreationRange = { from: null, before: null };

/** By time alone there is one call; by owners as many as they need, and none where there are none. */
function callsOf(step: SegmentStep, owners: readonly string[]): Call[] {
  if (step.by === "time") return [{ step, owners: [] }];
  return chunks(owners, OWNERS_AT_ONCE).map((some) => ({ step, owners: some }));
}

/** Steps whose owners do not depend on each other. */
function stagesOf(steps: readonly SegmentStep[]): SegmentStep[][] {
  const stages: SegmentStep[][] = [];
  for (const step of steps) {
    const stage = stages.at(-1);
    const isSame = stage?.[0] !== undefined && stageOf(stage[0].by) === stageOf(step.by);
    if (isSame) stage?.push(step);
    else stages.push([step]);
  }
  return stages;
}

function stageOf(by: Owner): number {
  return by === "incident" ? 2 : by === "participant" || by === "user" ? 1 : 0;
}

function scopeIds(scope: SegmentScope, table: string): string[] {
  if (table === "companies") return scope.company ?? [];
  return (table === "sites" ? scope.site : scope.participant) ?? [];
}

/** Runs calls, as many at once as there are queries. One that fails ends the others. */
function parallel(queries: number, given: AbortSignal) {
  const failure = new AbortController();
  const signal = AbortSignal.any([given, failure.signal]);
  setMaxListeners(0, signal); // all calls listen; that is no leak
  return async <T>(
    calls: readonly T[],
    run: (call: T, signal: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    const limit = pLimit(queries);
    const runUnlessFailed = async (call: T) => {
      signal.throwIfAborted();
      try {
        await run(call, signal);
      } catch (error) {
        failure.abort(error); // the others would search in vain
        throw error;
      }
    };
    await Promise.all(calls.map((call) => limit(runUnlessFailed, call)));
  };
}

function requireSome(
  filter: SegmentFilter,
  plan: SegmentPlan,
  documents: SegmentDocuments,
  tables: readonly { name: string; records: number }[],
): void {
  const counted = plan.dated.length > 0 ? plan.dated : plan.selected;
  const hasSome = counted.some((table) =>
    plan.whole.includes(table)
      ? tables.some(({ name, records }) => name === table && records > 0)
      : documents.ids(table).length > 0,
  );
  if (hasSome) return;
  const parameter = SEGMENT_FILTERS.filter((name) => filter[name] !== undefined).join(", ");
  throw badSegment([{ parameter, message: "selects no document" }]);
}

function chunks<T>(items: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, index) =>
    items.slice(index * length, (index + 1) * length),
  );
}
