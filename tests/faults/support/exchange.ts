/** A step of an export, by the request to Convex that it makes. */
export const REQUEST_KINDS = [
  "session check",
  "audit start",
  "timestamp",
  "plan",
  "plan with page",
  "look up",
  "find",
  "find ids",
  "identities",
  "page",
  "documents",
  "authorize",
  "progress",
  "audit end",
] as const;

export type RequestKind = (typeof REQUEST_KINDS)[number];

/** The requests that read at the export's timestamp. */
export const AT_TIMESTAMP: readonly RequestKind[] = [
  "plan",
  "plan with page",
  "look up",
  "find",
  "find ids",
  "identities",
  "page",
  "documents",
];

/** The requests that write. */
export const MUTATIONS: readonly RequestKind[] = ["audit start", "progress", "audit end"];

const KIND_OF_FUNCTION: Record<string, RequestKind> = {
  "sessions:resolve": "session check",
  "exportRuns:start": "audit start",
  "exports:begin": "plan",
  "exportSegments:lookUp": "look up",
  "exportSegments:find": "find",
  "exportSegments:findIds": "find ids",
  "exports:readIdentities": "identities",
  "exports:readLines": "page",
  "exportSegments:readDocuments": "documents",
  "sessions:authorize": "authorize",
  "exportRuns:progress": "progress",
  "exportRuns:finish": "audit end",
};

/** What an export asks Convex for. */
export interface ExportCall {
  kind: RequestKind;
  /** Not every export makes it: progress is told where something takes more than a second. */
  isOccasional: boolean;
  /** Of the export, where the request names it. */
  runKey: string | undefined;
  /** The key of the export's fingerprints, where the request carries it. */
  fingerprintKey: string | undefined;
}

/** What a request is to an export; undefined for one that belongs to none. */
export function readCall(url: string | undefined, body: Buffer): ExportCall | undefined {
  const { path, args } = (body.length === 0 ? {} : JSON.parse(body.toString())) as {
    path?: string;
    args?: { runKey?: string; fingerprintKey?: string; page?: { fingerprintKey?: string } };
  };
  const named = url === "/api/query_ts" ? "timestamp" : KIND_OF_FUNCTION[path ?? ""];
  if (named === undefined) return undefined;
  const kind = named === "plan" && args?.page !== undefined ? "plan with page" : named;
  return {
    kind,
    isOccasional: kind === "progress",
    runKey: args?.runKey,
    fingerprintKey: args?.fingerprintKey ?? args?.page?.fingerprintKey,
  };
}
