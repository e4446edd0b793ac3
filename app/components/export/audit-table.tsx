import { Link } from "@remix-run/react";
import { LocalTime } from "~/components/local-time";
import type { HistoryEntry } from "~/export/history";
import { formatBytes, formatCountOf, formatDuration, formatRole } from "~/lib/format";
import { paths, runPath } from "~/lib/paths";
import { OutcomeBadge } from "./outcome-badge";

const COLUMNS = ["When and who", "What", "Size", "Duration", "Outcome"];

/** Hex characters of a digest that are shown; the whole one is on the run's page. */
const SHOWN_DIGEST_LENGTH = 12;

interface AuditTableProps {
  entries: HistoryEntry[];
  /** Id of its heading. */
  labelledBy: string;
}

/** Entries of the audit trail: exports, and attempts that were refused. */
export function AuditTable({ entries, labelledBy }: AuditTableProps) {
  return (
    <div
      role="region"
      aria-labelledby={labelledBy}
      tabIndex={0}
      className="mt-4 overflow-x-auto rounded-xl border border-line bg-surface px-3 shadow-card sm:px-6"
    >
      <table
        aria-labelledby={labelledBy}
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
          {entries.map((entry) => (
            <Entry key={entry.key} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const { runKey, who, userId, role, at, what, reason, records, bytes, durationMs } = entry;
  const { outcome, meaning, requestId, digest } = entry;
  const filter = `${paths.exportRuns}?who=${userId ?? "command_line"}`;
  return (
    <tr className="border-b border-line align-top last:border-0">
      <th scope="row" className="py-2.5 pr-4 font-normal tabular-nums">
        <span className="whitespace-nowrap">
          {runKey === undefined ? (
            <LocalTime moment={at} />
          ) : (
            <Link to={runPath(runKey)} className="rounded-sm underline underline-offset-2">
              <LocalTime moment={at} />
            </Link>
          )}
        </span>
        <span className="block break-words text-ink-soft">
          <Link to={filter} className="rounded-sm hover:text-ink hover:underline">
            {who}
          </Link>
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
        {digest !== undefined && (
          <code title={`SHA-256 ${digest}`} className="block font-mono text-xs text-ink-soft">
            {digest.slice(0, SHOWN_DIGEST_LENGTH)}…
          </code>
        )}
      </td>
      <td className="py-2.5 pr-4 whitespace-nowrap tabular-nums">
        {durationMs !== undefined && formatDuration(durationMs)}
      </td>
      <td className="max-w-72 py-2.5">
        <OutcomeBadge outcome={outcome} />
        {meaning !== undefined && <span className="mt-1 block text-ink-soft">{meaning}</span>}
        {requestId !== undefined && (
          <span className="block text-xs break-all text-ink-soft">Request id {requestId}</span>
        )}
      </td>
    </tr>
  );
}
