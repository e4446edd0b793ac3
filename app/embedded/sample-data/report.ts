import type { Doc } from "../../../convex/_generated/dataModel";
import type { Clarification } from "./clarifications";
import type { Story } from "./story";

/** When the steps of a report were done, in order; later steps are absent until then. */
export interface Timeline {
  readonly createdAt: number;
  readonly narrativeAt: number;
  readonly questionsAt?: number;
  readonly submittedAt?: number;
  readonly analysedAt?: number;
  readonly completedAt?: number;
  readonly updatedAt: number;
}

/** A report with everything that the generators after it need. */
export interface Report {
  readonly story: Story;
  readonly incident: Doc<"incidents">;
  readonly timeline: Timeline;
  readonly clarifications: readonly Clarification[];
}
