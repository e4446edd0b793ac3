import { defineTable } from "convex/server";
import { v } from "convex/values";

/** Companies, people and their credentials, as the SupportSignal application defines them. */
export const identityTables = {
  companies: defineTable({
    name: v.string(),
    slug: v.string(),
    contact_email: v.string(),
    status: v.union(
      v.literal("active"),
      v.literal("trial"),
      v.literal("suspended"),
      v.literal("test"),
    ),
    created_at: v.number(),
    created_by: v.optional(v.id("users")),
  })
    .index("by_status", ["status"])
    .index("by_slug", ["slug"]),

  users: defineTable({
    name: v.string(),
    email: v.string(),
    password: v.string(),
    profile_image_url: v.optional(v.string()),
    role: v.union(
      v.literal("system_admin"),
      v.literal("demo_admin"),
      v.literal("company_admin"),
      v.literal("team_lead"),
      v.literal("frontline_worker"),
    ),
    company_id: v.optional(v.id("companies")),
    created_at: v.optional(v.number()),
  })
    .index("by_email", ["email"])
    .index("by_company", ["company_id"]),

  user_invitations: defineTable({
    email: v.string(),
    company_id: v.id("companies"),
    role: v.union(
      v.literal("company_admin"),
      v.literal("team_lead"),
      v.literal("frontline_worker"),
    ),
    invited_by: v.id("users"),
    invitation_token: v.string(),
    expires_at: v.number(),
    status: v.union(
      v.literal("pending"),
      v.literal("accepted"),
      v.literal("expired"),
      v.literal("revoked"),
    ),
    created_at: v.number(),
    accepted_at: v.optional(v.number()),
  })
    .index("by_email", ["email"])
    .index("by_company", ["company_id"])
    .index("by_token", ["invitation_token"])
    .index("by_status", ["status"])
    .index("by_company_status", ["company_id", "status"])
    .index("by_email_company", ["email", "company_id"])
    .index("by_email_status", ["email", "status"]),

  sites: defineTable({
    company_id: v.id("companies"),
    name: v.string(),
    created_at: v.number(),
    created_by: v.id("users"),
    updated_at: v.optional(v.number()),
  })
    .index("by_company", ["company_id"])
    .index("by_name", ["company_id", "name"]),

  sessions: defineTable({
    userId: v.id("users"),
    sessionToken: v.string(),
    expires: v.number(),
    rememberMe: v.optional(v.boolean()),
  })
    .index("by_session_token", ["sessionToken"])
    .index("by_user_id", ["userId"]),

  accounts: defineTable({
    userId: v.id("users"),
    type: v.string(),
    provider: v.string(),
    providerAccountId: v.string(),
    refresh_token: v.optional(v.string()),
    access_token: v.optional(v.string()),
    expires_at: v.optional(v.number()),
    token_type: v.optional(v.string()),
    scope: v.optional(v.string()),
    id_token: v.optional(v.string()),
  })
    .index("by_provider_account", ["provider", "providerAccountId"])
    .index("by_user_id", ["userId"]),

  password_reset_tokens: defineTable({
    userId: v.id("users"),
    token: v.string(),
    expires: v.number(),
  })
    .index("by_token", ["token"])
    .index("by_user_id", ["userId"]),

  impersonation_sessions: defineTable({
    admin_user_id: v.id("users"),
    target_user_id: v.id("users"),
    session_token: v.string(),
    original_session_token: v.string(),
    reason: v.string(),
    expires: v.number(),
    is_active: v.boolean(),
    created_at: v.number(),
    terminated_at: v.optional(v.number()),
    correlation_id: v.string(),
  })
    .index("by_session_token", ["session_token"])
    .index("by_admin_user", ["admin_user_id"])
    .index("by_target_user", ["target_user_id"])
    .index("by_active_sessions", ["is_active", "expires"]),
};
