import { Auth, type Admin } from "./auth/auth.server";
import { waitBriefly } from "./auth/side-work.server";
import { Csrf } from "./auth/csrf.server";
import { Accounts } from "./convex/accounts";
import { ConvexClient } from "./convex/client";
import { findSegmentChoices } from "./convex/segment-source";
import { EXPORT_TABLES, createConvexSource, readSummary } from "./convex/export-source";
import {
  askToCancelRun,
  createRunRecorder,
  findHistory,
  findRecent,
  findRun,
  findRunsByDigest,
  findRunDetails,
  isCancelAsked as askIsCancelAsked,
  recordDenial,
  type DeniedAttempt,
  type RunOrigin,
} from "./convex/runs";
import { getEnv } from "./env.server";
import { ExportCapacity } from "./export/capacity";
import { describeMatches, type DigestMatch } from "./export/digest-match";
import { parseExportQuery, type ExportRequest } from "./export/filters";
import { HeldExports } from "./export/held-exports";
import { describeHistory, type HistoryEntry } from "./export/history";
import { parseHistoryQuery } from "./export/history-query";
import { LiveRuns, type LiveRun } from "./export/live-runs";
import { describeSummary, type ExportOverview } from "./export/overview";
import { PageSize } from "./export/page-size";
import { prepareExport, type PreparedExport } from "./export/run";
import { describeRun, type FollowedRun, type RecordedRun } from "./export/run-status";
import { isSegmented } from "./export/segment-filter";
import { readSegmentForm } from "./export/segment-form";
import { describeSegment, type SegmentView } from "./export/segment-view";
import { SpoolSpace } from "./export/spool";
import { describeCause } from "./http/export-problem.server";
import { isStartedByOtherSite, refuseForeignStart } from "./http/fetch-metadata.server";
import type { RequestContext } from "./http/load-context";
import { downloadPath } from "./lib/paths";

/** The portal's one instance of everything: where configuration meets code. */

const env = getEnv();

const client = new ConvexClient({
  url: env.CONVEX_URL,
  deployKey: env.CONVEX_DEPLOY_KEY,
  timeoutMs: env.CONVEX_TIMEOUT_MS,
});

const accounts = new Accounts(client);

export const auth = new Auth({
  accounts,
  secrets: env.SESSION_SECRET,
  isSecure: env.SECURE_COOKIES,
});

/** The tokens of the portal's forms. Every action requires one. */
export const csrf = new Csrf({ secrets: env.SESSION_SECRET, isSecure: env.SECURE_COOKIES });

const capacity = new ExportCapacity({
  queries: env.EXPORT_CONCURRENCY,
  captures: env.EXPORT_CAPTURES,
  spool: {
    memoryBytes: env.EXPORT_MEMORY_BYTES,
    diskBytes: env.EXPORT_DISK_BYTES,
    directory: env.EXPORT_SPOOL_DIRECTORY,
  },
});

const PAGE = { maximumBytes: env.EXPORT_PAGE_BYTES, maximumDocuments: env.EXPORT_PAGE_DOCUMENTS };

void SpoolSpace.removeStale(env.EXPORT_SPOOL_DIRECTORY);

/** Exports that are being delivered, or whose delivery broke off a moment ago. */
export const heldExports = new HeldExports({ holdMs: env.EXPORT_RESUME_SECONDS * 1000 });

/** Exports that this process makes. */
export const liveRuns = new LiveRuns({ heldExports });

/** The guard of every loader and action under /admin. See `Auth.requireSystemAdmin`. */
export function requireSystemAdmin(request: Request, context: RequestContext): Promise<Admin> {
  return auth.requireSystemAdmin(request, context);
}

/** The same guard for the export page and the download, where who is refused goes on record. */
export function requireExporter(
  request: Request,
  context: RequestContext,
  attempt: "page" | "download",
): Promise<Admin> {
  return auth.requireSystemAdmin(request, context, {
    onDenied: ({ tokenHash, reason }) => putOnRecord({ tokenHash, attempt, reason }, context),
  });
}

/** The same guard for looking at a session: asking when it ends does not make it last longer. */
export function requireUnusedSession(request: Request, context: RequestContext): Promise<Admin> {
  return auth.requireSystemAdmin(request, context, { isUse: false });
}

/**
 * Refuses a download that its user did not start. One that another site starts goes on record where
 * there is a session that it would have used.
 * @throws Response 403
 */
export async function requireOwnStart(request: Request, context: RequestContext): Promise<void> {
  if (isStartedByOtherSite(request)) {
    const tokenHash = await auth.claimedSession(request);
    const denied = { attempt: "download", reason: "other_site" } as const;
    if (tokenHash !== null) await putOnRecord({ tokenHash, ...denied }, context);
  }
  refuseForeignStart(request, context);
}

async function putOnRecord(denied: DeniedAttempt, context: RequestContext): Promise<void> {
  const denial = recordDenial(client, denied, originOf(context));
  await waitBriefly(denial, context, "a refused attempt was not recorded");
}

/** What a full export would hold, as of now. @throws ExportError */
export async function loadExportOverview(admin: Admin): Promise<ExportOverview> {
  const asOf = new Date();
  // One query is a snapshot by itself. Like a session's check it does not wait behind exports: a
  // page would stand still for as long as one reads, and Convex queues the one query above the bound.
  const summary = await readSummary(client, admin.actor);
  return describeSummary(summary, asOf);
}

