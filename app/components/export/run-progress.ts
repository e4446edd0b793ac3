import type { FollowedRun, RunPhase, RunStatus, Share } from "~/export/run-status";
import { formatDuration } from "~/lib/format";

/** What a run is doing, in words. */
export const PHASES: Record<RunPhase, string> = {
  waiting: "Counting the records",
  reading: "Reading the database",
  preparing: "Preparing the file",
  delivering: "Delivering the file",
  paused: "The download was stopped",
};

const PARTICIPLES: Partial<Record<RunPhase, string>> = { reading: "read", delivering: "delivered" };

/** Percent after which a screen reader is told again. */
const MILESTONE = 25;

/** Shorter than this, a pace says nothing. */
const SHORTEST_SAMPLE_MS = 2_000;

/** How much of its step a run has done: records while it reads, bytes while it delivers. */
export function shareOf({ phase, records, bytes }: RunStatus): Share | undefined {
  const share = phase === "reading" || phase === "preparing" ? records : bytes;
  return phase === "waiting" ? undefined : share;
}

/** The same in whole percent; undefined where it is not known. */
export function percentOf(status: RunStatus): number | undefined {
  const share = shareOf(status);
  if (share === undefined || share.total === 0) return undefined;
  return Math.floor((100 * share.done) / share.total);
}

/** What the title of the tab begins with while a run goes on, e.g. "45 % read". */
export function titlePrefix(status: RunStatus | undefined): string | undefined {
  const percent = status && percentOf(status);
  const participle = status && PARTICIPLES[status.phase];
  return percent === undefined || participle === undefined
    ? undefined
    : `${percent} % ${participle}`;
}

/** What a screen reader is told, which changes with the phase and every 25 % only. */
export function milestoneOf(status: RunStatus): string {
  const name = PHASES[status.phase];
  const percent = percentOf(status) ?? 0;
  const milestone = percent - (percent % MILESTONE);
  const isCounted = status.phase in PARTICIPLES && milestone > 0;
  return isCounted ? `${name}: ${milestone} %` : name;
}

/**
 * How long the step of a run still takes at the pace since an earlier look at the same step, in ms;
 * undefined before there is a pace.
 */
export function estimateRemainingMs(earlier: RunStatus, status: RunStatus): number | undefined {
  const [before, now] = [shareOf(earlier), shareOf(status)];
  if (earlier.phase !== status.phase || before === undefined || now === undefined) return undefined;
  const elapsedMs = status.elapsedMs - earlier.elapsedMs;
  const done = now.done - before.done;
  if (elapsedMs < SHORTEST_SAMPLE_MS || done <= 0 || now.total <= now.done) return undefined;
  return ((now.total - now.done) * elapsedMs) / done;
}

/** A duration in whole seconds, e.g. `12 s`. */
export function formatSeconds(ms: number): string {
  return formatDuration(Math.round(ms / 1000) * 1000);
}

/** Whether a run is being made or delivered: not where its delivery broke off. */
export function isActive({ status }: FollowedRun): boolean {
  return status !== undefined && status.phase !== "paused";
}
