import type { Doc } from "../../../convex/_generated/dataModel";
import type { PromptHistory } from "./ai-prompts";
import { SECOND_MS } from "./clock";
import type { Report } from "./report";
import type { Classification } from "./scenarios/types";
import type { World } from "./world";

type AnalysisStatus = Doc<"incident_analysis">["analysis_status"];

const REVIEW_NOTES = [
  "Agreed after reading the answers of the reporter.",
  "Severity discussed at the team meeting; kept as suggested.",
  "Evidence shortened. The person's own words are in the narrative.",
  "Checked against the risk register of the house.",
] as const;

const REVIEWER_ADDITIONS = [
  "The team will look at this again with {p} in four weeks.",
  "{p} was asked what {he} thinks, and agrees with this summary.",
  "{w} adds that the roster was full that day, so staffing was not a factor.",
  "Talked through with {contact}, {p}'s {relation}, who had nothing to add.",
] as const;

/** Adds the analysis of a report and its one or two classifications. */
export function addAnalysis(
  world: World,
  report: Report,
  prompts: PromptHistory,
  { isClassifiedTwice }: { isClassifiedTwice: boolean },
): void {
  const { store, random } = world;
  const { story, incident, timeline } = report;
  const { analysedAt, updatedAt } = timeline;
  if (analysedAt === undefined)
    throw new Error("A report without an analysis time is not analysed");
  const prompt = prompts.at("analyze_contributing_conditions", analysedAt);
  const status = statusOf(world, report);
  const isReviewed = status === "user_reviewed" || status === "completed";
  const isEdited = isReviewed && random.chance(0.5);
  const conditions = story.scenario.conditions.map((condition) => story.tell(condition));
  const original = conditions.map((condition) => `- ${condition}`).join("\n");
  const edited = `${original}\n- ${story.tell(random.pick(REVIEWER_ADDITIONS))}`;
  const analysis = store.insert("incident_analysis", analysedAt, {
    incident_id: incident._id,
    contributing_conditions: isEdited ? edited : original,
    conditions_original: original,
    conditions_edited: isEdited,
    analyzed_at: analysedAt,
    analyzed_by: story.reviewer._id,
    updated_at: isReviewed ? updatedAt : analysedAt,
    ai_analysis_prompt: `${prompt.name} ${prompt.version}`,
    ai_model: prompt.model,
    ai_confidence: random.int(62, 96) / 100,
    ai_processing_time: random.int(1800, 9400),
    analysis_status: status,
    revision_count: isEdited ? random.int(1, 3) : 0,
    ...(isEdited && { total_edit_time: random.int(40, 900) * SECOND_MS }),
  });
  const [main, also] = story.scenario.classifications;
  for (const [order, entry] of (isClassifiedTwice ? [main, also] : [main]).entries()) {
    addClassification(world, report, { analysis, entry, order, isReviewed });
  }
}

function statusOf({ random }: World, { story }: Report): AnalysisStatus {
  if (story.stage === "completed") return "completed";
  return random.pick(["draft", "ai_generated", "ai_generated", "user_reviewed"] as const);
}

function addClassification(
  { store, random }: World,
  { story, incident }: Report,
  options: {
    analysis: Doc<"incident_analysis">;
    entry: Classification;
    order: number;
    isReviewed: boolean;
  },
): void {
  const { analysis, entry, order, isReviewed } = options;
  const createdAt = analysis.analyzed_at + (1 + order) * SECOND_MS;
  const isModified = isReviewed && random.chance(0.25);
  const evidence = story.tell(entry.evidence);
  store.insert("incident_classifications", createdAt, {
    incident_id: incident._id,
    analysis_id: analysis._id,
    classification_id: `cls_${random.hex(12)}`,
    incident_type: entry.type,
    supporting_evidence: evidence,
    severity: entry.severity,
    confidence_score: random.int(order === 0 ? 70 : 45, order === 0 ? 97 : 75) / 100,
    user_reviewed: isReviewed,
    user_modified: isModified,
    ...(isReviewed && random.chance(0.6) && { review_notes: random.pick(REVIEW_NOTES) }),
    created_at: createdAt,
    updated_at: isReviewed ? Math.max(createdAt, analysis.updated_at) : createdAt,
    ...(isReviewed && { classified_by: story.reviewer._id }),
    ai_generated: true,
    ai_model: analysis.ai_model ?? "",
    ...(isModified && {
      original_ai_classification: JSON.stringify({
        incident_type: entry.type,
        severity: entry.severity === "high" ? "medium" : "high",
        supporting_evidence: evidence,
      }),
    }),
  });
}
