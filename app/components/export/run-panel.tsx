import { useEffect } from "react";
import { Link } from "@remix-run/react";
import type { FollowedRun } from "~/export/run-status";
import { useFocusHandover } from "~/components/use-focus-handover";
import { runPath } from "~/lib/paths";
import { CancelRunForm } from "./cancel-run-form";
import { EXPORT_BUTTON_ID } from "./export-button";
import { milestoneOf } from "./run-progress";
import { RunView } from "./run-view";
import { useExportRun } from "./use-export-run";

/**
 * The export that is being made or delivered: the one that this tab follows, or that the portal
 * found when the page was loaded.
 * @param running What the portal found; without JavaScript, all that there is.
 */
export function RunPanel({ running }: { running: FollowedRun | null }) {
  const { active, endedRunKey, adopt } = useExportRun();
  const panel = useFocusHandover(EXPORT_BUTTON_ID);
  useEffect(() => {
    if (running !== null) adopt(running);
  }, [running, adopt]);

  // What was found may have ended since.
  const found = running?.runKey === endedRunKey ? null : running;
  const runKey = active?.runKey ?? found?.runKey;
  const status = active === undefined ? found?.status : active.status;
  return (
    <>
      {runKey !== undefined && (
        <section
          ref={panel}
          aria-labelledby="running"
          className="rounded-xl border border-line bg-surface p-5 shadow-card sm:p-6"
        >
          <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-4">
            <h2 id="running" className="text-lg font-semibold tracking-tight">
              Export in progress
            </h2>
            <Link
              to={runPath(runKey)}
              className="rounded-sm text-sm text-accent underline underline-offset-2"
            >
              Details
            </Link>
          </div>
          <RunView status={status} earlier={active?.earlier} />
          <noscript>
            <p className="mt-4 text-sm text-ink-soft">
              This is how far it was when the page was loaded.{" "}
              <a href="" className="text-accent underline underline-offset-2">
                Look again
              </a>
            </p>
          </noscript>
          <CancelRunForm runKey={runKey} isAsked={status?.isCancelAsked ?? false} />
        </section>
      )}
      <p role="status" className="sr-only">
        {active?.status && milestoneOf(active.status)}
      </p>
    </>
  );
}
