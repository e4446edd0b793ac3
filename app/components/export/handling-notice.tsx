import { ShieldAlert } from "lucide-react";

/** How to treat the file: it is health information about people with disabilities. */
export function HandlingNotice() {
  return (
    <section
      aria-labelledby="handling"
      className="flex gap-4 rounded-xl border border-warning-line bg-warning-soft p-5 sm:p-6"
    >
      <ShieldAlert aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-warning" />
      <div className="text-sm leading-relaxed">
        <h2 id="handling" className="text-base font-semibold">
          Handle the file as health information
        </h2>
        <p className="mt-1 max-w-3xl">
          It holds names, contact details and incident reports of people with disabilities, as they
          are in the database. Passwords and live credentials are not in it.
        </p>
        <ul className="mt-3 list-disc space-y-1 pl-4 text-ink-soft marker:text-warning">
          <li>Store it encrypted, and delete it when you are done.</li>
          <li>
            Check your organisation’s rules before you give it to an AI tool or to another person.
          </li>
          <li>Each export is recorded: who, when, what and the file’s SHA-256.</li>
        </ul>
      </div>
    </section>
  );
}
