import { compareSync, getRounds } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { createSampleData } from "~/embedded/sample-data";
import { SAMPLE_TABLES, type TableName, type Tables } from "~/embedded/sample-data/store";
import schema from "../../convex/schema";
import { asJson, problemsOf, textOf } from "./sample-data-checks";

const COUNTS: Record<TableName, number> = {
  companies: 35,
  users: 39,
  user_invitations: 5,
  sites: 36,
  sessions: 12,
  accounts: 2,
  password_reset_tokens: 3,
  impersonation_sessions: 4,
  debug_logs: 25,
  participants: 9,
  incidents: 80,
  incident_narratives: 80,
  clarification_questions: 1683,
  clarification_answers: 1183,
  incident_analysis: 40,
  incident_classifications: 55,
  ai_prompts: 12,
  ai_request_logs: 20,
  workflow_handoffs: 4,
};

const REFERENCE_TIME_MS = Date.UTC(2025, 9, 1);

const sample = createSampleData({ scale: 1 });
// The generators make documents of the schema; the walk below proves it.
const tables = sample as unknown as Tables;
const larger = createSampleData({ scale: 3 });

describe("the size of the sample", () => {
  it.each([
    { scale: 1, data: sample },
    { scale: 3, data: larger },
  ])("has exactly $scale times the reference counts at scale $scale", ({ scale, data }) => {
    const counts = Object.fromEntries(SAMPLE_TABLES.map((table) => [table, data[table].length]));
    const expected = SAMPLE_TABLES.map((table) => [table, COUNTS[table] * scale]);
    expect(counts).toEqual(Object.fromEntries(expected));
  });

  it("is between 2 and 2.7 MB as pretty-printed JSON at scale 1", () => {
    const bytes = Buffer.byteLength(JSON.stringify(asJson(sample), null, 2));
    expect(bytes).toBeGreaterThan(2_000_000);
    expect(bytes).toBeLessThan(2_700_000);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses the scale %s with an error that names it", (scale) => {
    expect(() => createSampleData({ scale })).toThrow(`not ${scale}`);
  });

  it("is the same every time", () => {
    expect(createSampleData({ scale: 1 })).toEqual(sample);
    expect(createSampleData({ scale: 3 })).toEqual(larger);
  });

  it("holds at least one of each kind of value that JSON lacks", () => {
    const text = JSON.stringify(asJson(sample));
    expect(text).toContain('{"$integer":"');
    expect(text).toContain('{"$bytes":"');
    expect(text.match(/\{"\$float":"/g)).toHaveLength(3);
  });
});

describe.each([
  { scale: 1, data: sample },
  { scale: 3, data: larger },
])("every document at scale $scale", ({ data }) => {
  const tableOfId = new Map(
    SAMPLE_TABLES.flatMap((table) => data[table].map(({ _id }) => [_id, table] as const)),
  );

  it("has the fields of the schema, and its references resolve", () => {
    const problems = SAMPLE_TABLES.flatMap((table) =>
      data[table].flatMap(({ _id, _creationTime, ...fields }) =>
        problemsOf(schema.tables[table].validator, fields, `${table}/${textOf(_id)}`, tableOfId),
      ),
    );
    expect(problems).toEqual([]);
  });

  it("has an id of its own that looks like Convex's and shares its table's prefix", () => {
    const documents = SAMPLE_TABLES.flatMap((table) => data[table]);
    expect(tableOfId.size).toBe(documents.length);
    const prefixes = SAMPLE_TABLES.map(
      (table) => new Set(data[table].map(({ _id }) => textOf(_id).slice(0, 2))),
    );
    expect(prefixes.every((prefix) => prefix.size === 1)).toBe(true);
    expect(new Set(prefixes.flatMap((prefix) => [...prefix])).size).toBe(SAMPLE_TABLES.length);
    const malformed = documents.filter(({ _id }) => !/^[0-9a-hjkmnp-tv-z]{32}$/.test(textOf(_id)));
    expect(malformed).toEqual([]);
  });

  it("comes in the order of creation, which is not the order of the ids", () => {
    for (const table of SAMPLE_TABLES) {
      const times = data[table].map(({ _creationTime }) => Number(_creationTime));
      expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(
        true,
      );
    }
    const ids = data.incidents.map(({ _id }) => textOf(_id));
    expect(ids).not.toEqual([...ids].sort());
  });

  it("was created at most a millisecond before its created_at, and never after the fixed now", () => {
    const documents = SAMPLE_TABLES.flatMap((table) => data[table]);
    const late = documents.filter(({ _creationTime, created_at }) => {
      const lag = typeof created_at === "number" ? created_at - Number(_creationTime) : 0;
      return lag < 0 || lag > 1 || Number(_creationTime) > REFERENCE_TIME_MS;
    });
    expect(late).toEqual([]);
    const backwards = documents.filter(
      ({ created_at, updated_at }) => Number(created_at) > Number(updated_at),
    );
    expect(backwards).toEqual([]);
  });

  it("names people of reserved domains only and says nothing in pretended Latin", () => {
    const text = JSON.stringify(asJson(data));
    const domains = [...text.matchAll(/[\w.+-]+@([\w-]+(?:\.[\w-]+)+)/g)].map(([, name]) => name);
    expect(domains.length).toBeGreaterThan(COUNTS.users);
    expect(domains.filter((name) => !/\.(example|test)$/.test(name ?? ""))).toEqual([]);
    expect(text).not.toMatch(/lorem|ipsum|dolor sit/i);
    expect(text).not.toMatch(/undefined|\[object/);
  });

  it("has a different address, company slug, NDIS number and person everywhere", () => {
    const { users, companies, participants } = data;
    for (const values of [
      users.map(({ email }) => email),
      users.map(({ name }) => name),
      companies.map(({ slug }) => slug),
      participants.map(({ ndis_number }) => ndis_number),
    ]) {
      expect(new Set(values).size).toBe(values.length);
    }
    const numbers = participants.map(({ ndis_number }) => textOf(ndis_number));
    expect(numbers.filter((number) => !/^43\d{7}$/.test(number))).toEqual([]);
  });
});

describe("demo accounts", () => {
  it("are five, one for each role, with the demo password at bcrypt cost 12", () => {
    expect(DEMO_ACCOUNTS).toHaveLength(5);
    expect(new Set(DEMO_ACCOUNTS.map(({ role }) => role)).size).toBe(5);
    for (const { passwordHash } of DEMO_ACCOUNTS) {
      expect(getRounds(passwordHash)).toBe(12);
    }
    expect(new Set(DEMO_ACCOUNTS.map(({ passwordHash }) => passwordHash)).size).toBe(1);
    expect(compareSync(DEMO_PASSWORD, DEMO_ACCOUNTS[0].passwordHash)).toBe(true);
  });

  it("are part of the sample once at any scale, and platform staff have no company", () => {
    for (const { email, name, role, passwordHash } of DEMO_ACCOUNTS) {
      const found = larger.users.filter((user) => user.email === email);
      expect(found).toMatchObject([{ name, role, password: passwordHash }]);
      const isPlatform = role === "system_admin" || role === "demo_admin";
      expect(found.map(({ company_id }) => company_id === undefined)).toEqual([isPlatform]);
    }
  });

  it("share a company, so that the demo shows one team", () => {
    const team = tables.users.filter(
      ({ email, company_id }) => email.endsWith("@supportsignal.test") && company_id !== undefined,
    );
    expect(team).toHaveLength(3);
    expect(new Set(team.map(({ company_id }) => company_id)).size).toBe(1);
  });
});
