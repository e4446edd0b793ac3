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

/** A cell; on a small screen below the one before it, and not there where it says nothing. */
const CELL = "py-2.5 pr-4 max-sm:block max-sm:py-0 max-sm:pr-0 max-sm:empty:hidden";

/**
 * Entries of the audit trail: exports, and attempts that were refused. Its roles are written down
 * because browsers forget them where a table is laid out as blocks.
 */
export function AuditTable({ entries, labelledBy }: AuditTableProps) {
  return (
    <div
      role="region"
      aria-labelledby={labelledBy}
      tabIndex={0}
      className="mt-4 overflow-x-auto rounded-xl border border-line bg-surface px-3 shadow-card sm:px-6"
    >
      <table
        role="table"
        aria-labelledby={labelledBy}
        className="w-full text-left text-[0.8125rem] leading-relaxed max-sm:block sm:min-w-[44rem]"
      >
        <thead role="rowgroup" className="max-sm:sr-only">
          <tr role="row" className="border-b border-line text-ink-soft">
            {COLUMNS.map((column) => (
              <th key={column} role="columnheader" scope="col" className="py-3 pr-4 font-semibold">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="max-sm:block">
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
    <tr
      role="row"
      className="border-b border-line align-top last:border-0 max-sm:block max-sm:space-y-1 max-sm:py-3"
    >
      <th role="rowheader" scope="row" className={`${CELL} font-normal tabular-nums`}>
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
      <td role="cell" className={`${CELL} break-words sm:max-w-64`}>
        {what.join(", ")}
        {reason !== undefined && <q className="block text-ink-soft">{reason}</q>}
      </td>
      <td role="cell" className={`${CELL} whitespace-nowrap tabular-nums`}>
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
      <td role="cell" className={`${CELL} whitespace-nowrap tabular-nums`}>
        {durationMs !== undefined && formatDuration(durationMs)}
      </td>
      <td role="cell" className={`${CELL} sm:max-w-72`}>
        <OutcomeBadge outcome={outcome} />
        {meaning !== undefined && <span className="mt-1 block text-ink-soft">{meaning}</span>}
        {requestId !== undefined && (
          <span className="block text-xs break-all text-ink-soft">Request id {requestId}</span>
        )}
      </td>
    </tr>
  );
}