/** What the export page shows of the audit trail. */
export interface Recent {
  /** The latest exports and refused attempts; null where they cannot be read, which is logged. */
  history: HistoryEntry[] | null;
  /** The administrator's latest export that is being made or delivered. */
  running: FollowedRun | null;
}

export async function loadRecent(admin: Admin, context: RequestContext): Promise<Recent> {
  try {
    const { entries, running } = await findRecent(client, admin.actor);
    const runs = running.map(asFollowed);
    // One whose delivery broke off is for the browser to go on with.
    const active = runs.find(({ status }) => status?.phase !== "paused");
    return { history: describeHistory(entries), running: active ?? null };
  } catch (error) {
    context.log.warn({ cause: describeCause(error) }, "the history was not read");
    return { history: null, running: null };
  }
}

/** One page of the history, as its address asks for. @throws FilterError, ExportError */
export async function loadHistory(admin: Admin, request: Request) {
  const query = parseHistoryQuery(new URL(request.url).searchParams);
  const { entries, next, people } = await findHistory(client, admin.actor, query);
  return { query, entries: describeHistory(entries), next, people };
}

/** What a download's address asks for. @throws FilterError */
export function readExportRequest(request: Request): ExportRequest {
  return parseExportQuery(new URL(request.url).searchParams, EXPORT_TABLES);
}

/** The same form where the database could not be asked. */
export function describeFailedSegment(entered: URLSearchParams, failure: string): SegmentView {
  const { query, problems } = readSegmentForm(entered, EXPORT_TABLES);
  return {
    companies: [],
    sites: [],
    tables: [...EXPORT_TABLES],
    entered: Object.fromEntries(query),
    address: downloadPath(query),
    counts: null,
    problems: [...problems],
    failure,
  };
}

/** How long a segment is counted for its form, at most. */
const COUNT_MS = 20_000;

/**
 * The form of a segment: what can be chosen, and what the choice holds as of now.
 * @param entered What the form has sent.
 * @throws ExportError, other than that there is no such segment
 */
export async function loadSegment(
  admin: Admin,
  entered: URLSearchParams,
  signal: AbortSignal,
  { isCounted }: { isCounted: boolean },
): Promise<SegmentView> {
  const { query, request, problems } = readSegmentForm(entered, EXPORT_TABLES);
  const source = capacity.bound(createConvexSource(client, admin.actor));
  const options = {
    pageSize: new PageSize(PAGE),
    queries: env.EXPORT_CONCURRENCY,
    signal: AbortSignal.any([signal, AbortSignal.timeout(COUNT_MS)]),
  };
  const isSegment = isCounted && request !== undefined && isSegmented(request);
  const [choices, counted] = await Promise.all([
    findSegmentChoices(client, admin.actor, query.get("company")?.split(",") ?? []),
    isSegment ? describeSegment(source, request, options) : { problems: [], counts: null },
  ]);
  return {
    ...choices,
    tables: [...EXPORT_TABLES],
    entered: Object.fromEntries(query),
    address: downloadPath(query),
    counts: counted.counts,
    problems: [...problems, ...counted.problems],
  };
}

/** Runs an export for an administrator. @throws ExportError */
export function runExport(
  admin: Admin,
  request: ExportRequest,
  origin: RunOrigin,
  { signal, report, onUnrecorded }: LiveRun,
): Promise<PreparedExport> {
  return prepareExport({
    source: createConvexSource(client, admin.actor, origin.runKey),
    recorder: createRunRecorder(client, admin.actor, origin),
    request,
    capacity,
    page: PAGE,
    captureMs: env.EXPORT_CAPTURE_SECONDS * 1000,
    signal,
    onProgress: report,
    onUnrecorded,
  });
}

/** A run as the page that follows it gets it, or null. @throws ExportError */
export async function loadRun(admin: Admin, runKey: string): Promise<FollowedRun | null> {
  const run = await findRun(client, admin.actor, runKey);
  return run && asFollowed(run);
}

/** All that is on record of a run, and how far it is; null where there is none. @throws ExportError */
export async function loadRunDetails(admin: Admin, runKey: string) {
  const details = await findRunDetails(client, admin.actor, runKey);
  return details && { details, run: asFollowed(details) };
}

function asFollowed(run: RecordedRun): FollowedRun {
  const { runKey } = run;
  return describeRun(run, liveRuns.progressOf(runKey), liveRuns.has(runKey), Date.now());
}

/** Whether somebody asked to cancel a run. @throws ExportError */
export function isCancelAsked(runKey: string): Promise<boolean> {
  return askIsCancelAsked(client, runKey);
}

/**
 * Cancels a run, whichever process makes it: this one at once, another one within seconds.
 * @returns whether there is such a run
 * @throws ExportError
 */
export async function cancelRun(admin: Admin, runKey: string): Promise<boolean> {
  if ((await findRun(client, admin.actor, runKey)) === null) return false;
  await askToCancelRun(client, admin.actor, runKey);
  liveRuns.cancel(runKey);
  return true;
}

/** The exports on record whose file has this SHA-256, hex in lower case. @throws ExportError */
export async function findMatches(admin: Admin, digest: string): Promise<DigestMatch[]> {
  return describeMatches(await findRunsByDigest(client, admin.actor, digest));
}

/** Throws unless Convex answers and accepts the key. @throws ExportError */
export async function checkConvex(): Promise<void> {
  await accounts.resolveSession("readiness-check");
}

/** Where a request came from, for the audit trail. */
export function originOf({ requestId, address, userAgent }: RequestContext) {
  return { requestId, address, ...(userAgent === undefined ? {} : { userAgent }) };
}
