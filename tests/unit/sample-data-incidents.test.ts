import { getRounds } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { createSampleData } from "~/embedded/sample-data";
import type { Tables } from "~/embedded/sample-data/store";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import { asJson } from "./sample-data-checks";

const PHASES = ["before_event", "during_event", "end_event", "post_event"] as const;

const sample = createSampleData({ scale: 1 });
// That these are documents of the schema is proved in sample-data.test.ts.
const tables = sample as unknown as Tables;

const companies = byId(tables.companies);
const users = byId(tables.users);
const sites = byId(tables.sites);
const participants = byId(tables.participants);
const incidents = byId(tables.incidents);
const analyses = byId(tables.incident_analysis);

describe("tenancy", () => {
  it("keeps a participant's site and staff within the company", () => {
    for (const participant of tables.participants) {
      const { company_id, site_id, created_by, updated_by } = participant;
      expect(companies.has(company_id)).toBe(true);
      if (site_id) expect(sites.get(site_id)?.company_id).toBe(company_id);
      expect(companyOf(created_by)).toBe(company_id);
      expect(companyOf(updated_by)).toBe(company_id);
    }
    expect(tables.participants.some(({ site_id }) => site_id !== undefined)).toBe(true);
  });

  it("keeps an incident's people within the company", () => {
    for (const incident of tables.incidents) {
      const { company_id, participant_id, created_by, updated_by, submitted_by } = incident;
      for (const user of [created_by, updated_by, submitted_by]) {
        if (user) expect(companyOf(user)).toBe(company_id);
      }
      expect(users.get(created_by as Id<"users">)?.name).toBe(incident.reporter_name);
      if (participant_id) {
        const participant = participants.get(participant_id);
        expect(participant?.company_id).toBe(company_id);
        expect(`${participant?.first_name} ${participant?.last_name}`).toBe(
          incident.participant_name,
        );
      }
    }
    expect(tables.incidents.some(({ participant_id }) => participant_id !== undefined)).toBe(true);
  });

  it("keeps what belongs to an incident within its company", () => {
    const owned: { incident_id: Id<"incidents">; user: Id<"users"> | undefined }[] = [
      ...tables.clarification_answers.map((row) => ({ ...row, user: row.answered_by })),
      ...tables.incident_analysis.map((row) => ({ ...row, user: row.analyzed_by })),
      ...tables.incident_classifications.map((row) => ({ ...row, user: row.classified_by })),
      ...tables.workflow_handoffs.map((row) => ({ ...row, user: row.handoff_accepted_by })),
    ];
    const strangers = owned.filter(
      ({ incident_id, user }) =>
        user !== undefined && companyOf(user) !== incidents.get(incident_id)?.company_id,
    );
    expect(strangers).toEqual([]);
    for (const { analysis_id, incident_id } of tables.incident_classifications) {
      expect(analyses.get(analysis_id)?.incident_id).toBe(incident_id);
    }
  });
});

