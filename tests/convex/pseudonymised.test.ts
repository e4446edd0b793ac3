import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "~/convex/accounts";
import { createSampleData } from "~/embedded/sample-data";
import { exportFileSchema, type ExportFileContent } from "~/export/file-schema";
import type { SegmentFilter } from "~/export/segment-filter";
import { internal } from "../../convex/_generated/api";
import { exportPolicy } from "../../convex/exportPolicy";
import { PERSONAL_FIELDS, RELATIONS } from "../../convex/model/exportTables";
import { TestConvex } from "../support/convex";
import { readBytes, readContent } from "../support/export-runs";
import { FULL, NOW } from "../support/jobs";
import { findPeople, foundIn, textsOf } from "../support/people";

const PSEUDONYMISED = { ...FULL, privacy: "pseudonymised" } as const;

const PSEUDONYM =
  /\b(?:Participant|User|Person) [0-9A-HJKMNP-TV-Z]{8}\b|\b(?:user|phone|ndis|account|address|image|page)-[0-9a-hjkmnp-tv-z]{8}\b/g;

let convex: TestConvex;
let admin: Actor;
let redacted: ExportFileContent;
let content: ExportFileContent;

beforeAll(async () => {
  convex = await TestConvex.start();
  admin = await convex.signIn("system_admin");
  redacted = await readContent((await convex.export(admin)).file);
  content = await pseudonymised();
});

afterAll(() => convex.close());

async function pseudonymised(
  changes: { fingerprintKey?: string } & SegmentFilter = {},
): Promise<ExportFileContent> {
  const { fingerprintKey, ...segment } = changes;
  const key = fingerprintKey === undefined ? {} : { fingerprintKey };
  const request = { ...PSEUDONYMISED, ...segment };
  const { file, settle } = await convex.export(admin, { request, ...key });
  const read = await readContent(file);
  await settle("completed");
  return read;
}

function rowsOf(file: ExportFileContent, table: string) {
  return file.data[table] ?? [];
}

function pseudonymsIn(file: ExportFileContent): Set<string> {
  return new Set(textsOf(file.data).flatMap((text) => text.match(PSEUDONYM) ?? []));
}

/** The documents of a table by id, in the file as it is and pseudonymised. */
function pairsOf(table: string) {
  const before = rowsOf(redacted, table);
  const after = rowsOf(content, table);
  return before.map((document, index) => ({ before: document, after: after[index] ?? document }));
}

