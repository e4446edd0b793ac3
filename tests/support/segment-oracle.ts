import type { SegmentFilter } from "~/export/segment-filter";
import { EXPORT_TABLES, RELATIONS } from "../../convex/model/exportTables";
import type { StoredDocument, Tables } from "./memory-documents";

/**
 * What a segment has to hold, computed from all documents by the words of the guide: without plan,
 * indexes or pages, so that it can be wrong in other ways only.
 */
export function expectedSegment(all: Tables, filter: SegmentFilter) {
  const selected = new Map(EXPORT_TABLES.map((table) => [table as string, new Set<string>()]));
  for (const table of EXPORT_TABLES) {
    if (filter.tables?.includes(table) === false) continue;
    for (const document of all[table] ?? []) {
      if (isSelected(all, filter, table, document)) selected.get(table)?.add(document._id);
    }
  }
  const included = new Map([...selected].map(([table, ids]) => [table, new Set(ids)]));
  for (let hasGrown = true; hasGrown;) {
    hasGrown = false;
    for (const [path, target] of Object.entries(RELATIONS)) {
      const [table = "", field = ""] = path.split(".");
      for (const id of included.get(table) ?? []) {
        const value = documentOf(all, table, id)?.[field];
        if (typeof value !== "string" || documentOf(all, target, value) === undefined) continue;
        if (included.get(target)?.has(value) === true) continue;
        included.get(target)?.add(value);
        hasGrown = true;
      }
    }
  }
  const data = Object.fromEntries(
    EXPORT_TABLES.flatMap((table): [string, StoredDocument[]][] => {
      const ids = included.get(table) ?? new Set();
      const isThere = ids.size > 0 || isSelectable(filter, table);
      return isThere ? [[table, (all[table] ?? []).filter(({ _id }) => ids.has(_id))]] : [];
    }),
  );
  const includedByReference = Object.fromEntries(
    Object.entries(data).flatMap(([table, documents]) => {
      const ids = documents.map(({ _id }) => _id).filter((id) => !selected.get(table)?.has(id));
      return ids.length === 0 ? [] : [[table, ids]];
    }),
  );
  return { data, includedByReference };
}

const indexes = new WeakMap<Tables, Map<string, StoredDocument>>();

function documentOf(all: Tables, table: string, id: unknown): StoredDocument | undefined {
  let index = indexes.get(all);
  if (index === undefined) {
    const entries = Object.entries(all).flatMap(([name, documents]) =>
      documents.map((document) => [`${name} ${document._id}`, document] as const),
    );
    indexes.set(all, (index = new Map(entries)));
  }
  return index.get(`${table} ${String(id)}`);
}

const CHILDREN = [
  "incident_narratives",
  "clarification_questions",
  "clarification_answers",
  "incident_analysis",
  "incident_classifications",
  "workflow_handoffs",
];

const OF_USERS: Record<string, string> = {
  sessions: "userId",
  accounts: "userId",
  password_reset_tokens: "userId",
  impersonation_sessions: "target_user_id",
  ai_request_logs: "user_id",
};

const OF_COMPANIES = ["users", "sites", "user_invitations", "participants", "incidents"];

/** Whether documents of a table can belong to what the filters name. */
function isSelectable({ participant, site, company, tables }: SegmentFilter, table: string) {
  if (tables?.includes(table) === false) return false;
  const ofIncidents = ["incidents", ...CHILDREN, "ai_request_logs"];
  if (participant !== undefined) return ["participants", ...ofIncidents].includes(table);
  if (site !== undefined) return ["sites", "participants", ...ofIncidents].includes(table);
  if (company === undefined) return true;
  return ["companies", ...OF_COMPANIES, ...Object.keys(OF_USERS), ...CHILDREN].includes(table);
}

function isSelected(
  all: Tables,
  filter: SegmentFilter,
  table: string,
  document: StoredDocument,
): boolean {
  const find = (other: string, id: unknown) => documentOf(all, other, id);
  if (CHILDREN.includes(table) || (table === "ai_request_logs" && "incident_id" in document)) {
    const incident = find("incidents", document["incident_id"]);
    if (incident === undefined) return isUnfiltered(filter);
    return isSelected(all, filter, "incidents", incident);
  }
  if (!isInTime(filter, table, document)) return false;
  const { participant, site, company } = filter;
  const person =
    table === "participants" ? document : find("participants", document["participant_id"]);
  if (participant !== undefined) {
    return ["participants", "incidents"].includes(table) && has(participant, person?._id);
  }
  if (site !== undefined) {
    if (table === "sites") return has(site, document._id);
    return ["participants", "incidents"].includes(table) && has(site, person?.["site_id"]);
  }
  if (company === undefined) return true;
  if (table === "companies") return has(company, document._id) || has(company, document["slug"]);
  const userField = OF_USERS[table];
  const owner = userField === undefined ? document : find("users", document[userField]);
  const isOwned = OF_COMPANIES.includes(table) || userField !== undefined;
  const slug = find("companies", owner?.["company_id"])?.["slug"];
  return isOwned && (has(company, owner?.["company_id"]) || has(company, slug));
}

function isUnfiltered({ company, site, participant, from, to }: SegmentFilter): boolean {
  return [company, site, participant, from, to].every((filter) => filter === undefined);
}

const TIMES: Record<string, string> = {
  incidents: "created_at",
  ai_request_logs: "created_at",
  user_invitations: "_creationTime",
  sessions: "_creationTime",
  password_reset_tokens: "_creationTime",
  impersonation_sessions: "_creationTime",
};

function isInTime({ from, to }: SegmentFilter, table: string, document: StoredDocument): boolean {
  const field = TIMES[table];
  if (field === undefined) return true;
  const time = Number(document[field]);
  return (
    (from === undefined || time >= Date.parse(from)) && (to === undefined || time < Date.parse(to))
  );
}

function has(keys: readonly string[], value: unknown): boolean {
  return typeof value === "string" && keys.includes(value);
}
