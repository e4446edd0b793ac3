import { Form, Link } from "@remix-run/react";
import type { ComponentProps } from "react";
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
      // The fields show what the address says, also after Back.
      key={JSON.stringify([outcome, who, since, until])}
      action={paths.exportRuns}
      className="grid grid-cols-1 items-end gap-4 sm:grid-cols-2 lg:grid-cols-[1fr_1fr_auto_auto_auto]"
    >
      <Select label="Outcome" name="outcome" defaultValue={outcome ?? ""}>
        <option value="">All</option>
        {outcomes.map((name) => (
          <option key={name} value={name}>
            {OUTCOME_NAMES[name]}
          </option>
        ))}
      </Select>
      <Select label="Who" name="who" defaultValue={who ?? ""}>
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
      <Day label="First day (UTC)" name="since" defaultValue={since} />
      <Day label="Last day (UTC)" name="until" defaultValue={until} />
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

function Select({ label, ...select }: ComponentProps<"select"> & { label: string }) {
  return (
    <label className="block text-sm font-semibold">
      {label}
      <select {...select} className={FIELD} />
    </label>
  );
}

function Day({ label, ...input }: ComponentProps<"input"> & { label: string }) {
  return (
    <label className="block text-sm font-semibold">
      {label}
      <input type="date" {...input} className={FIELD} />
    </label>
  );
}
