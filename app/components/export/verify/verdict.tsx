import type { ReactNode } from "react";
import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { buttonClasses } from "~/components/button";
import { LocalTime } from "~/components/local-time";
import type { DigestMatch } from "~/export/digest-match";
import { formatBytes, formatCount, formatCountOf } from "~/lib/format";
import { paths } from "~/lib/paths";
import type { FileInspection } from "~/workers/inspection";
import type { MatchResult } from "./find-matches";
import { describeVerdict, type VerdictText } from "./verdict-text";

const TONES = {
  good: { icon: CircleCheck, colours: "border-line bg-accent-soft", mark: "text-accent" },
  warning: {
    icon: TriangleAlert,
    colours: "border-warning-line bg-warning-soft",
    mark: "text-warning",
  },
  bad: { icon: CircleX, colours: "border-line bg-danger-soft", mark: "text-danger" },
};

interface VerdictProps {
  fileName: string;
  inspection: FileInspection;
  /** Absent while the history is asked. */
  match: MatchResult | undefined;
  /** Asks the history once more. */
  onRetry: () => void;
}

/** What a file is, by itself and by the exports on record. */
export function Verdict({ fileName, inspection, match, onRetry }: VerdictProps) {
  const matches = match?.kind === "found" ? match.matches : [];
  return (
    <section aria-labelledby="verdict">
      {match === undefined && <p className="text-sm text-ink-soft">Looking up the digest…</p>}
      {match?.kind === "found" && (
        <Headline text={describeVerdict(inspection, matches)} matches={matches} />
      )}
      {match !== undefined && match.kind !== "found" && (
        <NotAsked match={match} onRetry={onRetry} />
      )}
      <Facts fileName={fileName} inspection={inspection} />
    </section>
  );
}

function Headline({ text, matches }: { text: VerdictText; matches: readonly DigestMatch[] }) {
  const { icon: Icon, colours, mark } = TONES[text.tone];
  return (
    <div className={`flex gap-4 rounded-xl border p-5 ${colours}`}>
      <Icon aria-hidden="true" className={`mt-0.5 size-5 shrink-0 ${mark}`} />
      <div className="min-w-0 text-sm leading-relaxed">
        <h2 id="verdict" className="text-base font-semibold">
          {text.title}
        </h2>
        <p className="mt-1">{text.detail}</p>
        {matches.length > 0 && (
          <ul className="mt-3 space-y-2">
            {matches.map((match) => (
              <Match key={match.runKey} match={match} />
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function Match({
  match: { runKey, who, startedAt, outcome, fileName, records },
}: {
  match: DigestMatch;
}) {
  return (
    <li>
      This is{" "}
      <a
        href={`${paths.exportRuns}/${runKey}`}
        className="font-semibold text-accent underline underline-offset-2"
      >
        the export of <LocalTime moment={startedAt} /> by {who}
      </a>
      {records !== undefined && `, with ${formatCountOf(records, "record")}`}
      {fileName !== undefined && (
        <>
          , saved as <span className="wrap-anywhere">{fileName}</span>
        </>
      )}
      .{outcome !== "completed" && " Its delivery did not come to its end."}
    </li>
  );
}

interface NotAskedProps {
  match: Exclude<MatchResult, { kind: "found" }>;
  onRetry: () => void;
}

/** The file was read, and the history could not be asked. */
function NotAsked({ match, onRetry }: NotAskedProps) {
  const isSignedOut = match.kind === "signed_out";
  return (
    <div className="rounded-xl border border-warning-line bg-warning-soft p-5 text-sm leading-relaxed">
      <h2 id="verdict" className="text-base font-semibold">
        The file was read, but not looked up
      </h2>
      <p className="mt-1">
        {isSignedOut ? "Your session has ended. Sign in, and check the file again." : match.message}
      </p>
      {!isSignedOut && match.requestId !== undefined && (
        <p className="mt-1 text-xs break-all text-ink-soft">Request id {match.requestId}</p>
      )}
      <p className="mt-4">
        {isSignedOut ? (
          <a
            href={`${paths.login}?redirectTo=${encodeURIComponent(paths.exportVerify)}`}
            className={buttonClasses()}
          >
            Sign in
          </a>
        ) : (
          <button type="button" onClick={onRetry} className={buttonClasses()}>
            Try again
          </button>
        )}
      </p>
    </div>
  );
}

function Facts({ fileName, inspection }: { fileName: string; inspection: FileInspection }) {
  const { kind, bytes, digest, records, snapshotTimestamp, problems } = inspection;
  return (
    <dl className="mt-4 grid gap-x-8 gap-y-3 rounded-xl border border-line bg-surface p-5 text-sm shadow-card sm:grid-cols-[8rem_1fr]">
      <Fact label="File">
        <span className="wrap-anywhere">{fileName}</span>
      </Fact>
      <Fact label="Size">
        {formatBytes(bytes)} ({formatCountOf(bytes, "byte")})
      </Fact>
      <Fact label="SHA-256">
        <code className="font-mono text-xs break-all select-all">{digest}</code>
      </Fact>
      {kind !== "other" && kind !== "empty" && <Fact label="Records">{formatCount(records)}</Fact>}
      {snapshotTimestamp !== undefined && (
        <Fact label="Snapshot of">
          <LocalTime moment={snapshotTimestamp} />
        </Fact>
      )}
      {problems.length > 0 && kind !== "empty" && (
        <Fact label="What is wrong">
          <ul className="space-y-1">
            {problems.map(({ path, line, message }) => (
              <li key={`${path} ${line} ${message}`} className="wrap-anywhere">
                {path !== undefined && `${path}: `}
                {line > 0 && `Line ${formatCount(line)}: `}
                {message}
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-ink-soft">{label}</dt>
      <dd className="min-w-0 tabular-nums">{children}</dd>
    </div>
  );
}
