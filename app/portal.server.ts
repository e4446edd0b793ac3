import { Auth, type Admin } from "./auth/auth.server";
import { waitBriefly } from "./auth/side-work.server";
import { Csrf } from "./auth/csrf.server";
import { Accounts } from "./convex/accounts";
import { ConvexClient } from "./convex/client";
import { EXPORT_TABLES, createConvexSource, readSummary } from "./convex/export-source";
import {
  createRunRecorder,
  findRecentEntries,
  findRun,
  findRunsByDigest,
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
import { describeSummary, type ExportOverview } from "./export/overview";
import { prepareExport, type PreparedExport } from "./export/run";
import { SpoolSpace } from "./export/spool";
import { describeCause } from "./http/export-problem.server";
import { isStartedByOtherSite, refuseForeignStart } from "./http/fetch-metadata.server";
import type { RequestContext } from "./http/load-context";

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

void SpoolSpace.removeStale(env.EXPORT_SPOOL_DIRECTORY);

/** Exports that are being delivered, or whose delivery broke off a moment ago. */
export const heldExports = new HeldExports({ holdMs: env.EXPORT_RESUME_SECONDS * 1000 });

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

/** The latest exports and refused attempts; null where they cannot be read, which is logged. */
export async function loadHistory(
  admin: Admin,
  context: RequestContext,
): Promise<HistoryEntry[] | null> {
  try {
    return describeHistory(await findRecentEntries(client, admin.actor));
  } catch (error) {
    context.log.warn({ cause: describeCause(error) }, "the history was not read");
    return null;
  }
}

/** What a download's address asks for. @throws FilterError */
export function readExportRequest(request: Request): ExportRequest {
  return parseExportQuery(new URL(request.url).searchParams, EXPORT_TABLES);
}

/** Runs an export for an administrator. @throws ExportError */
export function runExport(
  admin: Admin,
  request: ExportRequest,
  origin: RunOrigin,
  signal: AbortSignal,
): Promise<PreparedExport> {
  return prepareExport({
    source: createConvexSource(client, admin.actor),
    recorder: createRunRecorder(client, admin.actor, origin),
    request,
    capacity,
    page: {
      maximumBytes: env.EXPORT_PAGE_BYTES,
      maximumDocuments: env.EXPORT_PAGE_DOCUMENTS,
    },
    captureMs: env.EXPORT_CAPTURE_SECONDS * 1000,
    signal,
  });
}

/** The audit row of a run, or null. @throws ExportError */
export function loadRun(admin: Admin, runKey: string) {
  return findRun(client, admin.actor, runKey);
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
