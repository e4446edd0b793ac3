import type { AuditEntry } from "./history";

/** An export on record that made a file of a certain digest. Times in ms since the epoch. */
export interface DigestMatch {
  runKey: string;
  who: string;
  startedAt: number;
  /** Whether its file was delivered to the end. */
  outcome: (AuditEntry & { kind: "run" })["outcome"];
  fileName?: string;
  records?: number;
}

/** What the page needs of the runs that were found. */
export function describeMatches(runs: readonly (AuditEntry & { kind: "run" })[]): DigestMatch[] {
  return runs.map(({ runKey, who, startedAt, outcome, fileName, totalRecords }) => ({
    runKey,
    who,
    startedAt,
    outcome,
    ...(fileName === undefined ? {} : { fileName }),
    ...(totalRecords === undefined ? {} : { records: totalRecords }),
  }));
}

const DIGEST = /^[\da-f]{64}$/i;

/** What is wrong with the query of a search by digest, or the digest in lower case. */
export type DigestReading =
  { digest: string } | { problems: { parameter: string; message: string }[] };

/** Reads a query with nothing but `digest`. */
export function readDigestQuery(query: URLSearchParams): DigestReading {
  const problems = [...new Set(query.keys())]
    .filter((parameter) => parameter !== "digest")
    .map((parameter) => ({ parameter, message: "is not a known parameter" }));
  const [digest = "", ...others] = query.getAll("digest");
  if (others.length > 0) {
    problems.push({ parameter: "digest", message: "is given more than once" });
  } else if (!DIGEST.test(digest)) {
    problems.push({ parameter: "digest", message: "must be a SHA-256: 64 hexadecimal digits" });
  }
  return problems.length > 0 ? { problems } : { digest: digest.toLowerCase() };
}
