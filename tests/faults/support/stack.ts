import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EmbeddedConvexOptions } from "~/embedded/options";
import { DOWNLOAD } from "../../e2e/support/addresses";
import { HttpClient } from "../../e2e/support/http";
import { startPortal } from "../../e2e/support/portal";
import type { Portal } from "../../e2e/support/portal";
import { signInAt } from "../../e2e/support/session";
import type { Session } from "../../e2e/support/session";
import { startStack } from "../../e2e/support/stack";
import type { Stack } from "../../e2e/support/stack";
import { PAGE_DOCUMENTS, writeLargeTable, writeSmallTables } from "./dataset";

export const ADMIN = "system_admin@supportsignal.test";

/** Longer than any test takes (2 minutes): a request may wait in the proxy as long as it likes. */
const LONGEST_HOLD_MS = 120_000;

const ENVIRONMENT = {
  CONVEX_TIMEOUT_MS: String(LONGEST_HOLD_MS),
  EXPORT_PAGE_DOCUMENTS: String(PAGE_DOCUMENTS),
};

/** A portal with a proxy and a database, and an administrator who has signed in. */
export interface FaultStack extends Stack {
  session: Session;
  /** Folder of the portals' spools. */
  spoolDirectory: string;
  /** Starts one more portal on the same database; `stop` ends it, too. */
  portalWith(env: Record<string, string>, limits?: { fileLimitBytes: number }): Promise<Portal>;
}

/**
 * Starts a stack with one of the two data sets of `dataset.ts`.
 * @param env Changes to the environment of its portal.
 */
export async function startFaultStack(
  data: "small" | "large",
  env: Record<string, string> = {},
  options: EmbeddedConvexOptions = {},
): Promise<FaultStack> {
  const folder = await (data === "small" ? writeSmallTables() : writeLargeTable());
  const spoolDirectory = await mkdtemp(path.join(tmpdir(), "supportsignal-spools-"));
  const ours = { ...ENVIRONMENT, EXPORT_SPOOL_DIRECTORY: spoolDirectory };
  const stack = await startStack(
    { data: folder, retentionMs: LONGEST_HOLD_MS, ...options },
    { ...ours, ...env },
  );
  const others: Portal[] = [];
  return {
    ...stack,
    session: await signInAt(stack.portal.origin, ADMIN),
    spoolDirectory,
    portalWith: async (changes, limits) => {
      const portal = await startPortal(stack.target, { ...ours, ...changes }, limits);
      others.push(portal);
      return portal;
    },
    stop: async () => {
      await Promise.all(others.map((portal) => portal.stop()));
      await stack.stop();
      await rm(folder, { recursive: true });
      await rm(spoolDirectory, { recursive: true });
    },
  };
}

/** Address of a download at a portal. */
export function downloadUrl(portal: Portal, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `${portal.origin}${DOWNLOAD}${search === "" ? "" : `?${search}`}`;
}

/** Downloads as a program does that does not know of compression. */
export function download(
  portal: Portal,
  session: Session,
  query: Record<string, string> = {},
  headers: Record<string, string> = {},
) {
  const address = downloadUrl(portal, query).slice(portal.origin.length);
  return new HttpClient(portal.origin).send(address, {
    session,
    headers: { "Accept-Encoding": "identity", ...headers },
  });
}
