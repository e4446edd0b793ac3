import type { Value } from "convex/values";
import { describe, expect, test } from "vitest";
import { createSampleData } from "~/embedded/sample-data";
import { exportPolicy } from "../../../convex/exportPolicy";
import {
  EXPORT_TABLES,
  IDENTITY_TABLES,
  NAMING_TABLES,
  PERSONAL_FIELDS,
} from "../../../convex/model/exportTables";
import type { PersonalKind } from "../../../convex/model/policyTypes";
import type { Identities } from "../../../convex/model/pseudonyms/identities";
import { createFingerprint, REDACTED } from "../../../convex/model/redaction";
import { Sanitizer } from "../../../convex/model/sanitize";
import { findPeople, foundIn, textsOf } from "../../support/people";
import { identitiesOf, people, pseudonymOf } from "../../support/pseudonyms";

const SYSTEM = { _id: "id", _creationTime: 1 };

const KNOWN = people({
  participants: [["Anna", "Nguyen"]],
  users: ["Jane Smith"],
  contacts: ["Maria Rossi (mother) 0491 570 156"],
});

function pseudonymised(table: string, fields: Record<string, Value>, known = KNOWN, key = "key") {
  const sanitizer = new Sanitizer(key, known);
  return { document: sanitizer.document(table, { ...SYSTEM, ...fields }), ...sanitizer.counts };
}

describe("personal fields", () => {
  const paths = [...PERSONAL_FIELDS].flatMap(([table, fields]) =>
    fields.map(([field, kind]): [string, string, PersonalKind] => [table, field, kind]),
  );

  test("say what they are, as their names do", () => {
    expect(paths.length).toBe(14);
    for (const [, field, kind] of paths) {
      if (field.includes("email")) expect(kind).toBe("email");
      if (field.includes("phone")) expect(kind).toBe("phone");
      if (field.includes("_name")) expect(kind).toMatch(/_name$/);
      expect(kind === "date_of_birth").toBe(field === "date_of_birth");
    }
  });

  test.each(paths)("%s.%s has a pseudonym, and is counted once", (table, field) => {
    const { document, pseudonymised: counts } = pseudonymised(table, {
      [field]: "Xaver Q 1985-01-02",
    });
    expect(document[field]).not.toMatch(/xaver|01-02/i);
    expect(document[field]).not.toBe("");
    expect(counts).toEqual({ [`${table}.${field}`]: 1 });
  });

  test.each(paths)("%s.%s stays empty or absent where it is", (table, field) => {
    expect(pseudonymised(table, { [field]: "" })).toMatchObject({
      document: { [field]: "" },
      pseudonymised: {},
    });
    expect(pseudonymised(table, {}).document).toEqual(SYSTEM);
  });

  test.each(paths)("%s.%s is as it was in the profile redacted", (table, field) => {
    const sanitizer = new Sanitizer("key");
    const document = sanitizer.document(table, { ...SYSTEM, [field]: "Jane Smith" });
    expect(document[field]).toBe("Jane Smith");
    expect(sanitizer.counts).toEqual({ redactions: {}, withheld: {} });
  });

  test("look like what they are", () => {
    const { document } = pseudonymised("participants", {
      first_name: "Anna",
      last_name: "Nguyen",
      date_of_birth: "1985-03-12",
      ndis_number: "430 123 456",
      contact_phone: "0491 570 156",
      emergency_contact: "Maria Rossi (mother) 0491 570 156",
    });
    const code = String(document["last_name"]);
    expect(code).toMatch(/^[0-9A-Z]{8}$/);
    expect(document).toMatchObject({
      first_name: "Participant",
      date_of_birth: "1985",
      ndis_number: expect.stringMatching(/^ndis-\w{8}$/) as string,
      contact_phone: expect.stringMatching(/^phone-\w{8}$/) as string,
    });
    expect(document["emergency_contact"]).toBe(
      `${pseudonymOf("Maria Rossi", KNOWN)} (mother) ${String(document["contact_phone"])}`,
    );
    expect(pseudonymOf("Anna Nguyen", KNOWN)).toBe(`Participant ${code}`);
    const user = pseudonymised("users", {
      email: "Jane@B.test",
      profile_image_url: "https://img.test/jane.png",
    }).document;
    expect(user["email"]).toMatch(/^user-\w{8}@example\.invalid$/);
    expect(user["profile_image_url"]).toMatch(/^https:\/\/example\.invalid\/image-\w{8}$/);
    const other = pseudonymised("user_invitations", { email: " jane@b.test" }).document;
    expect(other["email"]).toBe(user["email"]);
    const account = pseudonymised("accounts", { providerAccountId: "1234567" }).document;
    expect(account["providerAccountId"]).toMatch(/^account-\w{8}$/);
  });
});

