import type { ReactNode } from "react";
import { UtcTime } from "~/components/utc-time";
import type { ExportOverview } from "~/export/overview";
import { formatCount, formatSize } from "~/lib/format";
import { ExportButton } from "./export-button";
import { ExportOptions } from "./export-options";

/** What an export would hold, in four figures, and the button that makes it. */
export function OverviewSummary({ overview }: { overview: ExportOverview }) {
  const { tables, totalRecords, totalBytes, isSizeExact, asOf } = overview;
  return (
    <section
      aria-label="Full export"
      className="rounded-xl border border-line bg-surface shadow-card"
    >
      <dl className="grid grid-cols-2 gap-x-6 gap-y-5 p-5 sm:grid-cols-[auto_auto_auto_1fr] sm:gap-x-12 sm:p-6">
        <Figure label="Records">{formatCount(totalRecords)}</Figure>
        <Figure label={isSizeExact ? "Size" : "Estimated size"}>
          {formatSize(totalBytes, isSizeExact)}
        </Figure>
        <Figure label="Tables">{formatCount(tables.length)}</Figure>
        <div>
          <dt className="text-sm text-ink-soft">As of</dt>
          <dd className="mt-1 tabular-nums sm:leading-8">
            <UtcTime moment={asOf} />
          </dd>
        </div>
      </dl>
      <div className="flex flex-col gap-x-6 gap-y-3 border-t border-line p-5 sm:flex-row sm:items-start sm:p-6">
        <ExportButton />
        <p className="max-w-md text-sm leading-relaxed text-ink-soft">
          {totalRecords === 0
            ? "The database is empty. The file would hold every table, without a record. "
            : "One JSON file with every table. "}
          It is read afresh when you press the button, as one consistent snapshot: changes that are
          made meanwhile are not in it.
        </p>
      </div>
      <ExportOptions />
    </section>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-ink-soft">{label}</dt>
      <dd className="mt-1 text-2xl font-semibold tracking-tight tabular-nums">{children}</dd>
    </div>
  );
}
