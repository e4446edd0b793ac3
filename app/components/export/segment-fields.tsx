import type { ReactNode } from "react";
import type { DownloadFormat } from "~/export/formats/format";
import type { SegmentView } from "~/export/segment-view";
import { TableName } from "./table-name";

/** What the portal accepts (`app/export/filters.ts`), and keeps in its audit trail. */
const LONGEST_REASON = 500;

const PROFILES = [
  {
    value: "redacted",
    name: "People by name",
    note: "Credentials are taken out. Names, contacts and health information are in the file.",
  },
  {
    value: "pseudonymised",
    name: "People under pseudonyms",
    note: "For an AI tool: the same person is the same pseudonym throughout the file, also in texts.",
  },
] as const;

const FORMATS = [
  { value: "json", name: "JSON, one file" },
  { value: "zip", name: "ZIP bundle with schema and instructions for AI tools" },
  { value: "ndjson", name: "NDJSON, one record per line" },
] as const satisfies { value: DownloadFormat; name: string }[];

const FIELD =
  "mt-1.5 block h-10 w-full rounded-lg border border-line-strong bg-surface px-3 text-base font-normal sm:text-sm";

/** What a field of days holds. */
const DAY = /^(\d{4}-\d{2}-\d{2})?$/;

interface FieldsProps {
  /** Unique on the page, for ids. */
  id: string;
  /** What is known of the choice, newer with each count. */
  view: SegmentView | undefined;
  /**
   * What the fields hold at first, by parameter. It must not change with the counts: a browser empties a
   * day that is being typed when the field's default is set again.
   */
  entered: Readonly<Record<string, string>>;
}

/** The filters of a segment, by the names of the download's parameters. */
export function SegmentFields({ id, view, entered }: FieldsProps) {
  const problemOf = (name: string) =>
    view?.problems
      .filter(({ parameter }) => parameter.split(", ")[0] === name)
      .map(({ message }) => message)
      .join(". ");
  const text = (name: string, label: string, note: string, list?: string) => (
    <Field label={label} note={note} problem={problemOf(name)} id={`${id}-${name}`}>
      <input
        type="text"
        name={name}
        list={list}
        defaultValue={entered[name] ?? ""}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-${name}-note`}
        aria-invalid={Boolean(problemOf(name)) || undefined}
        className={FIELD}
      />
    </Field>
  );
  const date = (name: "from" | "to", label: string, note: string) => (
    <Field label={label} note={note} problem={problemOf(name)} id={`${id}-${name}`}>
      <input
        // A time of day, which an address may have, would be lost in a field of days.
        type={DAY.test(entered[name] ?? "") ? "date" : "text"}
        name={name}
        defaultValue={entered[name] ?? ""}
        aria-describedby={`${id}-${name}-note`}
        aria-invalid={Boolean(problemOf(name)) || undefined}
        className={FIELD}
      />
    </Field>
  );
  const companies = namesOf(view?.entered["company"], view?.companies ?? []);
  const sites = namesOf(view?.entered["site"], view?.sites ?? []);
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      {text(
        "company",
        "Company",
        companies ?? "Slug or id; several with commas",
        `${id}-companies`,
      )}
      {text("site", "Site", sites ?? "Id; choose a company first for a list", `${id}-sites`)}
      <div className="sm:col-span-2">
        {text("participant", "Participant", "Id; several with commas")}
      </div>
      {date("from", "From", "The start of this day, UTC")}
      {date("to", "Before", "The start of this day, UTC")}
      <datalist id={`${id}-companies`}>
        {view?.companies.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </datalist>
      <datalist id={`${id}-sites`}>
        {view?.sites.map((site) => (
          <option key={site.id} value={site.id}>
            {site.name}
          </option>
        ))}
      </datalist>
    </div>
  );
}

/** What was entered says little to people: slugs and ids. Null where no name is known. */
function namesOf(
  entered: string | undefined,
  choices: readonly { slug?: string; id?: string; name: string }[],
): string | null {
  const given = entered?.split(",").map((value) => value.trim()) ?? [];
  const names = given.flatMap(
    (value) => choices.find(({ slug, id }) => value === slug || value === id)?.name ?? [],
  );
  return names.length === 0 ? null : names.join(", ");
}

/** The tables of a segment; all where none is ticked. */
export function TableFields({ view, entered }: Omit<FieldsProps, "id">) {
  const ticked = entered["tables"]?.split(",") ?? [];
  if (view === undefined) return null;
  return (
    <fieldset>
      <legend className="text-sm font-semibold">
        Tables <span className="font-normal text-ink-soft">(all where none is ticked)</span>
      </legend>
      <div className="mt-2 grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
        {view.tables.map((table) => (
          <label key={table} className="flex min-h-6 items-center gap-2.5 text-sm">
            <input
              type="checkbox"
              name="tables"
              value={table}
              defaultChecked={ticked.includes(table)}
              className="size-4 shrink-0 accent-accent"
            />
            <TableName name={table} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Format, privacy profile, and the reason for the audit trail. */
export function FileFields({ entered }: Pick<FieldsProps, "entered">) {
  const chosen = entered["privacy"] ?? "redacted";
  return (
    <>
      <label className="block text-sm font-semibold">
        Format
        <select name="format" defaultValue={entered["format"] ?? "json"} className={FIELD}>
          {FORMATS.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend className="text-sm font-semibold">Privacy profile</legend>
        {PROFILES.map(({ value, name, note }) => (
          <label key={value} className="mt-2.5 flex gap-2.5 text-sm leading-relaxed">
            <input
              type="radio"
              name="privacy"
              value={value}
              defaultChecked={value === chosen}
              className="mt-1 size-4 shrink-0 accent-accent"
            />
            <span>
              {name}
              <span className="block text-ink-soft">{note}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label className="block text-sm font-semibold">
        Reason <span className="font-normal text-ink-soft">(optional, for the audit trail)</span>
        <input
          type="text"
          name="reason"
          maxLength={LONGEST_REASON}
          defaultValue={entered["reason"]}
          autoComplete="off"
          className={FIELD}
        />
      </label>
    </>
  );
}

interface FieldProps {
  id: string;
  label: string;
  note: string;
  problem: string | undefined;
  children: ReactNode;
}

function Field({ id, label, note, problem = "", children }: FieldProps) {
  return (
    <div>
      <label className="block text-sm font-semibold">
        {label}
        {children}
      </label>
      <p id={`${id}-note`} className="mt-1 text-sm text-ink-soft">
        {problem === "" ? note : <span className="font-medium text-danger">It {problem}.</span>}
      </p>
    </div>
  );
}
