import { AsyncLocalStorage } from "node:async_hooks";
import type { JSONValue } from "convex/values";
import type { Snapshot } from "./snapshots";

/** What belongs to one HTTP request while its function runs. */
export interface RequestContext {
  /** The snapshot that `query_at_ts` reads from; absent for the latest. */
  readonly snapshot?: Snapshot;
  /** Lines that the function logs, sent back with its result. */
  readonly logLines: string[];
}

/** The context of a running request, with what its functions leave there. */
export interface RunningRequest extends RequestContext {
  /** Whether the function that the request calls has begun; the others are called by it. */
  hasBegun: boolean;
  /** What that function returned, in Convex's encoding. */
  result?: JSONValue;
}

export const runningRequest = new AsyncLocalStorage<RunningRequest>();
