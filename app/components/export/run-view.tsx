import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { RunStatus, Share } from "~/export/run-status";
import { formatBytes, formatCount } from "~/lib/format";
import { estimateRemainingMs, formatSeconds, percentOf, PHASES, shareOf } from "./run-progress";
import { TableName } from "./table-name";

interface RunViewProps {
  /** Undefined before anything is known. */
  status: RunStatus | undefined;
  /** The first look at the same step, from which its pace is known. */
  earlier?: RunStatus;
}

/** How far a run is: a bar, the figures behind it, and those of each table. */
export function RunView({ status, earlier }: RunViewProps) {
  const name = PHASES[status?.phase ?? "waiting"];
  const share = status && shareOf(status);
  const percent = status && percentOf(status);
  const remainingMs = status && earlier && estimateRemainingMs(earlier, status);
  const isEstimate = status?.phase === "reading" || status?.phase === "preparing";
  return (
    <>
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
        <span>{status?.isCancelAsked ? "Cancelling…" : name}</span>
        {percent !== undefined && <span className="tabular-nums">{percent} %</span>}
      </p>
      <progress
        aria-label={name}
        {...(share === undefined ? {} : { value: share.done, max: Math.max(share.total, 1) })}
        className="bar mt-2 block h-2 w-full"
      />
      {status && (
        <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-3 text-sm tabular-nums sm:grid-cols-4">
          {status.records && (
            <Figure label="Records">
              {formatCount(status.records.done)} of {formatCount(status.records.total)}
            </Figure>
          )}
          {status.bytes && (
            <Figure label={isEstimate ? "Read" : "Delivered"}>
              {formatBytes(status.bytes.done)} of {isEstimate && "≈ "}
              {formatBytes(status.bytes.total)}
            </Figure>
          )}
          <Figure label="Elapsed">{formatSeconds(status.elapsedMs)}</Figure>
          {remainingMs !== undefined && (
            <Figure label="Left of this step">about {formatSeconds(remainingMs)}</Figure>
          )}
        </dl>
      )}
      {status && status.tables.length > 0 && <Tables tables={status.tables} />}
    </>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-ink-soft">{label}</dt>
      <dd className="mt-0.5 font-semibold">{children}</dd>
    </div>
  );
}

function Tables({ tables }: { tables: RunStatus["tables"] }) {
  const complete = tables.filter(({ done, total }) => done === total).length;
  return (
    <details className="group mt-4 text-sm">
      <summary className="-mx-1 inline-flex list-none items-center gap-1.5 rounded-sm px-1 py-1 font-semibold">
        <ChevronRight
          aria-hidden="true"
          className="size-4 shrink-0 transition-transform group-open:rotate-90 motion-reduce:transition-none"
        />
        {complete} of {tables.length} tables read
      </summary>
      <ul className="mt-2 grid gap-x-10 gap-y-2 sm:grid-cols-2">
        {tables.map((table) => (
          <TableShare key={table.name} {...table} />
        ))}
      </ul>
    </details>
  );
}

function TableShare({ name, done, total }: { name: string } & Share) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="min-w-0 grow">
        <TableName name={name} />
      </span>
      <span className="text-ink-soft tabular-nums">
        {formatCount(done)} of {formatCount(total)}
      </span>
      <span className="w-full">
        <progress
          aria-label={name}
          // An empty table is complete from the start.
          value={total === 0 ? 1 : done}
          max={Math.max(total, 1)}
          className="bar block h-1 w-full"
        />
      </span>
    </li>
  );
}
