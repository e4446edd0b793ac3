import type { ReactNode } from "react";
import { LocalTime } from "~/components/local-time";
import type { RecordedRun } from "~/export/run-status";
import { formatBytes, formatCount, formatDuration, formatRole } from "~/lib/format";
import { OutcomeBadge } from "./outcome-badge";
import { TableName } from "./table-name";

/** Everything that is on record of a run. */
export interface RunRecord extends RecordedRun {
  who: string;
  userId?: string;
  role?: string;
  address?: string;
  userAgent?: string;
  exportType: string;
  format: string;
  reason?: string;
  snapshotAt?: number;
  recordCounts?: Record<string, number>;
}

interface RunDetailsProps {
  details: RunRecord;
  durationMs: number | undefined;
  /** What it was asked for, in words. */
  what: string[];
  /** What its outcome means, where its name does not say it. */
  meaning: string | undefined;
}

/** One run, field by field. What is not on record is not shown. */
export function RunDetails({ details, durationMs, what, meaning }: RunDetailsProps) {
  const { who, userId, role, outcome, errorCode, cancelAskedAt, cancelAskedBy } = details;
  const { startedAt, finishedAt, snapshotAt, totalRecords, recordCounts } = details;
  return (
    <>
      <Group title="Outcome">
        <Field label="Outcome">
          <OutcomeBadge outcome={outcome} />
          {meaning !== undefined && <span className="mt-1 block">{meaning}</span>}
        </Field>
        <Field label="Error code">{errorCode && <Code>{errorCode}</Code>}</Field>
        <Field label="Asked to cancel">
          {cancelAskedAt !== undefined && (
            <>
              {cancelAskedBy}, <LocalTime moment={cancelAskedAt} isToTheSecond />
            </>
          )}
        </Field>
        <Field label="Started">
          <LocalTime moment={startedAt} isToTheSecond />
        </Field>
        <Field label="Ended">
          {finishedAt !== undefined && <LocalTime moment={finishedAt} isToTheSecond />}
        </Field>
        <Field label="Duration">{durationMs !== undefined && formatDuration(durationMs)}</Field>
      </Group>

      <Group title="What was exported">
        <Field label="Selection">{what.join(", ")}</Field>
        <Field label="Type">{details.exportType}</Field>
        <Field label="Format">{details.format}</Field>
        <Field label="Reason">{details.reason}</Field>
        <Field label="Snapshot">
          {snapshotAt !== undefined && <LocalTime moment={snapshotAt} isToTheSecond />}
        </Field>
      </Group>

      <Group title="The file">
        <Field label="Name">{details.fileName && <Code>{details.fileName}</Code>}</Field>
        <Field label="Size">
          {details.bytes !== undefined &&
            `${formatBytes(details.bytes)} (${formatCount(details.bytes)} bytes)`}
        </Field>
        <Field label="Records">{totalRecords !== undefined && formatCount(totalRecords)}</Field>
        <Field label="SHA-256">{details.digest && <Code>{details.digest}</Code>}</Field>
      </Group>

      <Group title="Who, and from where">
        <Field label="Name">
          {who}
          {role !== undefined && ` (${formatRole(role)})`}
        </Field>
        <Field label="User">{userId && <Code>{userId}</Code>}</Field>
        <Field label="Address">{details.address && <Code>{details.address}</Code>}</Field>
        <Field label="User agent">{details.userAgent}</Field>
        <Field label="Request id">{details.requestId && <Code>{details.requestId}</Code>}</Field>
        <Field label="Run id">
          <Code>{details.runKey}</Code>
        </Field>
      </Group>

      {recordCounts && <RecordCounts recordCounts={recordCounts} />}
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
      <dl className="mt-3 divide-y divide-line rounded-xl border border-line bg-surface px-5 text-sm shadow-card sm:px-6">
        {children}
      </dl>
    </section>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  if (children === undefined || children === false || children === "") return null;
  return (
    <div className="grid gap-x-6 gap-y-0.5 py-2.5 sm:grid-cols-[10rem_1fr]">
      <dt className="text-ink-soft">{label}</dt>
      <dd className="min-w-0 break-words tabular-nums">{children}</dd>
    </div>
  );
}

function Code({ children }: { children: string }) {
  return <code className="font-mono text-[0.8125rem] break-all select-all">{children}</code>;
}

function RecordCounts({ recordCounts }: { recordCounts: Record<string, number> }) {
  return (
    <section>
      <h2 id="counts" className="text-lg font-semibold tracking-tight">
        Records per table
      </h2>
      <div className="mt-3 rounded-xl border border-line bg-surface px-5 shadow-card sm:px-6">
        <table aria-labelledby="counts" className="w-full text-left text-sm">
          <thead>
            <tr className="border-b border-line text-ink-soft">
              <th scope="col" className="py-2.5 font-semibold">
                Table
              </th>
              <th scope="col" className="py-2.5 text-right font-semibold">
                Records
              </th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(recordCounts).map(([name, records]) => (
              <tr key={name} className="border-b border-line last:border-0">
                <th scope="row" className="py-2 font-normal">
                  <TableName name={name} />
                </th>
                <td className="py-2 text-right tabular-nums">{formatCount(records)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
