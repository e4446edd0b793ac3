import { describe, expect, test } from "vitest";
import { describeHistory, type AuditEntry, type HistoryEntry } from "~/export/history";

const RUN: AuditEntry & { kind: "run" } = {
  kind: "run",
  runKey: "run-1",
  who: "Ada",
  role: "system_admin",
  startedAt: 1000,
  finishedAt: 3500,
  privacy: "redacted",
  consistency: "snapshot",
  filters: {},
  outcome: "completed",
  totalRecords: 12,
  bytes: 3456,
};

const DENIAL: AuditEntry & { kind: "denial" } = {
  kind: "denial",
  id: "denial-1",
  who: "Bo",
  userId: "user-2",
  role: "team_lead",
  deniedAt: 2000,
  attempt: "download",
  reason: "role",
};

function describeOne(entry: AuditEntry): HistoryEntry {
  const [described, ...others] = describeHistory([entry]);
  if (described === undefined || others.length > 0) throw new Error("expected one entry");
  return described;
}

test("an export says who, when, what, how much, how long and how it ended", () => {
  expect(describeOne({ ...RUN, reason: "Audit" })).toEqual({
    key: "run-1",
    runKey: "run-1",
    who: "Ada",
    role: "system_admin",
    at: 1000,
    what: ["All tables", "people by name"],
    reason: "Audit",
    records: 12,
    bytes: 3456,
    durationMs: 2500,
    outcome: "completed",
    meaning: undefined,
  });
});

test("what was asked for is named in full", () => {
  const filters = { tables: ["users", "sites"], company: ["c1"] };
  const entry = { ...RUN, privacy: "pseudonymised", consistency: "rolling", filters };
  expect(describeOne(entry).what).toEqual([
    "Only users, sites",
    "company: c1",
    "people under pseudonyms",
    "rolling",
  ]);
});

describe("an outcome whose name does not say enough has its meaning beside it", () => {
  test.each<[Partial<AuditEntry & { kind: "run" }>, RegExp | undefined]>([
    [{ outcome: "running" }, undefined],
    [{ outcome: "completed" }, undefined],
    [{ outcome: "cancelled" }, /client went away/],
    [{ outcome: "cancelled", cancelAskedBy: "Ada" }, /^Cancelled by Ada\.$/],
    [{ outcome: "interrupted" }, /portal stopped/],
    [{ outcome: "failed", errorCode: "convex_overloaded" }, /^The database is busy/],
    [{ outcome: "failed", errorCode: "of a later version" }, /^Something went wrong/],
    [{ outcome: "failed" }, /^Something went wrong/],
  ])("%j", (changes, meaning) => {
    const described = describeOne({ ...RUN, ...changes });
    if (meaning === undefined) expect(described.meaning).toBeUndefined();
    else expect(described.meaning).toMatch(meaning);
  });
});

test("a failure names the request that finds it in the log, and nothing else does", () => {
  const requestId = "request-1";
  expect(describeOne({ ...RUN, outcome: "failed", requestId }).requestId).toBe(requestId);
  expect(describeOne({ ...RUN, outcome: "completed", requestId }).requestId).toBeUndefined();
});

test("an export that runs has no duration, and no clock makes one negative", () => {
  const { finishedAt: _, ...running } = RUN;
  expect(describeOne({ ...running, outcome: "running" }).durationMs).toBeUndefined();
  expect(describeOne({ ...RUN, finishedAt: 900 }).durationMs).toBe(0);
});

test("a refused attempt says who, when, at what and why, and is no failure", () => {
  expect(describeOne(DENIAL)).toEqual({
    key: "denial-1",
    userId: "user-2",
    who: "Bo",
    role: "team_lead",
    at: 2000,
    what: ["Download"],
    outcome: "denied",
    meaning: "Not a system administrator.",
  });
  expect(describeOne({ ...DENIAL, attempt: "page" } as const).what).toEqual(["Export page"]);
  const behind = describeOne({ ...DENIAL, impersonatedBy: "Ada", reason: "impersonation" });
  expect(behind.who).toBe("Bo, impersonated by Ada");
  expect(behind.meaning).toBe("An impersonation session.");
  expect(describeOne({ ...DENIAL, reason: "other_site" }).meaning).toMatch(/another site/);
});
