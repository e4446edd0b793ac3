import { scansOf, type Owner } from "../../convex/model/segmentTables";
import { ExportError } from "./errors";
import type { SegmentFilter } from "./segment-filter";
import { badSegment } from "./segment-scope";

/** Documents of a table that are found by their owners. */
export interface SegmentStep {
  table: string;
  by: Owner;
  /** Not selected: only found because other tables are found by it. */
  isSelected: boolean;
}

/** How a segment is read. */
export interface SegmentPlan {
  /** The tables that the filters select, of the database's order. */
  selected: string[];
  /** Those of them that are read whole. */
  whole: string[];
  /** Those whose documents the filters name: companies, sites or participants. */
  named: string[];
  /** In an order in which owners are found before what they own. */
  steps: SegmentStep[];
  /** Those of the selected that dates select within. */
  dated: string[];
}

/** The narrowest of the filters says to whom documents belong; where there is none, nobody does. */
const SCOPES = [
  { filter: "participant", table: "participants", owners: ["participant", "incident"] },
  { filter: "site", table: "sites", owners: ["site", "participant", "incident"] },
  { filter: "company", table: "companies", owners: ["company", "user", "incident"] },
] as const satisfies readonly { filter: keyof SegmentFilter; table: string; owners: Owner[] }[];

/** The table of each owner that is found on the way. */
const OWNER_TABLES: Partial<Record<Owner, string>> = {
  participant: "participants",
  incident: "incidents",
  user: "users",
};

/** What must be found before: an owner's own step comes before those that need it. */
const STAGES: readonly Owner[][] = [
  ["company", "site", "time"],
  ["participant", "user"],
  ["incident"],
];

/**
 * Plans which tables a segment selects, and how their documents are found.
 * @param tables All that are exported, in the order of the file.
 * @throws ExportError `bad_segment` where the filters contradict each other, `unknown_table`
 */
export function planSegment(filter: SegmentFilter, tables: readonly string[]): SegmentPlan {
  const unknown = filter.tables?.filter((table) => !tables.includes(table)) ?? [];
  if (unknown.length > 0) {
    throw new ExportError("unknown_table", `unknown tables: ${unknown.join(", ")}`);
  }
  const scope = SCOPES.find(({ filter: name }) => filter[name] !== undefined);
  const hasDates = filter.from !== undefined || filter.to !== undefined;
  const owners: readonly Owner[] = scope?.owners ?? (hasDates ? ["time", "incident"] : []);
  const possible = STAGES.flatMap((stage) =>
    stage
      .filter((by) => owners.includes(by))
      .flatMap((by) =>
        tables.filter((t) => scansOf(t)[by] !== undefined).map((t): [string, Owner] => [t, by]),
      ),
  );
  const found = new Set(possible.map(([table]) => table));
  const named: string[] = scope === undefined ? [] : [scope.table];
  const selectable = tables.filter(
    (table) => scope === undefined || found.has(table) || named.includes(table),
  );
  const asked = filter.tables ?? selectable;
  const foreign = asked.filter((table) => !selectable.includes(table));
  if (scope !== undefined && foreign.length > 0) {
    const message = `names what is not of a ${scope.filter}: ${foreign.join(", ")}`;
    throw badSegment([{ parameter: "tables", message }]);
  }
  const selected = selectable.filter((table) => asked.includes(table));
  const steps = neededSteps(possible, selected, named);
  const dated = hasDates ? selected.filter((table) => isDated(table, steps)) : [];
  if (hasDates && dated.length === 0) {
    const parameter = filter.from === undefined ? "to" : "from";
    const message = "selects incidents and activity, and none of the tables has any";
    throw badSegment([{ parameter, message }]);
  }
  return {
    selected,
    whole: selected.filter((table) => !found.has(table) && !named.includes(table)),
    named: named.filter((table) => selected.includes(table)),
    steps,
    dated,
  };
}

/** The steps of the selected tables, and of those that lead to them. */
function neededSteps(
  possible: readonly [string, Owner][],
  selected: readonly string[],
  named: readonly string[],
): SegmentStep[] {
  const needed = new Set(selected);
  for (const [table, by] of possible.toReversed()) {
    const owner = OWNER_TABLES[by];
    if (needed.has(table) && owner !== undefined && !named.includes(owner)) needed.add(owner);
  }
  return possible
    .filter(([table]) => needed.has(table))
    .map(([table, by]) => ({ table, by, isSelected: selected.includes(table) }));
}

/** Incidents and activity are: what has a time of its own, and what belongs to an incident. */
function isDated(table: string, steps: readonly SegmentStep[]): boolean {
  return steps.some(
    ({ table: of, by }) =>
      of === table && (by === "incident" || scansOf(table)[by]?.time !== undefined),
  );
}
