import { Form, Link } from "@remix-run/react";
import { useEffect, useRef, type ComponentProps } from "react";
import { buttonClasses } from "~/components/button";
import type { HistoryOutcome, HistoryQuery } from "~/export/history-query";
import { paths } from "~/lib/paths";
import { OUTCOME_NAMES } from "./outcome-badge";

interface HistoryFilterProps {
  query: HistoryQuery;
  outcomes: readonly HistoryOutcome[];
  people: { userId: string; name: string }[];
}

/** What of the history is shown: a form whose address can be bookmarked. */
export function HistoryFilter({ query, outcomes, people }: HistoryFilterProps) {
  const { outcome, who, since, until } = query;
  const isListed = people.some(({ userId }) => userId === who);
  return (
    <Form
      action={paths.exportRuns}
      className="grid grid-cols-1 items-end gap-4 sm:grid-cols-2 lg:grid-cols-[1fr_1fr_auto_auto_auto]"
    >
      <Select label="Outcome" name="outcome" shown={outcome}>
        <option value="">All</option>
        {outcomes.map((name) => (
          <option key={name} value={name}>
            {OUTCOME_NAMES[name]}
          </option>
        ))}
      </Select>
      <Select label="Who" name="who" shown={who}>
        <option value="">Everybody</option>
        <option value="command_line">Command line</option>
        {who !== undefined && who !== "command_line" && !isListed && (
          <option value={who}>{who}</option>
        )}
        {people.map(({ userId, name }) => (
          <option key={userId} value={userId}>
            {name}
          </option>
        ))}
      </Select>
      <Day label="First day (UTC)" name="since" shown={since} />
      <Day label="Last day (UTC)" name="until" shown={until} />
      <div className="flex gap-3">
        <button type="submit" className={buttonClasses("secondary")}>
          Show
        </button>
        {isFiltered(query) && (
          <Link to={paths.exportRuns} className={buttonClasses("secondary")}>
            Show all
          </Link>
        )}
      </div>
    </Form>
  );
}

/** Whether anything is left out. */
export function isFiltered({ outcome, who, since, until }: HistoryQuery): boolean {
  return [outcome, who, since, until].some((value) => value !== undefined);
}

const FIELD =
  "mt-1.5 block h-10 w-full rounded-lg border border-line-strong bg-surface px-3 text-base font-normal sm:text-sm";

interface FieldProps {
  label: string;
  name: string;
  /** What the address says. */
  shown: string | undefined;
}

function Select({ label, shown, ...select }: FieldProps & ComponentProps<"select">) {
  return (
    <label className="block text-sm font-semibold">
      {label}
      <select
        ref={useShown<HTMLSelectElement>(shown)}
        defaultValue={shown ?? ""}
        {...select}
        className={FIELD}
      />
    </label>
  );
}

function Day({ label, name, shown }: FieldProps) {
  return (
    <label className="block text-sm font-semibold">
      {label}
      <input
        ref={useShown<HTMLInputElement>(shown)}
        type="date"
        name={name}
        defaultValue={shown}
        className={FIELD}
      />
    </label>
  );
}

/** Lets a field show what the address says, also after Back. It stays the same one, with the focus. */
function useShown<Field extends { value: string }>(shown = "") {
  const field = useRef<Field>(null);
  useEffect(() => {
    if (field.current !== null) field.current.value = shown;
  }, [shown]);
  return field;
}
