import type { Meanings } from "./types";

const MS = "ms since 1970, UTC";

/** Prompts, calls of language models, and hand-offs. */
export const aiMeanings: Meanings<"ai_prompts" | "ai_request_logs" | "workflow_handoffs"> = {
  ai_prompts: {
    row: "A version of a prompt for a language model.",
    fields: {
      prompt_name: "Name of the prompt; its versions share it",
      prompt_version: "Version of the prompt",
      prompt_template: "Text with placeholders",
      description: "What it is for",
      input_schema: "What it takes, JSON Schema as text",
      output_schema: "What the model must answer, JSON Schema as text",
      scope: "Whether it is for all, or for a developer who tries it",
      developer_session_id: "Fingerprint of the developer's session",
      parent_prompt_id: "The prompt that it was made from",
      expires_at: `When a developer's prompt ends, ${MS}`,
      workflow_step: "The step that uses it",
      subsystem: "The part of the application that uses it",
      ai_model: "The model that it is written for",
      max_tokens: "Most tokens that the model may answer with",
      temperature: "Temperature that the model is called with",
      is_active: "Whether it is used",
      created_at: `When it was made, ${MS}`,
      created_by: "Who made it",
      replaced_at: `When another version replaced it, ${MS}`,
      replaced_by: "What replaced it",
      usage_count: "How often it was used",
      average_response_time: "Mean time of an answer, in ms",
      success_rate: "Share of calls that succeeded, 0 to 1",
    },
  },
  ai_request_logs: {
    row: "One call of a language model.",
    fields: {
      correlation_id: "Joins what was logged about the same piece of work",
      operation: "What was asked for, e.g. generate_clarification_questions",
      model: "The model that was called",
      prompt_template: "The prompt as it was sent, free text",
      input_data: "What was sent with it, any JSON; credentials are [redacted]",
      output_data: "What came back, any JSON; credentials are [redacted]",
      processing_time_ms: "How long the call took, in ms",
      tokens_used: "Tokens of prompt and answer",
      cost_usd: "What it cost, in US dollars",
      success: "Whether the answer could be used",
      error_message: "What went wrong, free text",
      user_id: "For whom it was called",
      incident_id: "The incident that it was about",
      created_at: `When it was called, ${MS}`,
    },
  },
  workflow_handoffs: {
    row: "An incident that one workflow handed to the next.",
    fields: {
      incident_id: "The incident",
      from_workflow: "The workflow that it comes from",
      to_workflow: "The workflow that it goes to",
      handoff_data: "What was handed over, any JSON; credentials are [redacted]",
      team_leader_notified: "Whether the team leader was told",
      notification_sent_at: `When the team leader was told, ${MS}`,
      handoff_accepted: "Whether somebody took it over",
      handoff_accepted_by: "Who took it over",
      handoff_accepted_at: `When it was taken over, ${MS}`,
      created_at: `When it was handed over, ${MS}`,
    },
  },
};
