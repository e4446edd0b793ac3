import type { Meanings } from "./types";

const MS = "ms since 1970, UTC";

/** Companies, sites, people and what they sign in with. */
export const identityMeanings: Meanings<
  | "companies"
  | "users"
  | "user_invitations"
  | "sites"
  | "sessions"
  | "accounts"
  | "password_reset_tokens"
  | "impersonation_sessions"
  | "participants"
> = {
  companies: {
    row: "A care company, the tenant that everything else belongs to.",
    fields: {
      name: "Name of the company",
      slug: "Its name in addresses, unique",
      contact_email: "Where the company is reached",
      status: "State of the company's subscription",
      created_at: `When it was added, ${MS}`,
      created_by: "Who added it",
    },
  },
  users: {
    row: "An account of the application.",
    fields: {
      name: "First and last name",
      email: "Address that the user signs in with",
      profile_image_url: "Address of the user's picture",
      role: "What the user may do; system_admin and demo_admin belong to no company",
      company_id: "The user's company; absent for staff of the platform",
      created_at: `When the account was made, ${MS}`,
    },
  },
  user_invitations: {
    row: "An invitation to join a company.",
    fields: {
      email: "Who is invited",
      company_id: "The company that invites",
      role: "The role that the invited user will have",
      invited_by: "Who invited",
      invitation_token: "Fingerprint of the token in the invitation's link",
      expires_at: `Until when it can be accepted, ${MS}`,
      status: "What became of it",
      created_at: `When it was sent, ${MS}`,
      accepted_at: `When it was accepted, ${MS}`,
    },
  },
  sites: {
    row: "A house or another place of a company.",
    fields: {
      company_id: "The company that runs it",
      name: "Name of the site",
      created_at: `When it was added, ${MS}`,
      created_by: "Who added it",
      updated_at: `When it was last changed, ${MS}`,
    },
  },
  sessions: {
    row: "A signed-in browser.",
    fields: {
      userId: "Who is signed in",
      sessionToken:
        "Fingerprint of the session's token; equals impersonation_sessions.original_session_token of one session",
      expires: `When the session ends, ${MS}`,
      rememberMe: "Whether a long session was asked for",
    },
  },
  accounts: {
    row: "An account of another provider (OAuth) that a user signs in with.",
    fields: {
      userId: "Whose it is",
      type: "Kind of account, e.g. oauth",
      provider: "Who provides it, e.g. google",
      providerAccountId: "The user's id with the provider",
      refresh_token: "Fingerprint of the refresh token",
      access_token: "Fingerprint of the access token",
      expires_at: "When the access token ends, in seconds since 1970 as OAuth has it",
      token_type: "Kind of access token",
      scope: "What the token allows, separated by spaces",
      id_token: "Fingerprint of the id token",
    },
  },
  password_reset_tokens: {
    row: "A password reset that was asked for.",
    fields: {
      userId: "Whose password",
      token: "Fingerprint of the token in the link",
      expires: `Until when the link works, ${MS}`,
    },
  },
  impersonation_sessions: {
    row: "An administrator who acts as another user.",
    fields: {
      admin_user_id: "The administrator",
      target_user_id: "The user that is acted as",
      session_token: "Fingerprint of the impersonation's token",
      original_session_token:
        "Fingerprint of the administrator's own session; equals sessions.sessionToken",
      reason: "Why, in the administrator's words",
      expires: `When it ends by itself, ${MS}`,
      is_active: "Whether it goes on",
      created_at: `When it began, ${MS}`,
      terminated_at: `When it was ended, ${MS}`,
      correlation_id: "Joins what was logged about it",
    },
  },
  participants: {
    row: "A person with a disability who is supported under the NDIS.",
    fields: {
      company_id: "The company that supports the person",
      site_id: "Where the person lives or is supported",
      first_name: "First name",
      last_name: "Last name",
      date_of_birth: "Date of birth, YYYY-MM-DD; the year alone where pseudonymised",
      ndis_number: "Number in the National Disability Insurance Scheme",
      contact_phone: "Phone number of the person",
      emergency_contact: "Whom to call: name, relation, number, in free form",
      support_level: "How much support the person needs",
      care_notes: "What carers have to know, free text",
      status: "Whether the person is supported now",
      created_at: `When the person was added, ${MS}`,
      created_by: "Who added the person",
      updated_at: `When the row was last changed, ${MS}`,
      updated_by: "Who last changed the row",
    },
  },
};
