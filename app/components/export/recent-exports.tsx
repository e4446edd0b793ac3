import { Link } from "@remix-run/react";
import type { HistoryEntry } from "~/export/history";
import { paths } from "~/lib/paths";
import { AuditTable } from "./audit-table";

/** The latest entries of the audit trail: exports, and attempts that were refused. */
export function RecentExports({ history }: { history: HistoryEntry[] | null }) {
  return (
    <section>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 id="recent" className="text-lg font-semibold tracking-tight">
          Recent exports
        </h2>
        <Link
          to={paths.exportRuns}
          className="rounded-sm text-sm text-accent underline underline-offset-2"
        >
          All exports
        </Link>
      </div>
      <p className="mt-1 text-sm text-ink-soft">{noteOn(history)}</p>
      {history !== null && history.length > 0 && (
        <AuditTable entries={history} labelledBy="recent" />
      )}
    </section>
  );
}

function noteOn(history: HistoryEntry[] | null): string {
  if (history === null) return "They cannot be read at the moment. Reload the page to try again.";
  if (history.length === 0) return "There is none yet. Each export and each refusal is recorded.";
  return "The latest exports and refused attempts, from the portal’s audit trail.";
}
