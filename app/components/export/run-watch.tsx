import { useEffect, useState } from "react";
import { useRevalidator } from "@remix-run/react";
import { useFocusHandover } from "~/components/use-focus-handover";
import type { FollowedRun } from "~/export/run-status";
import { CancelRunForm } from "./cancel-run-form";
import { milestoneOf } from "./run-progress";
import { RunView } from "./run-view";

const LOOK_AGAIN_MS = 2_000;

interface RunWatchProps {
  run: FollowedRun;
  kind: "session" | "command_line";
}

/** How far the run of a page is, as long as it runs: the page is loaded again every two seconds. */
export function RunWatch({ run, kind }: RunWatchProps) {
  const { state, revalidate } = useRevalidator();
  const panel = useFocusHandover("content");
  // The first look at each step, from which its pace is known.
  const [earlier, setEarlier] = useState(run.status);
  if (earlier?.phase !== run.status?.phase) setEarlier(run.status);
  useEffect(() => {
    if (state !== "idle") return;
    const timer = setTimeout(() => {
      if (document.visibilityState === "visible") revalidate();
    }, LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [state, revalidate, run]);

  return (
    <section
      ref={panel}
      aria-label="Progress"
      className="rounded-xl border border-line bg-surface p-5 shadow-card sm:p-6"
    >
      <RunView status={run.status} earlier={earlier} />
      <p role="status" className="sr-only">
        {run.status && milestoneOf(run.status)}
      </p>
      <noscript>
        <p className="mt-4 text-sm text-ink-soft">
          This is how far it was when the page was loaded.{" "}
          <a href="" className="text-accent underline underline-offset-2">
            Look again
          </a>
        </p>
      </noscript>
      {kind === "session" ? (
        <CancelRunForm runKey={run.runKey} isAsked={run.status?.isCancelAsked ?? false} />
      ) : (
        <p className="mt-4 text-sm text-ink-soft">
          An export of the command line is cancelled there, with Ctrl-C.
        </p>
      )}
    </section>
  );
}
