import { ConvexError, type Value } from "convex/values";
import { describe, expect, test } from "vitest";
import { createFingerprint, REDACTED } from "../../../convex/model/redaction";
import { Sanitizer } from "../../../convex/model/sanitize";
import { credentialFields } from "../../support/credentials";

const KEY = "key";
const fingerprint = createFingerprint(KEY);

const SYSTEM = { _id: "id", _creationTime: 1 };

function sanitized(table: string, fields: Record<string, Value>) {
  const sanitizer = new Sanitizer(KEY);
  return { document: sanitizer.document(table, { ...SYSTEM, ...fields }), ...sanitizer.counts };
}

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("a password never leaves, and is not even counted", () => {
  const user = { name: "A", email: "a@b.test", password: "$2b$12$hash", role: "team_lead" };
  const { document, redactions, withheld } = sanitized("users", user);
  expect(document).toEqual({ ...SYSTEM, name: "A", email: "a@b.test", role: "team_lead" });
  expect({ redactions, withheld }).toEqual({ redactions: {}, withheld: {} });
});

describe("credentials", () => {
  const fields = credentialFields();

  test("are those that the database's description names", () => {
    expect(fields.map((path) => path.join(".")).toSorted()).toEqual([
      "accounts.access_token",
      "accounts.id_token",
      "accounts.refresh_token",
      "ai_prompts.developer_session_id",
      "impersonation_sessions.original_session_token",
      "impersonation_sessions.session_token",
      "password_reset_tokens.token",
      "sessions.sessionToken",
      "user_invitations.invitation_token",
    ]);
  });

  test.each(fields)("in %s.%s are replaced by a fingerprint and counted", (table, field) => {
    const { document, redactions } = sanitized(table, { [field]: "live" });
    expect(document[field]).toBe(fingerprint("live"));
    expect(redactions).toEqual({ [`${table}.${field}`]: 1 });
  });

  test.each(fields)("in %s.%s that are no text are replaced too", (table, field) => {
    for (const value of [1, 2n, new ArrayBuffer(4), { inner: "live" }, ["live"], null]) {
      expect(sanitized(table, { [field]: value }).document[field]).toBe(REDACTED);
    }
  });

  test.each(fields)("in %s.%s that are absent stay absent", (table, field) => {
    const { document, redactions } = sanitized(table, {});
    expect(document).not.toHaveProperty(field);
    expect(redactions).toEqual({});
  });

  test("that are equal are recognisable as equal across tables", () => {
    const session = sanitized("sessions", { sessionToken: "t" }).document;
    const row = sanitized("impersonation_sessions", { original_session_token: "t" }).document;
    expect(session["sessionToken"]).toBe(row["original_session_token"]);
  });
});

test.each([
  ["ai_request_logs", "input_data"],
  ["ai_request_logs", "output_data"],
  ["workflow_handoffs", "handoff_data"],
])("%s.%s is searched at every depth, and each redaction is counted", (table, field) => {
  const { document, redactions } = sanitized(table, {
    [field]: { list: [{ password: "a" }, { note: "Bearer abcdefghijklmnop" }], kept: 1 },
  });
  expect(document[field]).toEqual({ kept: 1, list: [{ password: REDACTED }, { note: REDACTED }] });
  expect(redactions).toEqual({ [`${table}.${field}`]: 2 });
});

test("an opaque field without credentials is not counted", () => {
  const { redactions } = sanitized("workflow_handoffs", { handoff_data: { step: 1 } });
  expect(redactions).toEqual({});
});

test("counts add up over the documents of an answer", () => {
  const sanitizer = new Sanitizer(KEY);
  for (const token of ["a", "b", "c"]) {
    sanitizer.document("sessions", { ...SYSTEM, sessionToken: token, shadow: 1 });
  }
  expect(sanitizer.counts).toEqual({
    redactions: { "sessions.sessionToken": 3 },
    withheld: { "sessions.shadow": 3 },
  });
});

test("a field that the policy does not know is withheld and counted, whatever its name", () => {
  const stored = JSON.parse(
    '{"name":"North","new_field":"x","__proto__":"y","constructor":"z","toString":1}',
  ) as Record<string, Value>;
  const sanitizer = new Sanitizer(KEY);
  // Not spread: `__proto__` has to stay a field of its own.
  const document = sanitizer.document("sites", Object.assign(stored, SYSTEM));
  expect(document).toEqual({ ...SYSTEM, name: "North" });
  expect(Object.entries(sanitizer.counts.withheld).toSorted()).toEqual([
    ["sites.__proto__", 1],
    ["sites.constructor", 1],
    ["sites.new_field", 1],
    ["sites.toString", 1],
  ]);
});

test("everything else is exported as it is, typed values included", () => {
  const fields = {
    incident_id: "i1",
    analysis_id: "a1",
    classification_id: "c",
    supporting_evidence: "password: not a field",
    confidence_score: -0,
    user_reviewed: true,
  };
  const { document } = sanitized("incident_classifications", fields);
  expect(document).toEqual({ ...SYSTEM, ...fields });
});

test.each([
  "debug_logs",
  "export_runs",
  "export_denials",
  "sign_in_failures",
  "nope",
  "__proto__",
  "constructor",
  "",
])("the table %j is refused", (table) => {
  const error = errorOf(() => sanitized(table, { message: "secret" }));
  expect(error).toBeInstanceOf(ConvexError);
  expect((error as ConvexError<{ code: string }>).data.code).toBe("unknown_table");
});