test("a name is that of one person in every field and text, by the strongest label", () => {
  const known = people({ participants: [["Jane", "Smith"]], users: ["Jane Smith"] });
  const incident = pseudonymised(
    "incidents",
    {
      reporter_name: "SMITH, Jane",
      participant_name: "Dr Jane Smith",
      location: "Jane’s room",
      content_preview: "jane smith fell",
    },
    known,
  ).document;
  const name = pseudonymOf("Jane Smith", known);
  expect(name).toMatch(/^Participant /);
  expect(incident).toMatchObject({
    reporter_name: name,
    participant_name: name,
    location: `${name}’s room`,
    content_preview: `${name} fell`,
  });
});

test("a first name that several have is whom the document names, wherever it does", () => {
  const known = people({ participants: [["Anna", "Nguyen"]], users: ["Anna Chen"] });
  const preview = { content_preview: "Anna fell." };
  for (const name of ["Anna Nguyen", "Anna Chen"]) {
    const { document } = pseudonymised("incidents", { ...preview, participant_name: name }, known);
    expect(document["content_preview"]).toBe(`${pseudonymOf(name, known)} fell.`);
  }
  const sanitizer = new Sanitizer("key", known);
  const contents = [{ participant_name: "Anna Chen" }, {}].map((fields) => {
    const document = { ...SYSTEM, ...preview, ...fields };
    return sanitizer.document("incidents", document)["content_preview"];
  });
  // What one document names says nothing of the next.
  expect(contents[0]).toBe(`${pseudonymOf("Anna Chen", known)} fell.`);
  expect(contents[1]).toMatch(/^Person \w{8} fell\.$/);
});

describe("data of any shape", () => {
  const name = pseudonymOf("Jane Smith", KNOWN);

  test("is searched for people and credentials, in texts and keys at every depth", () => {
    const { document, ...counts } = pseudonymised("workflow_handoffs", {
      handoff_data: {
        "Jane Smith": [{ note: "Jane said so" }, { token: "x" }],
        raw: '{"by":"Jane Smith","apiKey":"x"}',
        count: 3n,
        list: ["a@b.test", ["Cookie", "Jane Smith"]],
      },
    });
    expect(document["handoff_data"]).toEqual({
      [name]: [{ note: `${name} said so` }, { token: REDACTED }],
      raw: `{"by":"${name}","apiKey":"${REDACTED}"}`,
      count: 3n,
      list: [expect.stringMatching(/^user-/), ["Cookie", REDACTED]],
    });
    expect(counts).toEqual({
      redactions: { "workflow_handoffs.handoff_data": 3 },
      withheld: {},
      pseudonymised: { "workflow_handoffs.handoff_data": 4 },
    });
  });

  test("keeps both of two keys that have become one", () => {
    const { document } = pseudonymised("workflow_handoffs", {
      handoff_data: { "Jane Smith": 1, "jane smith": 2, other: 3 },
    });
    expect(document["handoff_data"]).toEqual({ [name]: 1, [`${name} 2`]: 2, other: 3 });
  });

  test("has a pseudonym for whatever is under a personal field's name", () => {
    const { document } = pseudonymised("ai_request_logs", {
      input_data: {
        participantName: "Unheard Of",
        "reporter-name": "Jane Smith",
        first_name: "Unheard",
        last_name: "Smith",
        dob: "1985-03-12",
        date_of_birth: "12 March 1985",
        email: "none given",
        phone: "at work",
        model: "gpt-4.1",
        name: "Test model",
      },
    });
    expect(document["input_data"]).toEqual({
      participantName: expect.stringMatching(/^Participant \w{8}$/) as string,
      "reporter-name": name,
      first_name: expect.stringMatching(/^Person \w{8}$/) as string,
      last_name: name,
      dob: "1985",
      date_of_birth: "1985",
      email: expect.stringMatching(/^user-\w{8}@example\.invalid$/) as string,
      phone: expect.stringMatching(/^phone-\w{8}$/) as string,
      model: "gpt-4.1",
      name: "Test model",
    });
  });
});

