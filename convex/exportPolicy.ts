import type { DataModel, TableNames } from "./_generated/dataModel";
import type { ExportPolicy } from "./model/policyTypes";

/**
 * How the export treats every table and every field of the schema. `ExportPolicy` is exhaustive:
 * a table or field of the schema that is not classified here does not compile. At run time the
 * policy is an allow-list: what it does not know is withheld (`model/sanitize.ts`).
 */

/** Version of the policy, recorded in every file. Raise it with every change of a class. */
export const POLICY_VERSION = "1.2";

/**
 * Names and numbers that one page of a pseudonymised export looks for; three for each of some 16,000
 * people. A page has to look all of them up within a function's second and 64 MB, and each request
 * for a page carries them.
 */
export const MAXIMUM_IDENTITIES = 50_000;

/** The same in characters, for names of any length. A function's arguments may have 16 MiB. */
export const MAXIMUM_IDENTITY_CHARACTERS = 4 * 1024 * 1024;

export const exportPolicy = {
  companies: {
    fields: {
      name: { public: "text" },
      slug: { public: "text" },
      contact_email: { personal: "email" },
      status: "public",
      created_at: "public",
      created_by: "reference",
    },
  },
  users: {
    fields: {
      name: { personal: "user_name" },
      email: { personal: "email" },
      password: "excluded",
      profile_image_url: { personal: "image_url" },
      role: "public",
      company_id: "reference",
      created_at: "public",
    },
  },
  user_invitations: {
    fields: {
      email: { personal: "email" },
      company_id: "reference",
      role: "public",
      invited_by: "reference",
      invitation_token: "credential",
      expires_at: "public",
      status: "public",
      created_at: "public",
      accepted_at: "public",
    },
  },
  sites: {
    fields: {
      company_id: "reference",
      name: { public: "text" },
      created_at: "public",
      created_by: "reference",
      updated_at: "public",
    },
  },
  sessions: {
    fields: {
      userId: "reference",
      sessionToken: "credential",
      expires: "public",
      rememberMe: "public",
    },
  },
  accounts: {
    fields: {
      userId: "reference",
      type: "public",
      provider: "public",
      providerAccountId: { personal: "account_id" },
      refresh_token: "credential",
      access_token: "credential",
      expires_at: "public",
      token_type: "public",
      scope: "public",
      id_token: "credential",
    },
  },
  password_reset_tokens: {
    fields: { userId: "reference", token: "credential", expires: "public" },
  },
  impersonation_sessions: {
    fields: {
      admin_user_id: "reference",
      target_user_id: "reference",
      session_token: "credential",
      original_session_token: "credential",
      reason: "sensitive",
      expires: "public",
      is_active: "public",
      created_at: "public",
      terminated_at: "public",
      correlation_id: "public",
    },
  },
  debug_logs: {
    excluded: "diagnostic output that may hold anything, credentials included",
  },
  participants: {
    fields: {
      company_id: "reference",
      site_id: "reference",
      first_name: { personal: "participant_first_name" },
      last_name: { personal: "participant_last_name" },
      date_of_birth: { personal: "date_of_birth" },
      ndis_number: { personal: "ndis_number" },
      contact_phone: { personal: "phone" },
      emergency_contact: { personal: "contact" },
      support_level: "public",
      care_notes: "sensitive",
      status: "public",
      created_at: "public",
      created_by: "reference",
      updated_at: "public",
      updated_by: "reference",
    },
  },
  incidents: {
    fields: {
      company_id: "reference",
      reporter_name: { personal: "user_name" },
      participant_id: "reference",
      participant_name: { personal: "participant_name" },
      event_date_time: "public",
      location: "sensitive",
      capture_status: "public",
      analysis_status: "public",
      overall_status: "public",
      created_at: "public",
      created_by: "reference",
      updated_at: "public",
      updated_by: "reference",
      narrative_hash: "public",
      questions_generated: "public",
      narrative_enhanced: "public",
      analysis_generated: "public",
      current_step: "public",
      step_description: { public: "text" },
      content_preview: "sensitive",
      workflow_completed_at: "public",
      submitted_by: "reference",
      submitted_at: "public",
      handoff_status: "public",
      completion_checklist: "public",
    },
  },
  incident_narratives: {
    fields: {
      incident_id: "reference",
      before_event: "sensitive",
      during_event: "sensitive",
      end_event: "sensitive",
      post_event: "sensitive",
      before_event_extra: "sensitive",
      during_event_extra: "sensitive",
      end_event_extra: "sensitive",
      post_event_extra: "sensitive",
      consolidated_narrative: "sensitive",
      created_at: "public",
      updated_at: "public",
      enhanced_at: "public",
      narrative_hash: "public",
      version: "public",
    },
  },
  clarification_questions: {
    fields: {
      incident_id: "reference",
      question_id: "public",
      phase: "public",
      question_text: "sensitive",
      question_order: "public",
      generated_at: "public",
      ai_model: "public",
      prompt_version: "public",
      is_active: "public",
    },
  },
  clarification_answers: {
    fields: {
      incident_id: "reference",
      question_id: "public",
      answer_text: "sensitive",
      phase: "public",
      answered_at: "public",
      answered_by: "reference",
      updated_at: "public",
      is_complete: "public",
      character_count: "public",
      word_count: "public",
    },
  },
  incident_analysis: {
    fields: {
      incident_id: "reference",
      contributing_conditions: "sensitive",
      conditions_original: "sensitive",
      conditions_edited: "public",
      analyzed_at: "public",
      analyzed_by: "reference",
      updated_at: "public",
      ai_analysis_prompt: "sensitive",
      ai_model: "public",
      ai_confidence: "public",
      ai_processing_time: "public",
      analysis_status: "public",
      revision_count: "public",
      total_edit_time: "public",
    },
  },
  incident_classifications: {
    fields: {
      incident_id: "reference",
      analysis_id: "reference",
      classification_id: "public",
      incident_type: "public",
      supporting_evidence: "sensitive",
      severity: "public",
      confidence_score: "public",
      user_reviewed: "public",
      user_modified: "public",
      review_notes: "sensitive",
      created_at: "public",
      updated_at: "public",
      classified_by: "reference",
      ai_generated: "public",
      ai_model: "public",
      original_ai_classification: "sensitive",
    },
  },
  ai_prompts: {
    fields: {
      prompt_name: "public",
      prompt_version: "public",
      prompt_template: { public: "text" },
      description: { public: "text" },
      input_schema: { public: "text" },
      output_schema: { public: "text" },
      scope: "public",
      developer_session_id: "credential",
      parent_prompt_id: "reference",
      expires_at: "public",
      workflow_step: "public",
      subsystem: "public",
      ai_model: "public",
      max_tokens: "public",
      temperature: "public",
      is_active: "public",
      created_at: "public",
      created_by: "reference",
      replaced_at: "public",
      replaced_by: { public: "text" },
      usage_count: "public",
      average_response_time: "public",
      success_rate: "public",
    },
  },
  ai_request_logs: {
    fields: {
      correlation_id: "public",
      operation: "public",
      model: "public",
      prompt_template: "sensitive",
      input_data: "opaque",
      output_data: "opaque",
      processing_time_ms: "public",
      tokens_used: "public",
      cost_usd: "public",
      success: "public",
      error_message: "sensitive",
      user_id: "reference",
      incident_id: "reference",
      created_at: "public",
    },
  },
  workflow_handoffs: {
    fields: {
      incident_id: "reference",
      from_workflow: "public",
      to_workflow: "public",
      handoff_data: "opaque",
      team_leader_notified: "public",
      notification_sent_at: "public",
      handoff_accepted: "public",
      handoff_accepted_by: "reference",
      handoff_accepted_at: "public",
      created_at: "public",
    },
  },
  export_runs: { excluded: "the portal's own audit trail" },
  export_denials: { excluded: "the portal's own record of refused exports" },
  sign_in_failures: { excluded: "the portal's own sign-in throttling" },
} as const satisfies ExportPolicy<DataModel>;

/** The tables that an export holds. */
export type ExportTable = {
  [T in TableNames]: (typeof exportPolicy)[T] extends { excluded: string } ? never : T;
}[TableNames];
