/** What is only needed once there is a run: loaded when it begins. */
export { followRun } from "./follow-run";
export { pollRun } from "./run-client";
export { showOutcome } from "./show-outcome";
