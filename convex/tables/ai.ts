import { defineTable } from "convex/server";
import { v } from "convex/values";

/** Prompts, AI request logs and hand-offs, as the SupportSignal application defines them. */
export const aiTables = {
  ai_prompts: defineTable({
    prompt_name: v.string(),
    prompt_version: v.string(),
    prompt_template: v.string(),
    description: v.optional(v.string()),
    input_schema: v.optional(v.string()),
    output_schema: v.optional(v.string()),
    scope: v.optional(v.union(v.literal("production"), v.literal("developer"))),
    developer_session_id: v.optional(v.string()),
    parent_prompt_id: v.optional(v.id("ai_prompts")),
    expires_at: v.optional(v.number()),
    workflow_step: v.optional(v.string()),
    subsystem: v.optional(v.string()),
    ai_model: v.optional(v.string()),
    max_tokens: v.optional(v.number()),
    temperature: v.optional(v.number()),
    is_active: v.optional(v.boolean()),
    created_at: v.number(),
    created_by: v.optional(v.id("users")),
    replaced_at: v.optional(v.number()),
    replaced_by: v.optional(v.string()),
    usage_count: v.optional(v.number()),
    average_response_time: v.optional(v.number()),
    success_rate: v.optional(v.number()),
  })
    .index("by_name", ["prompt_name"])
    .index("by_name_version", ["prompt_name", "prompt_version"])
    .index("by_active", ["is_active"])
    .index("by_workflow", ["workflow_step"])
    .index("by_subsystem", ["subsystem"]),

  ai_request_logs: defineTable({
    correlation_id: v.string(),
    operation: v.string(),
    model: v.string(),
    prompt_template: v.string(),
    input_data: v.any(),
    output_data: v.optional(v.any()),
    processing_time_ms: v.number(),
    tokens_used: v.optional(v.number()),
    cost_usd: v.optional(v.number()),
    success: v.boolean(),
    error_message: v.optional(v.string()),
    user_id: v.optional(v.id("users")),
    incident_id: v.optional(v.id("incidents")),
    created_at: v.number(),
  })
    .index("by_correlation_id", ["correlation_id"])
    .index("by_operation", ["operation"])
    .index("by_created", ["created_at"])
    .index("by_user", ["user_id"])
    .index("by_incident", ["incident_id"])
    .index("by_success", ["success"]),

  workflow_handoffs: defineTable({
    incident_id: v.id("incidents"),
    from_workflow: v.string(),
    to_workflow: v.string(),
    handoff_data: v.any(),
    team_leader_notified: v.boolean(),
    notification_sent_at: v.optional(v.number()),
    handoff_accepted: v.boolean(),
    handoff_accepted_by: v.optional(v.id("users")),
    handoff_accepted_at: v.optional(v.number()),
    created_at: v.number(),
  })
    .index("by_incident", ["incident_id"])
    .index("by_to_workflow", ["to_workflow"])
    .index("by_team_leader_notification", ["team_leader_notified"]),
};
