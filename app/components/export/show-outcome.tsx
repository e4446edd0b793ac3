import { useState } from "react";
import { toast } from "sonner";
import { paths, runPath } from "~/lib/paths";
import type { ExportRunState } from "./export-run-state";
import { describeCompleted, describeFailed } from "./outcome-text";
import type { OutcomeText } from "./outcome-text";

const SUCCESS_TOAST_MS = 20_000;

/** Ends that somebody wanted. They are no errors. */
const STOPPED = ["cancelled", "paused"];

/** Says how a run ended, once for each run. A failure stays until it is dismissed. */
export function showOutcome(state: ExportRunState, tryAgain: () => void): void {
  if (state.phase === "completed") {
    const text = describeCompleted(state.run);
    toast.success(text.title, {
      id: state.runKey,
      duration: SUCCESS_TOAST_MS,
      description: (
        <Facts text={text}>
          <p className="flex flex-wrap gap-x-4">
            {text.digest !== undefined && <CopyDigest digest={text.digest} />}
            <a href={runPath(state.runKey)} className={ACTION_CLASSES}>
              Details
            </a>
          </p>
        </Facts>
      ),
    });
  }
  if (state.phase === "failed") {
    const text = describeFailed(state);
    // A run of another tab is tried again there.
    const isRepeatable = text.action === "try_again" && state.isOwn;
    const show = STOPPED.includes(state.reason) ? toast.info : toast.error;
    show(text.title, {
      id: state.runKey,
      duration: Infinity,
      description: (
        <Facts text={text}>
          {isRepeatable && (
            <button
              type="button"
              className={ACTION_CLASSES}
              onClick={() => {
                toast.dismiss(state.runKey);
                tryAgain();
              }}
            >
              Try again
            </button>
          )}
          {text.action === "sign_in" && (
            <a
              href={`${paths.login}?redirectTo=${encodeURIComponent(paths.export)}`}
              className={ACTION_CLASSES}
            >
              Sign in
            </a>
          )}
        </Facts>
      ),
    });
  }
}

const ACTION_CLASSES =
  "mt-2 inline-block rounded-sm font-semibold text-accent underline underline-offset-2";

function Facts({ text, children }: { text: OutcomeText; children?: React.ReactNode }) {
  return (
    <div className="text-ink-soft">
      {text.facts.map((fact) => (
        <p key={fact} className="break-words tabular-nums">
          {fact}
        </p>
      ))}
      {children}
    </div>
  );
}

/** Where the browser does not let it be copied, the whole digest is shown instead. */
function CopyDigest({ digest }: { digest: string }) {
  const [state, setState] = useState<"offered" | "copied" | "shown">("offered");
  if (state === "shown") return <code className="mt-2 text-xs break-all select-all">{digest}</code>;
  const copy = () =>
    navigator.clipboard.writeText(digest).then(
      () => setState("copied"),
      () => setState("shown"),
    );
  return (
    <button type="button" className={ACTION_CLASSES} onClick={() => void copy()}>
      {state === "copied" ? "SHA-256 copied" : "Copy SHA-256"}
    </button>
  );
}
