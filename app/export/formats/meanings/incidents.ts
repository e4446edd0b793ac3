import type { Meanings } from "./types";

const MS = "ms since 1970, UTC";

/** The incident workflow: report, clarification, analysis, classification. */
export const incidentMeanings: Meanings<
  | "incidents"
  | "incident_narratives"
  | "clarification_questions"
  | "clarification_answers"
  | "incident_analysis"
  | "incident_classifications"
> = {
  incidents: {
    row: "An incident report.",
    fields: {
      company_id: "The company in whose care it happened",
      reporter_name: "Who reported it",
      participant_id: "Who it happened to, where the person is in participants",
      participant_name: "Who it happened to, also where participant_id is absent",
      event_date_time: "When it happened, ISO 8601 text in UTC",
      location: "Where it happened, free text",
      capture_status: "State of the capture: what happened is written down",
      analysis_status: "State of the analysis",
      overall_status: "Where the report is in the whole workflow",
      created_at: `When the report was begun, ${MS}`,
      created_by: "Who began it",
      updated_at: `When it was last changed, ${MS}`,
      updated_by: "Who last changed it",
      narrative_hash: "Hash of the narrative that questions were made from",
      questions_generated: "Whether clarification questions were made",
      narrative_enhanced: "Whether a language model has put the narrative together",
      analysis_generated: "Whether a language model has made an analysis",
      current_step: "Number of the step that the report is at",
      step_description: "That step in words",
      content_preview: "Beginning of the narrative, free text",
      workflow_completed_at: `When the last step was done, ${MS}`,
      submitted_by: "Who submitted it for analysis",
      submitted_at: `When it was submitted, ${MS}`,
      handoff_status: "Where it is between capture and analysis",
      completion_checklist: "Five booleans: what is complete, and whether validation passed",
    },
  },
  incident_narratives: {
    row: "The account of one incident, in four phases.",
    fields: {
      incident_id: "The incident",
      before_event: "What happened before, free text",
      during_event: "What happened during the event, free text",
      end_event: "How it ended, free text",
      post_event: "What happened afterwards, free text",
      before_event_extra: "What clarification added about before, free text",
      during_event_extra: "What clarification added about the event, free text",
      end_event_extra: "What clarification added about the end, free text",
      post_event_extra: "What clarification added about afterwards, free text",
      consolidated_narrative: "All of it put together by a language model, free text",
      created_at: `When it was begun, ${MS}`,
      updated_at: `When it was last changed, ${MS}`,
      enhanced_at: `When a language model last put it together, ${MS}`,
      narrative_hash: "Hash of the four phases",
      version: "Raised with every change, from 1",
    },
  },
  clarification_questions: {
    row: "A question that a language model asked about a narrative.",
    fields: {
      incident_id: "The incident",
      question_id: "Id of the question within the incident; not an _id",
      phase: "The phase of the narrative that it is about",
      question_text: "The question, free text",
      question_order: "Place within its phase, from 1",
      generated_at: `When it was made, ${MS}`,
      ai_model: "The model that made it",
      prompt_version: "Version of the prompt that it was made with",
      is_active: "Whether it is asked; false where a later one has replaced it",
    },
  },
  clarification_answers: {
    row: "The answer to a clarification question.",
    fields: {
      incident_id: "The incident",
      question_id: "clarification_questions.question_id of the same incident; not an _id",
      answer_text: "The answer, free text",
      phase: "The phase that the question is about",
      answered_at: `When it was given, ${MS}`,
      answered_by: "Who gave it",
      updated_at: `When it was last changed, ${MS}`,
      is_complete: "Whether whoever answered called it complete",
      character_count: "Characters of the answer",
      word_count: "Words of the answer",
    },
  },
  incident_analysis: {
    row: "An analysis of the conditions that contributed to an incident.",
    fields: {
      incident_id: "The incident",
      contributing_conditions: "The conditions as they stand, free text",
      conditions_original: "As the language model wrote them, free text",
      conditions_edited: "Whether somebody has changed them",
      analyzed_at: `When the analysis was made, ${MS}`,
      analyzed_by: "Who asked for it",
      updated_at: `When it was last changed, ${MS}`,
      ai_analysis_prompt: "The prompt that was sent, free text",
      ai_model: "The model that made it",
      ai_confidence: "The model's confidence, 0 to 1",
      ai_processing_time: "How long the model took, in ms",
      analysis_status: "How far its review is",
      revision_count: "How often it was changed",
      total_edit_time: "How long people edited it, in ms",
    },
  },
  incident_classifications: {
    row: "One classification of an analysed incident; an incident may have several.",
    fields: {
      incident_id: "The incident",
      analysis_id: "The analysis that it follows from",
      classification_id: "Id of the classification within the incident; not an _id",
      incident_type: "Kind of incident",
      supporting_evidence: "What in the narrative speaks for it, free text",
      severity: "How severe it is",
      confidence_score: "Confidence in it, 0 to 1",
      user_reviewed: "Whether somebody has reviewed it",
      user_modified: "Whether somebody has changed it",
      review_notes: "What the reviewer noted, free text",
      created_at: `When it was made, ${MS}`,
      updated_at: `When it was last changed, ${MS}`,
      classified_by: "Who made or changed it",
      ai_generated: "Whether a language model made it",
      ai_model: "The model that made it",
      original_ai_classification: "As the model gave it before it was changed, JSON as text",
    },
  },
};
