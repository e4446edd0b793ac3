import { MUTATIONS } from "./exchange";
import type { RequestKind } from "./exchange";
import type { TestedExport } from "./exports";
import { MODES } from "./fault-proxy";
import type { Mode, Target } from "./fault-proxy";
import { FAULTS, ROWS, verdictOn } from "./faults";
import type { Fault, Verdict } from "./faults";
import { fileProblems } from "./lane";
import type { Outcome } from "./lane";
import { difference, normalised } from "./same-file";

export interface FaultCase {
  fault: Fault;
  mode: Mode;
  target: Target;
  /** What it happens to. */
  tested: TestedExport;
}

/**
 * Whether a fault can begin with a request and last like that, and says something new then. Each
 * fault hits each request both once and lasting.
 */
function isDistinct({ fault, mode, target, tested }: FaultCase): boolean {
  const hits = (kind: RequestKind) => fault.only?.includes(kind) !== false;
  if (!hits(target.kind)) return false;
  // A page comes with the plan where the database is small, and then there is no other.
  const hasRows = target.kind !== "plan with page" || !tested.requests.some(isPage);
  if (fault.only === ROWS && !hasRows) return false;
  if (mode === "once") return true;
  const canSpareAudit = fault.isTotal !== true && MUTATIONS.some(hits);
  const isRead = !MUTATIONS.includes(target.kind);
  if (mode === "always") return fault.isVariant !== true || !isRead;
  return canSpareAudit && isRead && (fault.isVariant === true || target.ordinal === 1);
}

function isPage({ kind }: Target): boolean {
  return kind === "page";
}

/** The cases of an export by fault and mode: see `TestedExport.matrix` for which those are. */
export function casesOf(tested: TestedExport): Map<string, FaultCase[]> {
  const isWhole = tested.matrix === "whole";
  const targets = isWhole ? tested.requests : tested.requests.filter(isEnd);
  const faults = FAULTS.filter(
    (fault) => (isWhole || isFirstVariant(fault)) && (tested.isSnapshot || !fault.isCounted),
  );
  const groups = faults.flatMap((fault) =>
    MODES.map((mode) => {
      const cases = targets
        .map((target): FaultCase => ({ fault, mode, target, tested }))
        .filter((each) => isDistinct(each) && (isWhole || !lastsLonger(each)));
      return [`${fault.name}, ${MODE_NAMES[mode]}`, cases] as const;
    }),
  );
  return new Map(groups.filter(([, cases]) => cases.length > 0));
}

/** Whether a request is the first or the last of its kind. */
function isEnd({ kind, ordinal }: Target, _index: number, all: readonly Target[]): boolean {
  return ordinal === 1 || ordinal === all.filter((request) => request.kind === kind).length;
}

/** Whether a fault means something new, or is the first of those that mean the same. */
function isFirstVariant(fault: Fault): boolean {
  return fault.isVariant !== true || fault === FAULTS.find(({ isVariant }) => isVariant);
}

/** Whether the same fault at the same request can also spare what is written: one of both is enough. */
function lastsLonger(each: FaultCase): boolean {
  return each.mode === "always" && isDistinct({ ...each, mode: "reads" });
}

const MODE_NAMES: Record<Mode, string> = {
  once: "once",
  reads: "lasting for all that is read",
  always: "lasting for all requests",
};

export interface Reference {
  /** The file of an export that nothing happened to, normalised. */
  file: string;
  /** What may be in no log and no answer but a file; the fingerprints' keys not even there. */
  secrets(): readonly string[];
  content: string;
}

/** Everything that is wrong with an outcome; empty where it is as it must be. */
export function problemsOf(each: FaultCase, outcome: Outcome, reference: Reference): string[] {
  const { fault, mode, target } = each;
  if (outcome.hits === 0) return ["the fault never happened"];
  if (outcome.broken !== undefined) return [`${outcome.status} and then: ${outcome.broken}`];
  const verdict = verdictOn(fault, target.kind, mode !== "once");
  const text = outcome.body.toString("utf8");
  const problems =
    verdict === "file"
      ? judgeFile(outcome, reference.file)
      : judgeRefusal(outcome, verdict.status, text);
  const row = describeRow(outcome.row);
  const expected = expectedRow(each, verdict);
  if (row !== expected) problems.push(`is on record as "${row}", not "${expected}"`);
  const { log } = outcome;
  for (const secret of reference.secrets()) {
    if (text.includes(secret) || log.includes(secret)) problems.push("shows a secret");
  }
  if (log.includes(reference.content)) problems.push("logs what is in a document");
  if (outcome.status !== 200 && text.includes(reference.content)) {
    problems.push("answers with what is in a document");
  }
  return problems;
}

function judgeFile(outcome: Outcome, expected: string): string[] {
  if (outcome.status !== 200) return [`is ${outcome.status}, not the file`];
  const problems = fileProblems(outcome);
  const differs = difference(normalised(outcome.body), expected);
  return differs === undefined ? problems : [...problems, differs];
}

function judgeRefusal({ status, headers }: Outcome, expected: number, text: string): string[] {
  if (status !== expected) return [`is ${status}, not ${expected}`];
  const problems: string[] = [];
  const type = String(headers["content-type"]);
  if (!type.startsWith("application/problem+json")) problems.push(`is ${type}`);
  else if ((JSON.parse(text) as { status?: number }).status !== status) {
    problems.push("has problem details of another status");
  }
  if (headers["content-disposition"] !== undefined) problems.push("names a file");
  if (status === 503 && !(Number(headers["retry-after"]) > 0)) problems.push("has no Retry-After");
  return problems;
}

/** What the audit must say. */
function expectedRow({ fault, mode, target }: FaultCase, verdict: Verdict): string {
  const { kind } = target;
  const isRepeated = mode === "once" && fault.once === "file";
  // Where the end cannot be written, the run stays open until it counts as interrupted.
  const isEndLost =
    (kind === "audit end" && !isRepeated) ||
    (mode === "always" && fault.only?.includes("audit end") !== false);
  // What could not be written has been, where only the answer was lost.
  if (kind === "audit start" && verdict !== "file") return fault.isDone ? "running" : "none";
  if (kind === "session check" && verdict !== "file") return "none";
  if (isEndLost) return fault.isDone ? completion(verdict) : "running";
  return completion(verdict);
}

function completion(verdict: Verdict): string {
  return verdict === "file" ? "completed" : `failed ${verdict.code}`;
}

function describeRow(row: Outcome["row"]): string {
  if (row === null) return "none";
  return row.outcome === "failed" ? `failed ${row.errorCode}` : row.outcome;
}
