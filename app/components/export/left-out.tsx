import type { ReactNode } from "react";
import type { ExportOverview } from "~/export/overview";
import { TableName } from "./table-name";

/** What an export does not hold, and what it holds in another form. */
export function LeftOut({ overview }: { overview: ExportOverview }) {
  const { tables, excludedTables, policyVersion } = overview;
  const pathsOf = (kind: "excludedFields" | "fingerprintedFields" | "searchedFields") =>
    tables.flatMap((table) => table[kind].map((field) => `${table.name}.${field}`));
  return (
    <section aria-labelledby="left-out">
      <h2 id="left-out" className="text-lg font-semibold tracking-tight">
        What is left out
      </h2>
      <p className="mt-1 text-sm text-ink-soft">
        Decided inside the database, by its export policy {policyVersion}: what the policy does not
        know is withheld.
      </p>
      <dl className="mt-4 divide-y divide-line rounded-xl border border-line bg-surface px-4 text-sm shadow-card sm:px-6">
        <Group
          title="Excluded tables"
          note="Named in the file’s metadata, so that nobody looks for them in vain."
        >
          <ul className="space-y-2">
            {excludedTables.map(({ name, reason }) => (
              <li key={name}>
                <TableName name={name} />
                <span className="text-ink-soft"> – {reason}</span>
              </li>
            ))}
          </ul>
        </Group>
        <Group title="Excluded fields" note="Never leave the database.">
          <FieldList fields={pathsOf("excludedFields")} />
        </Group>
        <Group
          title="Fingerprinted fields"
          note="Credentials become fingerprints that are made anew for each export: equal ones still match within a file, and are worthless outside it."
        >
          <FieldList fields={pathsOf("fingerprintedFields")} />
        </Group>
        <Group
          title="Searched fields"
          note="May have any shape. They are searched for credentials at every depth, and what is found becomes a fingerprint."
        >
          <FieldList fields={pathsOf("searchedFields")} />
        </Group>
      </dl>
    </section>
  );
}

function Group({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-8 gap-y-3 py-5 sm:grid-cols-[15rem_1fr]">
      <dt>
        <span className="font-semibold">{title}</span>
        <span className="mt-1 block text-ink-soft">{note}</span>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function FieldList({ fields }: { fields: readonly string[] }) {
  if (fields.length === 0) return <p className="text-ink-soft">None.</p>;
  return (
    <ul className="grid gap-x-6 gap-y-1.5 md:grid-cols-2">
      {fields.map((field) => (
        <li key={field}>
          <TableName name={field} />
        </li>
      ))}
    </ul>
  );
}
