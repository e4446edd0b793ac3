import { captureTables, type Capture, type CaptureOptions, type CaptureProgress } from "./capture";
import { captureDocuments, type DocumentList } from "./capture-documents";
import type { FiltersApplied } from "./file-schema";
import { collectIdentities } from "./identities";
import { planTables, sum, withTables, type ExportPlan, type TablePlan } from "./plan";
import { isSegmented, pickSegment, type SegmentFilter } from "./segment-filter";
import { closeReferences, selectSegment, type Selection } from "./segment-selection";
import type { ExportSource, Identities, Privacy, Summary } from "./source";
import type { Spool } from "./spool";

export interface SelectionCaptureOptions extends Omit<CaptureOptions, "identities" | "references"> {
  privacy: Privacy;
  /** Told whenever more is known of what will be read. */
  onPlan: (plan: ExportPlan) => void;
}

export interface SelectionCapture {
  capture: Capture;
  /** Absent where there is no filter, and all of the database is exported. */
  filtersApplied?: FiltersApplied;
}

/**
 * Reads into the spool what the filters select, and all that this refers to. Without filters that is
 * the whole database, and nothing has to be found first.
 * @param source `asItIs`, and `bound`: waiting for a free query before each that it makes.
 * @param full The plan of the whole database.
 * @throws ExportError as `selectSegment`, `captureTables` and `captureDocuments` do
 */
export async function captureSelection(
  source: { asItIs: ExportSource; bound: ExportSource },
  full: ExportPlan,
  filter: SegmentFilter,
  spool: Spool,
  options: SelectionCaptureOptions,
): Promise<SelectionCapture> {
  const { bound } = source;
  const { pageSize, signal, onPlan } = options;
  const bounds = { pageSize, queries: options.capacity.queries, signal };
  const selection = await selectSegment(bound, full, filter, bounds);
  const { whole } = selection.plan;
  const targets = referredTo(full.summary, whole);
  // Where nothing is read whole, all references are known now, and so is all that will be read.
  if (targets.length === 0) await closeReferences(bound, full, selection, {}, bounds);
  const wholePlan = withTables(full, planTables(full.summary, whole));
  onPlan(withTables(full, tablesOf(wholePlan, selection)));
  const privacy = await identitiesOf();

  const first = await captureTables(source.asItIs, wholePlan, spool, {
    ...options,
    ...privacy,
    references: targets,
  });
  if (targets.length > 0) {
    await closeReferences(bound, full, selection, first.references, bounds);
    onPlan(withTables(full, tablesOf(wholePlan, selection)));
  }
  const lists = listsOf(full, selection);
  const second = await captureDocuments(bound, lists, spool, {
    timestamp: full.timestamp,
    fingerprintKey: options.fingerprintKey,
    ...privacy,
    ...bounds,
    onProgress: (progress) => options.onProgress?.(addProgress(first, progress)),
  });
  const capture = merge(full, first, second);
  if (!isSegmented(filter)) return { capture };
  return { capture, filtersApplied: describeFilters(filter, selection, lists) };

  async function identitiesOf(): Promise<{ identities?: Identities }> {
    if (options.privacy === "redacted") return {};
    // Whatever the segment may come to refer to: who is named must be known before it is read.
    const names = reachableFrom(full.summary, selection.plan.selected);
    const tables = withTables(full, planTables(full.summary, names));
    return { identities: await collectIdentities(bound, tables, bounds) };
  }
}

/** How many documents of each table a segment has, without reading them. */
export interface SegmentCounts {
  /** Selected by the filters, per table. */
  selected: Record<string, number>;
  /** Of other documents that these refer to, per table. */
  referenced: Record<string, number>;
  /** There are tables that are read whole, and only then is known what else they refer to. */
  isMoreReferenced: boolean;
  /** Of all, as an estimate. */
  bytes: number;
}

