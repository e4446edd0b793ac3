import { useState } from "react";
import { Check, Copy } from "lucide-react";
import { buttonClasses } from "~/components/button";
import type { SegmentView } from "~/export/segment-view";
import { formatBytes, formatCount, formatCountOf } from "~/lib/format";
import { TableName } from "./table-name";

/** What a choice holds, and the address that downloads exactly this. */
export function SegmentOutcome({
  view,
  isCounting,
  onCountAgain,
}: {
  view: SegmentView;
  isCounting: boolean;
  onCountAgain: () => void;
}) {
  return (
    <div className="space-y-5">
      <div role="status" aria-busy={isCounting}>
        <SegmentSummary view={view} isCounting={isCounting} />
      </div>
      {view.failure !== undefined && !isCounting && (
        <button
          type="button"
          onClick={onCountAgain}
          className={`needs-script ${buttonClasses("secondary", "small")}`}
        >
          Count again
        </button>
      )}
      {view.counts !== null && <SegmentCounts counts={view.counts} />}
      {view.problems.length === 0 && <Address address={view.address} />}
    </div>
  );
}

function SegmentSummary({ view, isCounting }: { view: SegmentView; isCounting: boolean }) {
  if (isCounting) return <p className="text-sm text-ink-soft">Counting…</p>;
  const { counts, problems, failure } = view;
  if (failure !== undefined) return <p className="text-sm font-medium text-danger">{failure}</p>;
  if (problems.length > 0) {
    return (
      <ul className="text-sm font-medium text-danger">
        {problems.map(({ parameter, message }) => (
          <li key={`${parameter} ${message}`}>
            {parameter} {message}.
          </li>
        ))}
      </ul>
    );
  }
  if (counts === null) {
    return <p className="text-sm text-ink-soft">Nothing is narrowed down: the whole database.</p>;
  }
  const selected = sum(counts.selected);
  const referenced = sum(counts.referenced);
  return (
    <p className="text-sm">
      <strong className="font-semibold">{formatCountOf(selected, "record")}</strong>
      {referenced > 0 && `, and ${formatCount(referenced)} more that they refer to`}
      {`, about ${formatBytes(counts.bytes)}.`}
      {counts.isMoreReferenced &&
        " What whole tables refer to comes on top; it is known once they are read."}
    </p>
  );
}

function SegmentCounts({ counts }: { counts: NonNullable<SegmentView["counts"]> }) {
  const tables = [...new Set([...Object.keys(counts.selected), ...Object.keys(counts.referenced)])];
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">Records of the part</caption>
      <thead className="text-left text-ink-soft">
        <tr>
          <th scope="col" className="py-1.5 font-normal">
            Table
          </th>
          <th scope="col" className="py-1.5 text-right font-normal">
            Records
          </th>
          <th scope="col" className="py-1.5 text-right font-normal">
            By reference
          </th>
        </tr>
      </thead>
      <tbody className="tabular-nums">
        {tables.map((table) => (
          <tr key={table} className="border-t border-line">
            <th scope="row" className="py-1.5 text-left font-normal">
              <TableName name={table} />
            </th>
            <Count count={counts.selected[table] ?? 0} />
            <Count count={counts.referenced[table] ?? 0} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What there is stands out from what there is not. */
function Count({ count }: { count: number }) {
  return (
    <td className={`py-1.5 text-right ${count === 0 ? "text-ink-soft" : "font-semibold"}`}>
      {formatCount(count)}
    </td>
  );
}

const COPY_BY_HAND = "The browser does not allow that: copy the link’s address instead.";

/** A link, as the address of a download is nothing else; with JavaScript it can be copied. */
function Address({ address }: { address: string }) {
  const [copied, setCopied] = useState<{ address: string; isDone: boolean }>();

  async function copy() {
    try {
      await navigator.clipboard.writeText(new URL(address, window.location.href).href);
      setCopied({ address, isDone: true });
    } catch {
      // The browser may refuse it: the address can be copied by hand.
      setCopied({ address, isDone: false });
    }
  }

  // Another address has not been copied.
  const outcome = copied?.address === address ? copied : undefined;
  const isCopied = outcome?.isDone === true;
  const Icon = isCopied ? Check : Copy;
  return (
    <div>
      <p className="text-sm font-semibold">Address, to bookmark or to use in a script</p>
      <div className="mt-1.5 flex flex-wrap items-center gap-3">
        <a href={address} className="min-w-0 font-mono text-xs break-all underline">
          {address}
        </a>
        <button
          type="button"
          onClick={() => void copy()}
          className={`needs-script ${buttonClasses("secondary", "small")}`}
        >
          <Icon aria-hidden="true" className="size-4" />
          {isCopied ? "Copied" : "Copy"}
        </button>
      </div>
      <p
        role="status"
        className={outcome?.isDone === false ? "mt-1.5 text-sm text-danger" : "sr-only"}
      >
        {outcome && (outcome.isDone ? "The address is copied." : COPY_BY_HAND)}
      </p>
    </div>
  );
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
