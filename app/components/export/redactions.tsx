import { EyeOff, Fingerprint, Search } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { TableOverview } from "~/export/overview";
import { formatCountOf } from "~/lib/format";
import { TableName } from "./table-name";

/** What is kept from a table, on demand: by how many fields, and then by their names. */
export function Redactions({ table }: { table: TableOverview }) {
  const { excludedFields, fingerprintedFields, searchedFields } = table;
  const kinds = [
    { icon: EyeOff, label: "left out", fields: excludedFields },
    { icon: Fingerprint, label: "fingerprinted", fields: fingerprintedFields },
    { icon: Search, label: "searched for credentials", fields: searchedFields },
  ].filter(({ fields }) => fields.length > 0);
  if (kinds.length === 0) return null;
  const count = kinds.reduce((sum, { fields }) => sum + fields.length, 0);
  return (
    <details className="mt-1 text-xs">
      <summary className="w-fit rounded-sm py-1 text-accent">
        {formatCountOf(count, "field")} redacted
      </summary>
      <dl className="mt-1 mb-1 space-y-2">
        {kinds.map(({ icon, label, fields }) => (
          <Kind key={label} icon={icon} label={label} fields={fields} />
        ))}
      </dl>
    </details>
  );
}

interface KindProps {
  icon: LucideIcon;
  label: string;
  fields: readonly string[];
}

function Kind({ icon: Icon, label, fields }: KindProps) {
  return (
    <div>
      <dt className="flex items-center gap-1 text-ink-soft">
        <Icon aria-hidden="true" className="size-3 shrink-0" />
        {label[0]?.toUpperCase() + label.slice(1)}
      </dt>
      {fields.map((field) => (
        <dd key={field} className="pl-4">
          <TableName name={field} />
        </dd>
      ))}
    </div>
  );
}