describe("a pseudonymised export of the sample data", () => {
  test("names nobody of the database, in no text of the file", () => {
    const people = findPeople(createSampleData({ scale: 1 }));
    expect(people.words.size).toBeGreaterThan(70);
    expect(people.values.length).toBeGreaterThan(80);
    // The search is one that finds all of them where they are.
    const there = foundIn(textsOf(redacted.data), people);
    const known = [...people.words, ...people.values];
    const spelled = known.filter((what) => !/^0\d{9}$/.test(what)); // numbers are written with spaces
    expect(spelled.filter((what) => !there.has(what))).toEqual([]);
    expect([...foundIn(textsOf(content.data), people)]).toEqual([]);
  });

  test("says so, and how much was replaced", () => {
    const { sanitization } = content.metadata;
    expect(exportFileSchema.safeParse(content).error).toBeUndefined();
    expect(sanitization.profile).toBe("pseudonymised");
    expect(sanitization.policyVersion).toBe("1.2");
    for (const [table, fields] of PERSONAL_FIELDS) {
      for (const [field] of fields) {
        const values = rowsOf(redacted, table).filter((document) => document[field] !== undefined);
        expect([field, sanitization.pseudonymised?.[`${table}.${field}`]]).toEqual([
          field,
          values.length,
        ]);
      }
    }
    expect(sanitization.pseudonymised?.["incident_narratives.before_event"]).toBeGreaterThan(100);
    expect(redacted.metadata.sanitization).toMatchObject({ profile: "redacted" });
    expect(redacted.metadata.sanitization).not.toHaveProperty("pseudonymised");
  });

  test("has the same documents, and all that says nothing of a person as it was", () => {
    expect(content.metadata.recordCounts).toEqual(redacted.metadata.recordCounts);
    for (const [table, policy] of Object.entries(exportPolicy)) {
      if (!("fields" in policy)) continue;
      const kept = Object.entries(policy.fields).filter(
        ([, cls]) => cls === "public" || cls === "reference",
      );
      for (const { before, after } of pairsOf(table)) {
        for (const field of ["_id", "_creationTime", ...kept.map(([name]) => name)]) {
          expect(after[field], `${table}.${field}`).toEqual(before[field]);
        }
        expect(Object.keys(after)).toEqual(Object.keys(before));
      }
    }
  });

  test("keeps every reference", () => {
    const ids = new Set(Object.values(content.data).flatMap((rows) => rows.map(({ _id }) => _id)));
    let followed = 0;
    for (const source of Object.keys(RELATIONS)) {
      const [table = "", field = ""] = source.split(".");
      for (const { before, after } of pairsOf(table)) {
        if (before[field] === undefined) continue;
        expect(after[field]).toBe(before[field]);
        expect(ids).toContain(after[field]);
        followed += 1;
      }
    }
    expect(followed).toBeGreaterThan(3000);
  });

  test("has one pseudonym for one person, in all tables and in the texts", () => {
    const names = new Map<unknown, Set<string>>();
    const note = (name: unknown, pseudonym: unknown) => {
      names.set(name, (names.get(name) ?? new Set()).add(String(pseudonym)));
    };
    for (const { before, after } of pairsOf("users")) note(before["name"], after["name"]);
    for (const { before, after } of pairsOf("incidents")) {
      note(before["reporter_name"], after["reporter_name"]);
      note(before["participant_name"], after["participant_name"]);
    }
    for (const { before, after } of pairsOf("participants")) {
      const name = `${String(before["first_name"])} ${String(before["last_name"])}`;
      note(name, `${String(after["first_name"])} ${String(after["last_name"])}`);
    }
    for (const { before, after } of pairsOf("participants")) {
      const name = String(before["emergency_contact"]).split(" (")[0];
      note(name, String(after["emergency_contact"]).split(" (")[0]);
    }
    expect(names.size).toBeGreaterThan(50);
    expect([...names].filter(([, pseudonyms]) => pseudonyms.size !== 1)).toEqual([]);
    const all = new Set([...names.values()].flatMap((pseudonyms) => [...pseudonyms]));
    expect(all.size).toBe(names.size);
    for (const pseudonym of all) expect(pseudonym).toMatch(/^(Participant|User|Person) \w{8}$/);

    let inTexts = 0;
    const narratives = pairsOf("incident_narratives");
    for (const { before, after } of pairsOf("incidents")) {
      const told = narratives.find((pair) => pair.before["incident_id"] === before._id);
      const text = String(told?.before["before_event"]);
      if (!text.includes(String(before["participant_name"]))) continue;
      expect(told?.after["before_event"]).toContain(after["participant_name"]);
      inTexts += 1;
    }
    expect(inTexts).toBeGreaterThan(20);
  });

  test("has years for dates of birth, and other dates as they were", () => {
    for (const { before, after } of pairsOf("participants")) {
      expect(after["date_of_birth"]).toBe(String(before["date_of_birth"]).slice(0, 4));
    }
    for (const { before, after } of pairsOf("incidents")) {
      expect(after["event_date_time"]).toBe(before["event_date_time"]);
    }
  });

  test("still has fingerprints for credentials, and searches data of any shape for both", () => {
    const { redactions } = content.metadata.sanitization;
    expect(redactions).toEqual(redacted.metadata.sanitization.redactions);
    const logs = pairsOf("ai_request_logs").filter(({ before }) =>
      JSON.stringify(before).includes("participant_name"),
    );
    expect(logs.length).toBeGreaterThan(0);
    for (const { after } of logs) {
      expect(JSON.stringify(after)).toMatch(/"participant_name":"Participant \w{8}"/);
    }
    expect(JSON.stringify(rowsOf(content, "workflow_handoffs"))).toMatch(
      /"to":\["user-\w{8}@example\.invalid"\]/,
    );
  });
});

