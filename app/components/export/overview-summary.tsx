import type { ReactNode } from "react";
import { Info } from "lucide-react";
import { LocalTime } from "~/components/local-time";
import type { DurationEstimate } from "~/export/duration-estimate";
import type { ExportOverview } from "~/export/overview";
import { formatBytes, formatCount, formatCountOf, formatDuration, formatSize } from "~/lib/format";
import { ExportButton } from "./export-button";
import { ExportOptions } from "./export-options";

interface OverviewSummaryProps {
  overview: ExportOverview;
  /** How long an export may take; null where no earlier one says. */
  duration: DurationEstimate | null;
  /** How long it may take, in words, by what was measured elsewhere. */
  guess: string;
}

/** What an export would hold, in a few figures, and the button that makes it. */
export function OverviewSummary({ overview, duration, guess }: OverviewSummaryProps) {
  const { tables, totalRecords, fileBytes, marginBytes, asOf, isUnused } = overview;
  // What stands around the documents is estimated, so a whole file's size always is.
  const size = { bytes: fileBytes, isExact: false, marginBytes };
  return (
    <section
      aria-label="Full export"
      className="rounded-xl border border-line bg-surface shadow-card"
    >
      <dl className="flex flex-wrap gap-x-10 gap-y-5 p-5 sm:p-6">
        <Figure label="Records">{formatCount(totalRecords)}</Figure>
        <Figure label="Download">{formatSize(size)}</Figure>
        <Figure label="Tables">{formatCount(tables.length)}</Figure>
        {duration !== null && <Figure label="Time">≈ {formatDuration(duration.ms)}</Figure>}
        <div>
          <dt className="text-sm text-ink-soft">As of</dt>
          <dd className="mt-1 tabular-nums sm:leading-8">
            <LocalTime moment={asOf} />
          </dd>
        </div>
      </dl>
      {isUnused && <UnusedNotice />}
      <div className="flex flex-col gap-x-6 gap-y-3 border-t border-line p-5 sm:flex-row sm:items-start sm:p-6">
        <ExportButton />
        <div className="max-w-md space-y-2 text-sm leading-relaxed text-ink-soft">
          <p>
            One JSON file with every table. It is read afresh when you press the button, as one
            consistent snapshot: changes that are made meanwhile are not in it.
          </p>
          <p>{noteOn(duration, guess, fileBytes)}</p>
        </div>
      </div>
      <ExportOptions />
    </section>
  );
}

function noteOn(duration: DurationEstimate | null, guess: string, fileBytes: number): string {
  if (duration === null) {
    return `It may take ${guess}. That is a rough guess: no recent export was of this size.`;
  }
  const { ms, basedOn } = duration;
  return `${formatBytes(fileBytes)} should take about ${formatDuration(ms)}, by ${formatCountOf(basedOn, "recent export")} of a like size.`;
}

function UnusedNotice() {
  return (
    <p className="flex gap-3 border-t border-line bg-accent-soft px-5 py-4 text-sm leading-relaxed sm:px-6">
      <Info aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-accent" />
      <span>
        <strong className="font-semibold">There is nothing to analyse yet.</strong> The database
        holds accounts and sessions only. An export works, and its other tables are empty. If you
        expected data, ask whoever runs the portal whether it reads the right deployment.
      </span>
    </p>
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
