import { defineTable } from "convex/server";
import { v } from "convex/values";

/** Diagnostics, participants and the incident workflow, as the SupportSignal application defines them. */
export const incidentTables = {
  debug_logs: defineTable({
    id: v.string(),
    trace_id: v.string(),
    user_id: v.optional(v.string()),
    system: v.union(
      v.literal("browser"),
      v.literal("convex"),
      v.literal("worker"),
      v.literal("manual"),
    ),
    level: v.union(v.literal("log"), v.literal("info"), v.literal("warn"), v.literal("error")),
    message: v.string(),
    timestamp: v.number(),
    context: v.optional(v.any()),
    stack: v.optional(v.string()),
    raw_data: v.any(),
    synced_at: v.number(),
  })
    .index("by_trace_id", ["trace_id"])
    .index("by_user_id", ["user_id"])
    .index("by_system", ["system"])
    .index("by_timestamp", ["timestamp"])
    .index("by_synced_at", ["synced_at"]),

  participants: defineTable({
    company_id: v.id("companies"),
    site_id: v.optional(v.id("sites")),
    first_name: v.string(),
    last_name: v.string(),
    date_of_birth: v.string(),
    ndis_number: v.string(),
    contact_phone: v.optional(v.string()),
    emergency_contact: v.optional(v.string()),
    support_level: v.union(v.literal("high"), v.literal("medium"), v.literal("low")),
    care_notes: v.optional(v.string()),
    status: v.union(v.literal("active"), v.literal("inactive"), v.literal("discharged")),
    created_at: v.number(),
    created_by: v.id("users"),
    updated_at: v.number(),
    updated_by: v.id("users"),
  })
    .index("by_company", ["company_id"])
    .index("by_site", ["site_id"])
    .index("by_company_and_site", ["company_id", "site_id"])
    .index("by_ndis_number", ["ndis_number"])
    .index("by_status", ["status"])
    .index("by_name", ["last_name", "first_name"]),

  incidents: defineTable({
    company_id: v.id("companies"),
    reporter_name: v.string(),
    participant_id: v.optional(v.id("participants")),
    participant_name: v.string(),
    event_date_time: v.string(),
    location: v.string(),
    capture_status: v.union(v.literal("draft"), v.literal("in_progress"), v.literal("completed")),
    analysis_status: v.union(
      v.literal("not_started"),
      v.literal("in_progress"),
      v.literal("completed"),
    ),
    overall_status: v.union(
      v.literal("capture_pending"),
      v.literal("analysis_pending"),
      v.literal("ready_for_analysis"),
      v.literal("completed"),
    ),
    created_at: v.number(),
    created_by: v.optional(v.id("users")),
    updated_at: v.number(),
    updated_by: v.optional(v.id("users")),
    narrative_hash: v.optional(v.string()),
    questions_generated: v.boolean(),
    narrative_enhanced: v.boolean(),
    analysis_generated: v.boolean(),
    current_step: v.optional(v.number()),
    step_description: v.optional(v.string()),
    content_preview: v.optional(v.string()),
    workflow_completed_at: v.optional(v.number()),
    submitted_by: v.optional(v.id("users")),
    submitted_at: v.optional(v.number()),
    handoff_status: v.optional(
      v.union(
        v.literal("draft"),
        v.literal("ready_for_analysis"),
        v.literal("in_analysis"),
        v.literal("analysis_complete"),
      ),
    ),
    completion_checklist: v.optional(
      v.object({
        metadata_complete: v.boolean(),
        narratives_complete: v.boolean(),
        clarifications_complete: v.boolean(),
        enhancement_complete: v.boolean(),
        validation_passed: v.boolean(),
      }),
    ),
  })
    .index("by_company", ["company_id"])
    .index("by_status", ["overall_status"])
    .index("by_created", ["created_at"])
    .index("by_handoff_status", ["handoff_status"])
    .index("by_company_status", ["company_id", "overall_status"])
    .index("by_company_created", ["company_id", "created_at"])
    .index("by_company_user", ["company_id", "created_by"])
    .index("by_company_updated", ["company_id", "updated_at"])
    // Ours: segments of a site or a participant would have to read the whole company without it.
    .index("by_participant", ["participant_id", "created_at"]),

  incident_narratives: defineTable({
    incident_id: v.id("incidents"),
    before_event: v.string(),
    during_event: v.string(),
    end_event: v.string(),
    post_event: v.string(),
    before_event_extra: v.optional(v.string()),
    during_event_extra: v.optional(v.string()),
    end_event_extra: v.optional(v.string()),
    post_event_extra: v.optional(v.string()),
    consolidated_narrative: v.optional(v.string()),
    created_at: v.number(),
    updated_at: v.number(),
    enhanced_at: v.optional(v.number()),
    narrative_hash: v.optional(v.string()),
    version: v.number(),
  })
    .index("by_incident", ["incident_id"])
    .index("by_updated", ["updated_at"]),

  clarification_questions: defineTable({
    incident_id: v.id("incidents"),
    question_id: v.string(),
    phase: v.union(
      v.literal("before_event"),
      v.literal("during_event"),
      v.literal("end_event"),
      v.literal("post_event"),
    ),
    question_text: v.string(),
    question_order: v.number(),
    generated_at: v.number(),
    ai_model: v.optional(v.string()),
    prompt_version: v.optional(v.string()),
    is_active: v.boolean(),
  })
    .index("by_incident", ["incident_id"])
    .index("by_incident_phase", ["incident_id", "phase"])
    .index("by_generated", ["generated_at"]),

  clarification_answers: defineTable({
    incident_id: v.id("incidents"),
    question_id: v.string(),
    answer_text: v.string(),
    phase: v.union(
      v.literal("before_event"),
      v.literal("during_event"),
      v.literal("end_event"),
      v.literal("post_event"),
    ),
    answered_at: v.number(),
    answered_by: v.optional(v.id("users")),
    updated_at: v.number(),
    is_complete: v.boolean(),
    character_count: v.number(),
    word_count: v.number(),
  })
    .index("by_incident", ["incident_id"])
    .index("by_incident_phase", ["incident_id", "phase"])
    .index("by_question", ["question_id"])
    .index("by_answered", ["answered_at"]),

  incident_analysis: defineTable({
    incident_id: v.id("incidents"),
    contributing_conditions: v.string(),
    conditions_original: v.optional(v.string()),
    conditions_edited: v.boolean(),
    analyzed_at: v.number(),
    analyzed_by: v.optional(v.id("users")),
    updated_at: v.number(),
    ai_analysis_prompt: v.optional(v.string()),
    ai_model: v.optional(v.string()),
    ai_confidence: v.optional(v.number()),
    ai_processing_time: v.optional(v.number()),
    analysis_status: v.union(
      v.literal("draft"),
      v.literal("ai_generated"),
      v.literal("user_reviewed"),
      v.literal("completed"),
    ),
    revision_count: v.number(),
    total_edit_time: v.optional(v.number()),
  })
    .index("by_incident", ["incident_id"])
    .index("by_analyzed", ["analyzed_at"])
    .index("by_analyzer", ["analyzed_by"])
    .index("by_status", ["analysis_status"]),

  incident_classifications: defineTable({
    incident_id: v.id("incidents"),
    analysis_id: v.id("incident_analysis"),
    classification_id: v.string(),
    incident_type: v.union(
      v.literal("behavioural"),
      v.literal("environmental"),
      v.literal("medical"),
      v.literal("communication"),
      v.literal("other"),
    ),
    supporting_evidence: v.string(),
    severity: v.union(v.literal("low"), v.literal("medium"), v.literal("high")),
    confidence_score: v.number(),
    user_reviewed: v.boolean(),
    user_modified: v.boolean(),
    review_notes: v.optional(v.string()),
    created_at: v.number(),
    updated_at: v.number(),
    classified_by: v.optional(v.id("users")),
    ai_generated: v.boolean(),
    ai_model: v.optional(v.string()),
    original_ai_classification: v.optional(v.string()),
  })
    .index("by_incident", ["incident_id"])
    .index("by_analysis", ["analysis_id"])
    .index("by_type", ["incident_type"])
    .index("by_severity", ["severity"])
    .index("by_created", ["created_at"]),
};
