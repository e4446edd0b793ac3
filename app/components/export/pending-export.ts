/** The export that a tab has begun and that has not ended yet: a reload must not lose it. */
export interface PendingExport {
  runKey: string;
  /** Query of the download, the run's key included. */
  query: string;
}

const STORAGE_KEY = "supportsignal-export";

/** Session storage belongs to one tab. Where it is not allowed, a reload ends the export. */
export function rememberPending(pending: PendingExport | null): void {
  try {
    if (pending === null) sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, JSON.stringify(pending));
  } catch {
    // Then it is not remembered.
  }
}

/**
 * What this tab had begun when its page was loaded again; null where it was loaded in another way.
 * A duplicated tab has a copy of the storage, and must not download the same file.
 */
export function readPendingAfterReload(): PendingExport | null {
  const [navigation] = performance.getEntriesByType("navigation");
  if ((navigation as PerformanceNavigationTiming | undefined)?.type !== "reload") return null;
  try {
    const pending: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null");
    return isPending(pending) ? pending : null;
  } catch {
    return null;
  }
}

function isPending(value: unknown): value is PendingExport {
  const pending = value as Partial<PendingExport> | null;
  return typeof pending?.runKey === "string" && typeof pending.query === "string";
}
