import { Link } from "@remix-run/react";
import { paths } from "~/lib/paths";

const COMMANDS = [
  { where: "Linux", line: "sha256sum FILE" },
  { where: "macOS", line: "shasum -a 256 FILE" },
  { where: "Windows, in PowerShell", line: "Get-FileHash FILE" },
  {
    where: "The portal’s command line, which checks structure and counts as well",
    line: "supportsignal-export verify FILE --digest SHA256",
  },
  {
    where: "A folder of Parquet or CSV, which the command line alone makes and checks",
    line: "supportsignal-export verify DIR",
  },
];

/** The same check without this page, and without JavaScript. */
export function VerifyByHand() {
  return (
    <section aria-labelledby="by-hand">
      <noscript>
        <p className="mb-6 rounded-xl border border-warning-line bg-warning-soft p-5 text-sm">
          Checking a file in the browser needs JavaScript. Without it, check the file as described
          here.
        </p>
      </noscript>
      <h2 id="by-hand" className="text-lg font-semibold tracking-tight">
        Without the browser
      </h2>
      <p className="mt-1 text-sm leading-relaxed text-ink-soft">
        Compare the file’s SHA-256 with that in the{" "}
        <Link to={paths.exportRuns} className="text-accent underline underline-offset-2">
          list of exports
        </Link>
        , which leads to the whole of it. The same digest means the same file, to the last byte.
      </p>
      <dl className="mt-4 space-y-4 text-sm">
        {COMMANDS.map(({ where, line }) => (
          <div key={where}>
            <dt>{where}</dt>
            <dd className="mt-1.5">
              <code className="block rounded-lg bg-sunken px-3 py-2 font-mono text-xs break-words">
                {line}
              </code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