test("credentials have the fingerprints of the profile redacted", () => {
  const { document, redactions } = pseudonymised("sessions", { sessionToken: "t" });
  expect(document["sessionToken"]).toBe(createFingerprint("key")("t"));
  expect(redactions).toEqual({ "sessions.sessionToken": 1 });
});

test("what is public or a reference is not searched, and unknown fields are withheld", () => {
  const fields = { incident_id: "jane smith", phase: "Jane Smith", question_id: "Jane Smith" };
  const { document, withheld } = pseudonymised("clarification_questions", {
    ...fields,
    nickname: "Jane",
  });
  expect(document).toEqual({ ...SYSTEM, ...fields });
  expect(withheld).toEqual({ "clarification_questions.nickname": 1 });
});

test("what is inside of a field has the class of the field", () => {
  const name = pseudonymOf("Jane Smith", KNOWN);
  const inner = { by: "Jane Smith", more: [{ who: "Jane Smith" }] };
  const replaced = { by: name, more: [{ who: name }] };
  expect(pseudonymised("incidents", { location: inner }).document["location"]).toEqual(replaced);
  expect(pseudonymised("incidents", { reporter_name: inner }).document["reporter_name"]).toEqual(
    replaced,
  );
  const checklist = { metadata_complete: true, by: "Jane Smith" };
  expect(pseudonymised("incidents", { completion_checklist: checklist }).document).toEqual({
    ...SYSTEM,
    completion_checklist: checklist,
  });
});

describe("the tables that are read for identities", () => {
  test("are those with names, numbers and images in fields of their own", () => {
    expect(IDENTITY_TABLES).toEqual(["users", "participants", "incidents"]);
  });

  test("and those that name people are all whose fields are personal or searched", () => {
    const others = EXPORT_TABLES.filter((table) => !NAMING_TABLES.includes(table));
    expect(others).toEqual(["user_invitations", "sessions", "accounts", "password_reset_tokens"]);
    for (const table of others) {
      expect(Object.values(exportPolicy[table].fields)).not.toContain("sensitive");
    }
  });
});

describe("the sample data of many companies", () => {
  const tables = createSampleData({ scale: 4 });
  const known: Identities = identitiesOf(
    Object.fromEntries(IDENTITY_TABLES.map((table) => [table, tables[table]])),
  );

  function sanitized(key: string) {
    const sanitizer = new Sanitizer(key, known);
    const data = EXPORT_TABLES.map((table) =>
      tables[table].map((document) => sanitizer.document(table, document)),
    );
    return { data, counts: sanitizer.counts };
  }

  test("names nobody any more, but for ordinary words in small letters", () => {
    const found = foundIn(textsOf(sanitized("key").data), findPeople(tables));
    const words = [...found.keys()];
    const text = textsOf(sanitized("key").data).join("\n");
    for (const word of words) {
      const capital = word.charAt(0).toUpperCase() + word.slice(1);
      expect([word, text.includes(`${capital} `)]).toEqual([word, false]);
    }
    expect(words.length).toBeLessThan(10);
  });

  test("has the same counts whenever it is searched, and the same pseudonyms under one key", () => {
    const [first, second, other] = [sanitized("key"), sanitized("key"), sanitized("other")];
    expect(second).toEqual(first);
    expect(other.counts).toEqual(first.counts);
    expect(other.data).not.toEqual(first.data);
  });
});
