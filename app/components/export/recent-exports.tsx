import type { HistoryEntry } from "~/export/history";
import { UtcTime } from "~/components/utc-time";
import { formatBytes, formatCountOf, formatDuration, formatRole } from "~/lib/format";

const OUTCOMES: Record<HistoryEntry["outcome"], { name: string; colours: string }> = {
  running: { name: "Running", colours: "bg-sunken text-ink-soft" },
  completed: { name: "Completed", colours: "bg-accent-soft text-accent" },
  cancelled: { name: "Cancelled", colours: "bg-sunken text-ink-soft" },
  interrupted: { name: "Interrupted", colours: "bg-warning-soft text-warning" },
  failed: { name: "Failed", colours: "bg-danger-soft text-danger" },
  denied: { name: "Denied", colours: "bg-danger-soft text-danger" },
};

const COLUMNS = ["When and who", "What", "Size", "Duration", "Outcome"];

/** The latest entries of the audit trail: exports, and attempts that were refused. */
export function RecentExports({ history }: { history: HistoryEntry[] | null }) {
  return (
    <section aria-labelledby="recent">
      <h2 id="recent" className="text-lg font-semibold tracking-tight">
        Recent exports
      </h2>
      <p className="mt-1 text-sm text-ink-soft">{noteOn(history)}</p>
      {history !== null && history.length > 0 && (
        <div
          role="group"
          aria-labelledby="recent"
          tabIndex={0}
          className="mt-4 overflow-x-auto rounded-xl border border-line bg-surface px-3 shadow-card sm:px-6"
        >
          <table
            aria-labelledby="recent"
            className="w-full min-w-[44rem] text-left text-[0.8125rem] leading-relaxed"
          >
            <thead>
              <tr className="border-b border-line text-ink-soft">
                {COLUMNS.map((column) => (
                  <th key={column} scope="col" className="py-3 pr-4 font-semibold">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {history.map((entry) => (
                <Entry key={entry.key} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function noteOn(history: HistoryEntry[] | null): string {
  if (history === null) return "They cannot be read at the moment. Reload the page to try again.";
  if (history.length === 0) return "There is none yet. Each export and each refusal is recorded.";
  return "The last ten exports and refused attempts, from the portal’s audit trail.";
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const { who, role, at, what, reason, records, bytes, durationMs } = entry;
  const { outcome, meaning, requestId } = entry;
  const { name, colours } = OUTCOMES[outcome];
  return (
    <tr className="border-b border-line align-top last:border-0">
      <th scope="row" className="py-2.5 pr-4 font-normal tabular-nums">
        <span className="whitespace-nowrap">
          <UtcTime moment={at} />
        </span>
        <span className="block break-words text-ink-soft">
          {who}
          {role !== undefined && ` (${formatRole(role)})`}
        </span>
      </th>
      <td className="max-w-64 py-2.5 pr-4 break-words">
        {what.join(", ")}
        {reason !== undefined && <q className="block text-ink-soft">{reason}</q>}
      </td>
      <td className="py-2.5 pr-4 whitespace-nowrap tabular-nums">
        {bytes !== undefined && formatBytes(bytes)}
        {records !== undefined && (
          <span className="block text-ink-soft">{formatCountOf(records, "record")}</span>
        )}
      </td>
      <td className="py-2.5 pr-4 whitespace-nowrap tabular-nums">
        {durationMs !== undefined && formatDuration(durationMs)}
      </td>
      <td className="max-w-72 py-2.5">
        <span className={`rounded-full px-2 py-0.5 text-xs whitespace-nowrap ${colours}`}>
          {name}
        </span>
        {meaning !== undefined && <span className="mt-1 block text-ink-soft">{meaning}</span>}
        {requestId !== undefined && (
          <span className="block text-xs break-all text-ink-soft">Request id {requestId}</span>
        )}
      </td>
    </tr>
  );
}
