import type { ReactNode } from "react";
import { EyeOff, Fingerprint } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ExportOverview, TableOverview } from "~/export/overview";
import { formatCount, formatCountOf, formatSize } from "~/lib/format";
import { TableName } from "./table-name";

const NUMBER_CELL = "py-2.5 pl-2 text-right tabular-nums whitespace-nowrap sm:pl-4";

/** Records and size of each table, and what is kept from it. */
export function TablesOverview({ overview }: { overview: ExportOverview }) {
  const { tables, totalRecords, totalBytes, isSizeExact } = overview;
  return (
    <section aria-labelledby="tables">
      <h2 id="tables" className="text-lg font-semibold tracking-tight">
        Tables
      </h2>
      <p className="mt-1 text-sm text-ink-soft">
        Record counts are exact. Sizes are exact, too, unless marked “≈”: those are estimated from a
        sample of the table’s documents.
      </p>
      <div
        role="region"
        aria-labelledby="tables"
        tabIndex={0}
        className="mt-4 overflow-x-auto rounded-xl border border-line bg-surface px-3 shadow-card sm:px-6"
      >
        <table aria-labelledby="tables" className="w-full text-[0.8125rem] sm:text-sm">
          <thead>
            <tr className="border-b border-line text-left text-ink-soft">
              <th scope="col" className="py-3 font-semibold">
                Table
              </th>
              <th scope="col" className={`${NUMBER_CELL} font-semibold`}>
                Records
              </th>
              <th scope="col" className={`${NUMBER_CELL} font-semibold`}>
                Size
              </th>
            </tr>
          </thead>
          <tbody>
            {tables.map((table) => (
              <TableRow key={table.name} table={table} />
            ))}
          </tbody>
          <tfoot>
            <tr className="border-t border-line-strong font-semibold">
              <th scope="row" className="py-3 text-left">
                Total
              </th>
              <td className={NUMBER_CELL}>{formatCount(totalRecords)}</td>
              <td className={NUMBER_CELL}>{formatSize(totalBytes, isSizeExact)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  );
}

function TableRow({ table }: { table: TableOverview }) {
  const isEmpty = table.records === 0;
  return (
    <tr className="border-b border-line last:border-0">
      <th scope="row" className="py-2.5 text-left font-normal">
        <span className="flex flex-col gap-x-4 gap-y-1 sm:flex-row sm:items-center">
          <span className="sm:w-56">
            <TableName name={table.name} />
          </span>
          <Marks table={table} />
        </span>
      </th>
      <td className={`${NUMBER_CELL} ${isEmpty ? "text-ink-soft" : ""}`}>
        {formatCount(table.records)}
      </td>
      <td className={`${NUMBER_CELL} text-ink-soft`}>
        {formatSize(table.sizeBytes, table.isSizeExact)}
      </td>
    </tr>
  );
}

function Marks({ table: { redactedFields, excludedFields } }: { table: TableOverview }) {
  if (redactedFields.length + excludedFields.length === 0) return null;
  return (
    <span className="flex flex-wrap gap-1.5">
      {excludedFields.length > 0 && (
        <Mark icon={EyeOff}>{formatCountOf(excludedFields.length, "field")} left out</Mark>
      )}
      {redactedFields.length > 0 && (
        <Mark icon={Fingerprint}>{formatCountOf(redactedFields.length, "field")} redacted</Mark>
      )}
    </span>
  );
}

function Mark({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1 rounded-full bg-accent-soft px-2 py-0.5 text-xs whitespace-nowrap text-accent">
      <Icon aria-hidden="true" className="size-3" />
      {children}
    </span>
  );
}