describe("an incident", () => {
  it("has statuses that agree with each other and with its rows", () => {
    for (const incident of tables.incidents) {
      const isCaptured = incident.capture_status === "completed";
      const isComplete = incident.overall_status === "completed";
      expect(incident.submitted_at !== undefined).toBe(isCaptured);
      expect(incident.submitted_by !== undefined).toBe(isCaptured);
      expect(incident.narrative_enhanced).toBe(isCaptured);
      expect(incident.completion_checklist?.validation_passed).toBe(isCaptured);
      expect(incident.overall_status !== "capture_pending").toBe(isCaptured);
      expect(incident.workflow_completed_at !== undefined).toBe(isComplete);
      expect(incident.analysis_status === "completed").toBe(isComplete);
      expect(incident.handoff_status === "analysis_complete").toBe(isComplete);
      expect(incident.analysis_generated).toBe(incident.analysis_status !== "not_started");
      const analysis = tables.incident_analysis.filter((row) => row.incident_id === incident._id);
      expect(analysis).toHaveLength(incident.analysis_generated ? 1 : 0);
      const asked = tables.clarification_questions.some((row) => row.incident_id === incident._id);
      expect(asked).toBe(incident.questions_generated);
      expect(incident.created_at).toBeGreaterThan(Date.parse(incident.event_date_time));
    }
    const statuses = new Set(tables.incidents.map(({ overall_status }) => overall_status));
    expect(statuses.size).toBe(4);
  });

  it("has one narrative of its own that names the participant and the place", () => {
    const owners = new Set(tables.incident_narratives.map(({ incident_id }) => incident_id));
    expect(owners.size).toBe(tables.incidents.length);
    for (const narrative of tables.incident_narratives) {
      const incident = incidents.get(narrative.incident_id) as Doc<"incidents">;
      const name = incident.participant_name;
      const firstName = name.slice(0, name.lastIndexOf(" "));
      expect(narrative.before_event).toContain(name);
      const told = PHASES.map((phase) => narrative[phase]).filter((text) => text !== "");
      const text = told.join(" ");
      expect(text.split(firstName).length).toBeGreaterThan(told.length / 2);
      expect(text).toContain(incident.location.split(", ").pop());
      expect(told.length === PHASES.length).toBe(incident.capture_status !== "draft");
      expect(text).not.toMatch(/[{}]| {2}|\.\.|(^|[.!?] )[a-z]/);
      expect(narrative.enhanced_at !== undefined).toBe(incident.narrative_enhanced);
      expect(narrative.narrative_hash).toBe(incident.narrative_hash);
    }
  });

  it("is told in many different ways", () => {
    const texts = tables.incident_narratives.map(({ during_event }) => during_event);
    expect(new Set(texts).size).toBe(texts.length - texts.filter((text) => text === "").length + 1);
    const types = new Set(tables.incident_classifications.map((row) => row.incident_type));
    expect(types.size).toBe(5);
  });
});

describe("clarifications", () => {
  const questions = new Map(
    tables.clarification_questions.map((row) => [`${row.incident_id} ${row.question_id}`, row]),
  );

  it("have question ids that are unique within the incident, in order", () => {
    expect(questions.size).toBe(tables.clarification_questions.length);
    for (const { question_order, question_id, phase } of tables.clarification_questions) {
      expect(question_id.startsWith(`${phase}_${question_order}_`)).toBe(true);
    }
  });

  it("have answers to questions that were asked before, in the same phase, and are active", () => {
    for (const answer of tables.clarification_answers) {
      const question = questions.get(`${answer.incident_id} ${answer.question_id}`);
      expect(question).toMatchObject({ phase: answer.phase, is_active: true });
      expect(answer.answered_at).toBeGreaterThan(question?.generated_at ?? Infinity);
      expect(answer.updated_at).toBeGreaterThanOrEqual(answer.answered_at);
    }
  });

  it("have true counts of characters and words", () => {
    for (const { answer_text, character_count, word_count } of tables.clarification_answers) {
      expect(character_count).toBe(answer_text.length);
      expect(word_count).toBe(answer_text.trim().split(/\s+/).length);
      expect(answer_text).not.toMatch(/[{}]| {2}|\.\.|(^|[.!?] )[a-z]/);
    }
  });
});

describe("credentials", () => {
  it("look alive, and an impersonation carries its administrator's own session token", () => {
    const tokens = new Map(tables.sessions.map((row) => [row.sessionToken, row.userId]));
    for (const { original_session_token, admin_user_id } of tables.impersonation_sessions) {
      expect(tokens.get(original_session_token)).toBe(admin_user_id);
      expect(users.get(admin_user_id)?.role).toBe("system_admin");
    }
    for (const { id_token } of tables.accounts) {
      const claims = Buffer.from(id_token?.split(".")[1] ?? "", "base64url").toString();
      expect(JSON.parse(claims)).toHaveProperty("sub");
    }
    const malformed = tables.users.filter(({ password }) => getRounds(password) !== 12);
    expect(malformed).toEqual([]);
  });

  it("also hide at depth in fields of any type", () => {
    expect(JSON.stringify(asJson(sample).ai_request_logs)).toMatch(/"authorization":"Bearer sk-/);
    expect(JSON.stringify(asJson(sample).workflow_handoffs)).toMatch(/"apiKey":"whk_/);
  });
});

function byId<D extends { _id: string }>(documents: readonly D[]): Map<D["_id"], D> {
  return new Map(documents.map((document) => [document._id, document]));
}

function companyOf(user: Id<"users">): Id<"companies"> | undefined {
  return users.get(user)?.company_id;
}
