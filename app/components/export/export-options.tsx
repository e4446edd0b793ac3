import type { FormEvent } from "react";
import { ChevronRight } from "lucide-react";
import { buttonClasses } from "~/components/button";
import { paths } from "~/lib/paths";
import { useExportRun } from "./use-export-run";

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

/**
 * The same download with a profile and a reason, closed at first. A form whose address can be
 * bookmarked, which works without JavaScript; with it, the portal follows the run.
 */
export function ExportOptions() {
  const { isRunning, begin } = useExportRun();

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const options = new URLSearchParams();
    for (const [name, value] of new FormData(event.currentTarget)) {
      if (typeof value === "string" && value.trim() !== "") options.set(name, value.trim());
    }
    begin(options);
  }

  return (
    <details className="group border-t border-line px-5 sm:px-6">
      <summary className="-mx-1 flex cursor-pointer list-none items-center gap-1.5 rounded-sm px-1 py-4 text-sm font-semibold">
        <ChevronRight
          aria-hidden="true"
          className="size-4 shrink-0 transition-transform group-open:rotate-90 motion-reduce:transition-none"
        />
        Privacy profile and reason
      </summary>
      <form action={paths.exportDownload} onSubmit={onSubmit} className="max-w-xl space-y-5 pb-6">
        <fieldset>
          <legend className="text-sm font-semibold">Privacy profile</legend>
          {PROFILES.map(({ value, name, note }, index) => (
            <label key={value} className="mt-2.5 flex gap-2.5 text-sm leading-relaxed">
              <input
                type="radio"
                name="privacy"
                value={value}
                defaultChecked={index === 0}
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
            autoComplete="off"
            className="mt-1.5 block h-10 w-full rounded-lg border border-line-strong bg-surface px-3 text-base font-normal sm:text-sm"
          />
        </label>
        <button
          type="submit"
          aria-disabled={isRunning || undefined}
          className={buttonClasses("secondary")}
        >
          Export with these options
        </button>
      </form>
    </details>
  );
}