test("texts are searched for people who are not in the file", async () => {
  const person = content.data["participants"]?.[0]?._id;
  const file = await pseudonymised({ participant: [person ?? ""] });
  expect(file.data["participants"]).toHaveLength(1);
  expect(file.data["incident_narratives"]?.length).toBeGreaterThan(0);
  const people = findPeople(createSampleData({ scale: 1 }));
  expect([...foundIn(textsOf(file.data), people)]).toEqual([]);
});

test("two exports have no pseudonym in common", async () => {
  const others = pseudonymsIn(await pseudonymised());
  const own = pseudonymsIn(content);
  expect(own.size).toBeGreaterThan(150);
  expect(others.size).toBe(own.size);
  expect([...own].filter((pseudonym) => others.has(pseudonym))).toEqual([]);
});

test("two exports under one key have the same pseudonyms, and under another key others", async () => {
  const [first, second, other] = [
    await pseudonymised({ fingerprintKey: "kept on purpose" }),
    await pseudonymised({ fingerprintKey: "kept on purpose" }),
    await pseudonymised({ fingerprintKey: "another" }),
  ];
  expect(second.data).toEqual(first.data);
  const own = pseudonymsIn(first);
  expect([...pseudonymsIn(other)].filter((pseudonym) => own.has(pseudonym))).toEqual([]);
});

test("the size of the pages changes nothing in the file", async () => {
  const timestamp = await convex.source().pinTimestamp();
  const source = { ...convex.source(admin), pinTimestamp: () => Promise.resolve(timestamp) };
  const [whole, paged] = await Promise.all(
    [8 * 1024 * 1024, 40_000].map(async (maximumBytes) => {
      const page = { maximumBytes, maximumDocuments: 500 };
      const job = { source, page, request: PSEUDONYMISED, fingerprintKey: "key", now: () => NOW };
      return await readBytes((await convex.export(admin, job)).file);
    }),
  );
  expect(paged?.equals(whole ?? Buffer.alloc(0))).toBe(true);
});

describe("a page", () => {
  const page = { cursor: null, maximumBytes: 1_000_000, maximumDocuments: 100 };
  const nobody = {
    participants: "",
    users: "",
    people: "",
    phones: "",
    ndisNumbers: "",
    imageUrls: "",
  };

  function read(privacy: object) {
    const args = { actor: admin, tables: ["users"], fingerprintKey: "k", page, ...privacy };
    return convex.client.query(internal.exports.readLines, args);
  }

  test.each([
    ["of the profile pseudonymised without identities", { privacy: "pseudonymised" }],
    ["of the profile redacted with identities", { privacy: "redacted", identities: nobody }],
    ["of no profile with identities", { identities: nobody }],
  ])("%s is refused", async (_name, privacy) => {
    await expect(read(privacy)).rejects.toMatchObject({
      detail: expect.stringContaining("bad_page") as unknown,
    });
  });

  test.each([
    ["names", { ...nobody, people: "x\n".repeat(50_000) }],
    ["characters", { ...nobody, people: "x".repeat(4 * 1024 * 1024 + 1) }],
  ])("with too many %s is refused with a code of its own", async (_name, identities) => {
    const privacy = { privacy: "pseudonymised", identities };
    await expect(read(privacy)).rejects.toMatchObject({ code: "too_many_identities" });
  });

  test("with as many names as may be is read", async () => {
    const people = Array.from({ length: 49_995 }, (_, index) => `name${index} surname${index}`);
    const identities = { ...nobody, people: people.join("\n") };
    const { tables } = await read({ privacy: "pseudonymised", identities });
    expect(tables[0]?.records).toBeGreaterThan(30);
  });
});
