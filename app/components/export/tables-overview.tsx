import { Link, useSearchParams } from "@remix-run/react";
import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import type { ExportOverview, TableOverview } from "~/export/overview";
import { LocalTime } from "~/components/local-time";
import { formatAmount, formatCount, formatMargin, formatShare, type Size } from "~/lib/format";
import { sortQuery, unsortedQuery, type SortKey, type TableSort } from "~/lib/table-sort";
import { Redactions } from "./redactions";
import { ShareBar } from "./share-bar";
import { TableName } from "./table-name";

interface Column {
  key: SortKey | null;
  label: string;
  className: string;
}

const NUMBER_CELL = "py-2.5 pl-3 text-right tabular-nums whitespace-nowrap sm:pl-5";
const WIDE_CELL = "py-2.5 pl-5 whitespace-nowrap";

const COLUMNS: readonly Column[] = [
  { key: "name", label: "Table", className: "py-2" },
  { key: "records", label: "Records", className: NUMBER_CELL },
  { key: "size", label: "Size", className: NUMBER_CELL },
  { key: null, label: "Share", className: WIDE_CELL },
  { key: "newest", label: "Newest record", className: WIDE_CELL },
];

interface TablesOverviewProps {
  overview: ExportOverview;
  /** How the rows are sorted; null for the order of the file. */
  sort: TableSort | null;
}

/** Records, size and age of each table, and what is kept from it. */
export function TablesOverview({ overview, sort }: TablesOverviewProps) {
  const [query] = useSearchParams();
  return (
    <section aria-labelledby="tables">
      <h2 id="tables" className="text-lg font-semibold tracking-tight">
        Tables
      </h2>
      <p className="mt-1 max-w-3xl text-sm text-ink-soft">
        Record counts are exact. A size marked “≈” is estimated from a sample of the table’s
        documents, and right within ± in 19 of 20 cases; all others are exact.{" "}
        {sort === null ? (
          "In the order of the file."
        ) : (
          <Link
            to={unsortedQuery(query)}
            preventScrollReset
            className="text-accent underline underline-offset-2"
          >
            Show in the order of the file
          </Link>
        )}
      </p>
      <div
        role="group"
        aria-labelledby="tables"
        tabIndex={0}
        className="mt-4 overflow-x-auto rounded-xl border border-line bg-surface px-3 shadow-card sm:px-6"
      >
        <table aria-labelledby="tables" className="w-full text-[0.8125rem] sm:text-sm">
          <thead>
            <tr className="border-b border-line text-left text-ink-soft">
              {COLUMNS.map((column) => (
                <Heading key={column.label} column={column} sort={sort} query={query} />
              ))}
            </tr>
          </thead>
          <tbody>
            {overview.tables.map((table) => (
              <TableRow key={table.name} table={table} />
            ))}
          </tbody>
          <tfoot>
            <Totals overview={overview} />
          </tfoot>
        </table>
      </div>
    </section>
  );
}

interface HeadingProps {
  column: Column;
  sort: TableSort | null;
  query: URLSearchParams;
}

function Heading({ column: { key, label, className }, sort, query }: HeadingProps) {
  if (key === null) {
    return (
      <th scope="col" className={`${className} font-semibold`}>
        {label}
      </th>
    );
  }
  const order = sort?.key === key ? sort.order : null;
  const Icon = order === null ? ArrowUpDown : order === "asc" ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={order === null ? undefined : order === "asc" ? "ascending" : "descending"}
      className={`${className} font-semibold`}
    >
      {/* A link: sorting needs no JavaScript, and its address can be kept. */}
      <Link
        to={sortQuery(query, key, sort)}
        preventScrollReset
        className={`inline-flex min-h-6 items-center gap-1 rounded-sm hover:text-ink ${order === null ? "" : "text-ink"}`}
      >
        {label}
        <Icon
          aria-hidden="true"
          className={`size-3.5 ${order === null ? "hidden opacity-50 sm:block" : ""}`}
        />
      </Link>
    </th>
  );
}

function TableRow({ table }: { table: TableOverview }) {
  const { name, records, sizeBytes, isSizeExact, marginBytes, share, newest } = table;
  const size = { bytes: sizeBytes, isExact: isSizeExact, marginBytes };
  return (
    <tr className="border-b border-line align-top last:border-0">
      <th scope="row" className="py-2.5 text-left font-normal">
        <TableName name={name} />
        <Redactions table={table} />
      </th>
      <td className={`${NUMBER_CELL} ${records === 0 ? "text-ink-soft" : ""}`}>
        {formatCount(records)}
      </td>
      <td className={`${NUMBER_CELL} text-ink-soft`}>
        <SizeText size={size} />
      </td>
      <td className={`${WIDE_CELL} text-ink-soft tabular-nums`}>
        <ShareBar share={share} />
        {formatShare(share)}
      </td>
      <td className={`${WIDE_CELL} text-ink-soft tabular-nums`}>
        <Newest moment={newest} isEmpty={records === 0} />
      </td>
    </tr>
  );
}

function Totals({ overview }: { overview: ExportOverview }) {
  const { totalRecords, totalBytes, isSizeExact, marginBytes, newest } = overview;
  return (
    <tr className="border-t border-line-strong font-semibold">
      <th scope="row" className="py-3 text-left">
        Total
      </th>
      <td className={NUMBER_CELL}>{formatCount(totalRecords)}</td>
      <td className={NUMBER_CELL}>
        <SizeText size={{ bytes: totalBytes, isExact: isSizeExact, marginBytes }} />
      </td>
      <td className={`${WIDE_CELL} tabular-nums`}>
        <ShareBar share={totalBytes === 0 ? 0 : 1} />
        {formatShare(totalBytes === 0 ? 0 : 1)}
      </td>
      <td className={`${WIDE_CELL} tabular-nums`}>
        <Newest moment={newest} isEmpty={totalRecords === 0} />
      </td>
    </tr>
  );
}

/** Its margin goes below it where there is little room. */
function SizeText({ size }: { size: Size }) {
  const margin = formatMargin(size);
  return (
    <>
      {formatAmount(size)}
      {margin !== null && <span className="block sm:inline"> {margin}</span>}
    </>
  );
}

function Newest({ moment, isEmpty }: { moment: number | null; isEmpty: boolean }) {
  if (moment !== null) return <LocalTime moment={moment} />;
  return isEmpty ? "None" : "Not known";
}
