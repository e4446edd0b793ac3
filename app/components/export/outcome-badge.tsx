import type { HistoryEntry } from "~/export/history";

type Outcome = HistoryEntry["outcome"];

/** How an entry of the audit trail ended, in one word. */
export const OUTCOME_NAMES: Record<Outcome, string> = {
  running: "Running",
  completed: "Completed",
  cancelled: "Cancelled",
  interrupted: "Interrupted",
  failed: "Failed",
  denied: "Denied",
};

const COLOURS: Record<Outcome, string> = {
  running: "bg-sunken text-ink-soft",
  completed: "bg-accent-soft text-accent",
  cancelled: "bg-sunken text-ink-soft",
  interrupted: "bg-warning-soft text-warning",
  failed: "bg-danger-soft text-danger",
  denied: "bg-danger-soft text-danger",
};

/** The same word on a colour of its own. */
export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  return (
    <span
      // Forced colours show the border, and no background.
      className={`rounded-full border border-transparent px-2 py-0.5 text-xs whitespace-nowrap ${COLOURS[outcome]}`}
    >
      {OUTCOME_NAMES[outcome]}
    </span>
  );
}
