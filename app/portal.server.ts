import { Auth, type Admin } from "./auth/auth.server";
import { Accounts } from "./convex/accounts";
import { ConvexClient } from "./convex/client";
import { EXPORT_TABLES, createConvexSource } from "./convex/export-source";
import { createRunRecorder, findRun, type RunOrigin } from "./convex/runs";
import { getEnv } from "./env.server";
import { ExportCapacity } from "./export/capacity";
import { parseExportQuery, type ExportRequest } from "./export/filters";
import { HeldExports } from "./export/held-exports";
import { describePlan, type ExportOverview } from "./export/overview";
import { planExport } from "./export/plan";
import { prepareExport, type PreparedExport } from "./export/run";
import { SpoolSpace } from "./export/spool";
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

/** What a full export would hold, as of now. @throws ExportError */
export async function loadExportOverview(admin: Admin): Promise<ExportOverview> {
  return describePlan(await planExport(capacity.bound(createConvexSource(client, admin.actor))));
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

/** Throws unless Convex answers and accepts the key. @throws ExportError */
export async function checkConvex(): Promise<void> {
  await accounts.resolveSession("readiness-check");
}
