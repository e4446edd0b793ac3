import type { Doc } from "../../../convex/_generated/dataModel";
import { answersAsProse, type Clarification } from "./clarifications";
import { SECOND_MS } from "./clock";
import { fullName } from "./names";
import type { Timeline } from "./report";
import { byPhase, PHASES, type Phase } from "./scenarios/types";
import type { Stage, Story } from "./story";
import type { World } from "./world";

const PREVIEW_CHARACTERS = 100;

type Incident = Doc<"incidents">;
type Status = Pick<
  Incident,
  "capture_status" | "analysis_status" | "overall_status" | "handoff_status"
>;

const STATUS: Readonly<Record<Stage, Status>> = {
  drafted: {
    capture_status: "draft",
    analysis_status: "not_started",
    overall_status: "capture_pending",
    handoff_status: "draft",
  },
  capturing: {
    capture_status: "in_progress",
    analysis_status: "not_started",
    overall_status: "capture_pending",
    handoff_status: "draft",
  },
  captured: {
    capture_status: "completed",
    analysis_status: "not_started",
    overall_status: "ready_for_analysis",
    handoff_status: "ready_for_analysis",
  },
  analysing: {
    capture_status: "completed",
    analysis_status: "in_progress",
    overall_status: "analysis_pending",
    handoff_status: "in_analysis",
  },
  completed: {
    capture_status: "completed",
    analysis_status: "completed",
    overall_status: "completed",
    handoff_status: "analysis_complete",
  },
};

// The steps of the reporting workflow, by number.
const STEPS = [
  "Incident details",
  "Narrative",
  "Clarify: before the event",
  "Clarify: during the event",
  "Clarify: end of the event",
  "Clarify: after the event",
  "Review of the enhanced narrative",
  "Submitted",
] as const;
const NARRATIVE_STEP = 2;
const SUBMITTED_STEP = STEPS.length;

export function insertIncident(
  { store }: World,
  story: Story,
  timeline: Timeline,
  clarifications: readonly Clarification[],
  narrativeHash: string,
): Incident {
  const { provider, person, reporter, reviewer, stage } = story;
  const { createdAt, questionsAt, submittedAt, analysedAt, completedAt, updatedAt } = timeline;
  const step = currentStep(stage, clarifications);
  const isSubmitted = submittedAt !== undefined;
  const participant = person.participant;
  return store.insert("incidents", createdAt, {
    company_id: provider.company._id,
    reporter_name: reporter.name,
    ...(participant && { participant_id: participant._id }),
    participant_name: fullName(person),
    event_date_time: new Date(story.eventAt).toISOString(),
    location: story.location,
    ...STATUS[stage],
    created_at: createdAt,
    created_by: reporter._id,
    updated_at: updatedAt,
    updated_by: analysedAt === undefined ? reporter._id : reviewer._id,
    ...(stage !== "drafted" && { narrative_hash: narrativeHash }),
    questions_generated: questionsAt !== undefined,
    narrative_enhanced: isSubmitted,
    analysis_generated: analysedAt !== undefined,
    current_step: step,
    step_description: STEPS[step - 1] ?? "",
    content_preview: previewOf(story.narrative.before_event),
    ...(completedAt !== undefined && { workflow_completed_at: completedAt }),
    ...(isSubmitted && { submitted_by: reporter._id, submitted_at: submittedAt }),
    completion_checklist: {
      metadata_complete: true,
      narratives_complete: stage !== "drafted",
      clarifications_complete: isSubmitted,
      enhancement_complete: isSubmitted,
      validation_passed: isSubmitted,
    },
  });
}

/** While clarifying, the step of the phase of the last answer. */
function currentStep(stage: Stage, clarifications: readonly Clarification[]): number {
  if (stage === "drafted") return NARRATIVE_STEP;
  if (stage !== "capturing") return SUBMITTED_STEP;
  const answered = clarifications.filter(({ answer }) => answer !== undefined);
  const phase = answered[answered.length - 1]?.phase ?? PHASES[0];
  return NARRATIVE_STEP + 1 + PHASES.indexOf(phase);
}

function previewOf(text: string): string {
  return text.length > PREVIEW_CHARACTERS ? `${text.slice(0, PREVIEW_CHARACTERS)}...` : text;
}

export function insertNarrative(
  { store, random }: World,
  story: Story,
  timeline: Timeline,
  clarifications: readonly Clarification[],
  incident: Incident,
  hash: string,
): void {
  const { stage, narrative } = story;
  const { createdAt, narrativeAt, submittedAt } = timeline;
  // A draft stops after its first or second phase.
  const told = stage === "drafted" ? PHASES.slice(0, random.int(1, 2)) : PHASES;
  const phases = byPhase((phase) => (told.includes(phase) ? narrative[phase] : ""));
  const common = {
    incident_id: incident._id,
    ...phases,
    created_at: createdAt,
    ...(stage !== "drafted" && { narrative_hash: hash }),
  };
  if (submittedAt === undefined) {
    store.insert("incident_narratives", createdAt, {
      ...common,
      updated_at: narrativeAt,
      version: 1,
    });
    return;
  }
  const extras = byPhase((phase) => answersAsProse(clarifications, phase));
  const enhancedAt = submittedAt - random.int(20, 50) * SECOND_MS;
  store.insert("incident_narratives", createdAt, {
    ...common,
    ...extrasOf(extras),
    consolidated_narrative: consolidate(narrative, extras),
    updated_at: enhancedAt,
    enhanced_at: enhancedAt,
    version: random.chance(0.2) ? 3 : 2,
  });
}

function extrasOf(extras: Record<Phase, string>): Partial<Doc<"incident_narratives">> {
  return Object.fromEntries(
    PHASES.filter((phase) => extras[phase] !== "").map((phase) => [
      `${phase}_extra`,
      extras[phase],
    ]),
  );
}

const HEADINGS: Readonly<Record<Phase, string>> = {
  before_event: "Before the event",
  during_event: "During the event",
  end_event: "End of the event",
  post_event: "After the event",
};

function consolidate(narrative: Record<Phase, string>, extras: Record<Phase, string>): string {
  return PHASES.map((phase) =>
    [HEADINGS[phase], narrative[phase], extras[phase]].filter((text) => text !== "").join("\n"),
  ).join("\n\n");
}