/** Counts a segment. @throws ExportError as `selectSegment` does */
export async function countSegment(
  bound: ExportSource,
  full: ExportPlan,
  filter: SegmentFilter,
  options: Parameters<typeof selectSegment>[3],
): Promise<SegmentCounts> {
  const selection = await selectSegment(bound, full, filter, options);
  await closeReferences(bound, full, selection, {}, options);
  const wholePlan = withTables(full, planTables(full.summary, selection.plan.whole));
  const tables = tablesOf(wholePlan, selection);
  const referenced = Object.fromEntries(
    listsOf(full, selection).flatMap(({ name, documents }) => {
      const count = documents.filter(({ isReferenced }) => isReferenced).length;
      return count === 0 ? [] : [[name, count]];
    }),
  ) as Record<string, number>;
  const selected = selection.plan.selected.map((name): [string, number] => {
    const records = tables.find((table) => table.name === name)?.records ?? 0;
    return [name, records - (referenced[name] ?? 0)];
  });
  return {
    selected: Object.fromEntries(selected),
    referenced,
    isMoreReferenced: referredTo(full.summary, selection.plan.whole).length > 0,
    bytes: sum(tables.map(({ sizeBytes }) => sizeBytes)),
  };
}

/** The tables of the file in its order: those of the filters, and those with anything else in them. */
function tablesOf(whole: ExportPlan, { plan, documents }: Selection): TablePlan[] {
  return whole.summary.tables.flatMap(({ name }): TablePlan[] => {
    const planned = whole.tables.find((table) => table.name === name);
    if (planned !== undefined) return [planned];
    const listed = documents.sorted(name);
    if (listed.length === 0 && !plan.selected.includes(name)) return [];
    return [
      {
        name,
        records: listed.length,
        sizeBytes: sum(listed.map(({ bytes }) => bytes)),
        isSizeExact: false,
        oldest: listed[0]?.time ?? null,
        newest: listed.at(-1)?.time ?? null,
      },
    ];
  });
}

function listsOf({ summary }: ExportPlan, { plan, documents }: Selection): DocumentList[] {
  return summary.tables
    .filter(({ name }) => !plan.whole.includes(name))
    .map(({ name }) => ({ name, documents: documents.sorted(name) }))
    .filter(({ name, documents: { length } }) => length > 0 || plan.selected.includes(name));
}

/** The tables, none of these, that documents of these tables refer to. */
function referredTo({ relations }: Summary, tables: readonly string[]): string[] {
  const targets = Object.entries(relations)
    .filter(([path]) => tables.includes(path.slice(0, path.indexOf("."))))
    .map(([, target]) => target);
  return [...new Set(targets)].filter((target) => !tables.includes(target));
}

function reachableFrom(summary: Summary, tables: readonly string[]): string[] {
  const more = referredTo(summary, tables);
  return more.length === 0 ? [...tables] : reachableFrom(summary, [...tables, ...more]);
}

function addProgress(first: Capture, { recordCounts, capturedBytes }: CaptureProgress) {
  return {
    recordCounts: { ...first.recordCounts, ...recordCounts },
    capturedBytes: capturedBytes + sum(first.tables.map(({ bytes }) => bytes)),
  };
}

/** Both captures as one, with the tables in the order of the database. A table is in one of them. */
function merge({ summary: { tables } }: ExportPlan, first: Capture, second: Capture): Capture {
  const captured = new Map([...first.tables, ...second.tables].map((table) => [table.name, table]));
  const inOrder = tables.flatMap(({ name }) => captured.get(name) ?? []);
  return {
    tables: inOrder,
    recordCounts: Object.fromEntries(inOrder.map(({ name, records }) => [name, records])),
    redactions: { ...first.redactions, ...second.redactions },
    withheld: { ...first.withheld, ...second.withheld },
    pseudonymised: { ...first.pseudonymised, ...second.pseudonymised },
    references: {},
  };
}

/** The filters as they were understood: ids instead of slugs, times in UTC. */
function describeFilters(
  filter: SegmentFilter,
  { scope, plan }: Selection,
  lists: readonly DocumentList[],
): FiltersApplied {
  const includedByReference = Object.fromEntries(
    lists.flatMap(({ name, documents }) => {
      const ids = documents.filter(({ isReferenced }) => isReferenced).map(({ id }) => id);
      return ids.length === 0 ? [] : [[name, ids]];
    }),
  ) as Record<string, string[]>;
  const tables = filter.tables === undefined ? {} : { tables: plan.selected };
  return { ...pickSegment(filter), ...scope, ...tables, includedByReference };
}
