import type { RequestKind } from "./exchange";
import { PERSON, SMALL_PAGES, SMALL_SEGMENT } from "./dataset";
import type { Target } from "./fault-proxy";

/** An export of the small data set, see `writeSmallTables`, that faults happen to. */
export interface TestedExport {
  name: string;
  /** Of the download's address, beside `run`. */
  query: Record<string, string>;
  /**
   * The requests that it makes. Progress is told of longer exports only, see `departure.test.ts`.
   */
  requests: readonly Target[];
  /**
   * `whole`: every fault at every request, in every way. `ends`: at the first and the last request of
   * each kind, once and lasting, and one for all faults that mean the same.
   */
  matrix: "whole" | "ends";
  /** A request that finds its timestamp expired, unless something else happens to it. */
  expires?: Target;
  isSnapshot: boolean;
  /** What may be in no answer, not even in its file, beside what is secret in all exports. */
  hidden: readonly string[];
}

function requests(readingCounts: Partial<Record<RequestKind, number>>): Target[] {
  const counts: Partial<Record<RequestKind, number>> = {
    "session check": 1,
    "audit start": 1,
    timestamp: 1,
    ...readingCounts,
    authorize: 1,
    "audit end": 1,
  };
  return Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => ({
      kind: kind as RequestKind,
      ordinal: index + 1,
    })),
  );
}

export const FULL: TestedExport = {
  name: "full export",
  query: {},
  requests: requests({ "plan with page": 1, page: SMALL_PAGES }),
  matrix: "whole",
  isSnapshot: true,
  hidden: [],
};

/** Searched for, read by ids, with people replaced, and written anew in another format. */
export const SEGMENT: TestedExport = {
  name: "pseudonymised segment as NDJSON",
  query: { ...SMALL_SEGMENT, privacy: "pseudonymised", format: "ndjson" },
  requests: requests({
    plan: 1,
    "look up": 1,
    find: 3,
    "find ids": 4,
    identities: 6,
    documents: 1,
  }),
  matrix: "ends",
  isSnapshot: true,
  hidden: [PERSON.last_name],
};

/** Whose last page but one is read again at a second timestamp. */
export const ROLLING: TestedExport = {
  name: "rolling export",
  query: { consistency: "rolling" },
  requests: requests({ timestamp: 2, plan: 1, page: SMALL_PAGES + 1 }),
  matrix: "ends",
  expires: { kind: "page", ordinal: SMALL_PAGES },
  isSnapshot: false,
  hidden: [],
};

/** In pages that hold all of the database: it comes with the plan. */
export const IN_ONE_ANSWER: TestedExport = {
  name: "full export in one answer",
  query: {},
  requests: requests({ "plan with page": 1 }),
  matrix: "whole",
  isSnapshot: true,
  hidden: [],
};
