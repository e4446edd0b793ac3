import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor, UserId } from "~/convex/accounts";
import { findHistory, findRecent, findRunDetails } from "~/convex/runs";
import type { HistoryQuery } from "~/export/history-query";
import { COMMAND_LINE } from "../support/convex";
import { AuditRows, COMPLETED, PROGRESS, startOf } from "./audit-rows";

const DAY = Date.parse("2026-01-31");
const PAGE_ENTRIES = 25;

let rows: AuditRows;
let ada: UserId;
let bo: UserId;

/** A run as it is stored; of the command line where no user is given. */
const runRow = (started_at: number, fields: Record<string, string | number | undefined> = {}) => ({
  run_key: randomUUID(),
  actor_kind: fields["user_id"] === undefined ? "command_line" : "session",
  actor_name: fields["user_id"] === undefined ? "backup" : "Ada",
  export_type: "full",
  filters: {},
  format: "json",
  privacy: "redacted",
  outcome: "completed",
  started_at,
  ...fields,
});

const denialRow = (user_id: UserId, denied_at: number) => ({
  user_id,
  user_name: "Bo",
  user_role: "team_lead",
  attempt: "page",
  reason: "role",
  denied_at,
});

beforeAll(async () => {
  rows = await AuditRows.open();
  ada = await rows.convex.createUser("system_admin", { name: "Ada" });
  bo = await rows.convex.createUser("team_lead", { name: "Bo" });
  // Sixty runs and thirty refused attempts, of which many began in the same millisecond.
  await rows.convex.insert(
    "export_runs",
    Array.from({ length: 60 }, (_, index) => ({
      ...runRow(DAY + Math.floor(index / 7) * 1000),
      ...(index % 2 === 0 ? {} : { user_id: ada, actor_kind: "session", actor_name: "Ada" }),
      ...(index % 3 === 0 ? { outcome: "failed", error_code: "busy" } : {}),
    })),
  );
  await rows.convex.insert(
    "export_denials",
    Array.from({ length: 30 }, (_, index) => denialRow(bo, DAY + Math.floor(index / 4) * 1000)),
  );
  await rows.convex.insert("export_runs", [
    runRow(DAY - 1),
    runRow(DAY + 24 * 3600_000 - 1, { outcome: "cancelled" }),
    runRow(DAY + 24 * 3600_000, { outcome: "interrupted" }),
  ]);
});

afterAll(() => rows.convex.close());

const page = (query: HistoryQuery = {}, now?: number) =>
  findHistory(rows.convex.client, COMMAND_LINE, query, now);

type Entry = Awaited<ReturnType<typeof page>>["entries"][number];

const keyOf = (entry: Entry) => (entry.kind === "run" ? entry.runKey : entry.id);
const atOf = (entry: Entry) => (entry.kind === "run" ? entry.startedAt : entry.deniedAt);

/** All entries that fit, page by page. */
async function all(query: HistoryQuery): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let before: HistoryQuery["before"] | null; before !== null;) {
    const { entries, next } = await page({ ...query, ...(before && { before }) });
    expect(entries.length).toBeLessThanOrEqual(PAGE_ENTRIES);
    if (next !== null) expect(entries).toHaveLength(PAGE_ENTRIES);
    found.push(...entries);
    before = next;
  }
  return found;
}

describe("the pages of the history", () => {
  test("hold every entry of both kinds once, newest first", async () => {
    const entries = await all({});
    const stored = [
      ...(await rows.all()).map((row) => row.run_key),
      ...(await rows.denials()).map(({ _id }) => _id),
    ];
    expect(entries.map(keyOf).toSorted()).toEqual(stored.toSorted());
    expect(entries).toHaveLength(93);
    const times = entries.map(atOf);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  test("are not disturbed by entries that are added meanwhile", async () => {
    const { entries: first, next } = await page();
    const [added] = await rows.convex.insert("export_runs", [runRow(Date.now())]);
    expect(added).toBeDefined();
    const { entries: second } = await page({ before: next ?? undefined });
    const [, ...others] = (await all({})).map(keyOf);
    expect([...first, ...second].map(keyOf)).toEqual(others.slice(0, 2 * PAGE_ENTRIES));
  });

  test("end after the last entry, also where it fills its page", async () => {
    const { entries, next } = await page({ outcome: "failed" });
    expect([entries.length, next]).toEqual([20, null]);
    const { next: none } = await page({ before: { at: 0, created: 0 } });
    expect(none).toBeNull();
  });
});

describe("the history is filtered by", () => {
  test.each(["completed", "failed", "cancelled", "interrupted", "running"] as const)(
    "the outcome %s",
    async (outcome) => {
      const entries = await all({ outcome });
      expect(new Set(entries.map((entry) => entry.kind === "run" && entry.outcome))).toEqual(
        new Set(outcome === "running" ? [] : [outcome]),
      );
      const expected = (await rows.all()).filter((row) => row.outcome === outcome);
      expect(entries).toHaveLength(expected.length);
    },
  );

  test("being refused", async () => {
    const entries = await all({ outcome: "denied" });
    expect(entries).toHaveLength(30);
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(["denial"]));
  });

  test("who it was: a person, or the command line", async () => {
    const whose = (entries: Entry[]) => new Set(entries.map(({ userId }) => userId));
    const ofAda = await all({ who: ada });
    expect([ofAda.length, whose(ofAda)]).toEqual([30, new Set([ada])]);
    const ofBo = await all({ who: bo });
    expect([ofBo.length, whose(ofBo)]).toEqual([30, new Set([bo])]);
    const ofTerminal = await all({ who: "command_line" });
    expect(whose(ofTerminal)).toEqual(new Set([undefined]));
    expect(await all({ who: "0".repeat(32) })).toEqual([]);
  });

  test("days, both of them included, in UTC", async () => {
    const ofDay = await all({ since: "2026-01-31", until: "2026-01-31" });
    expect(ofDay).toHaveLength(91);
    expect(Math.min(...ofDay.map(atOf))).toBe(DAY);
    expect(Math.max(...ofDay.map(atOf))).toBe(DAY + 24 * 3600_000 - 1);
    expect(await all({ until: "2026-01-30" })).toHaveLength(1);
    expect((await all({ since: "2026-02-01", until: "2026-02-01" })).map(atOf)).toEqual([
      DAY + 24 * 3600_000,
    ]);
  });

  test("all of them together", async () => {
    const query = { who: ada, outcome: "failed", since: "2026-01-31" } as const;
    const expected = (await rows.all()).filter(
      (row) => row.user_id === ada && row.outcome === "failed" && row.started_at >= DAY,
    );
    expect((await all(query)).map(keyOf).toSorted()).toEqual(
      expected.map((row) => row.run_key).toSorted(),
    );
  });
});

test("the people of the history are named once, by their latest entry", async () => {
  const renamed = await rows.convex.createUser("system_admin");
  await rows.convex.insert("export_runs", [
    runRow(DAY - 3000, { user_id: renamed, actor_kind: "session", actor_name: "Before" }),
    runRow(DAY - 2000, { user_id: renamed, actor_kind: "session", actor_name: "After" }),
  ]);
  const { people } = await page();
  expect(people.filter(({ userId }) => userId === renamed)).toEqual([
    { userId: renamed, name: "After" },
  ]);
  expect(people.map(({ name }) => name)).toEqual(["Ada", "After", "Bo"]);
});

test("a silent run is shown as interrupted, by the clock of whoever asks", async () => {
  const runKey = await rows.startRun({ aliveUntil: 5000, startedAt: Date.now() });
  const found = async (now: number) =>
    (await page({ outcome: "running" }, now)).entries.find((entry) => keyOf(entry) === runKey);
  expect(await found(5000)).toMatchObject({ outcome: "running" });
  expect(await found(5001)).toMatchObject({ outcome: "interrupted", finishedAt: 5000 });
});

describe("the details of a run", () => {
  test("are all that is on record of it, but the key of its start", async () => {
    const userId = await rows.convex.createUser("system_admin", { name: "Cy" });
    const actor: Actor = await rows.convex.createSession(userId);
    const start = startOf({
      actor,
      requestId: "request-1",
      address: "192.0.2.7",
      userAgent: "test/1.0",
      filters: { tables: ["users"] },
      reason: "Audit",
    });
    const { runKey } = start;
    await rows.start(start);
    await rows.progress({ runKey, ...PROGRESS });
    await rows.finish({ runKey, ...COMPLETED });
    const details = await findRunDetails(rows.convex.client, COMMAND_LINE, runKey);
    expect(details).toMatchObject({
      who: "Cy",
      userId,
      role: "system_admin",
      address: "192.0.2.7",
      userAgent: "test/1.0",
      requestId: "request-1",
      filters: { tables: ["users"] },
      reason: "Audit",
      snapshotAt: 1500,
      recordCounts: { users: 2, sites: 0 },
      digest: "ab".repeat(32),
      progress: { capturedBytes: 2000 },
    });
    const text = JSON.stringify(details);
    expect(text).not.toContain(start.attemptKey);
    if (actor.kind === "session") expect(text).not.toContain(actor.tokenHash);
  });

  test("are none where there is no such run", async () => {
    expect(await findRunDetails(rows.convex.client, COMMAND_LINE, randomUUID())).toBeNull();
  });
});

describe("the runs that go on", () => {
  test("are those of whoever asks that are alive, the latest first, three at most", async () => {
    const actor = await rows.convex.signIn("system_admin");
    const other = await rows.convex.signIn("system_admin");
    const running = async (now?: number) =>
      (await findRecent(rows.convex.client, actor, now)).running.map(({ runKey }) => runKey);
    expect(await running()).toEqual([]);
    const keys: string[] = [];
    for (const startedAt of [4000, 3000, 2000, 1000]) {
      keys.push(await rows.startRun({ actor, startedAt }));
    }
    await rows.startRun({ actor: other, startedAt: 9000 });
    expect(await running()).toEqual(keys.slice(0, 3));
    await rows.finish({ runKey: keys[0] ?? "", ...COMPLETED });
    await rows.progress({ runKey: keys[1] ?? "", ...PROGRESS, aliveUntil: 5000 });
    expect(await running()).toEqual(keys.slice(2));
  });

  test("tell how far they are, per table", async () => {
    const actor = await rows.convex.signIn("system_admin");
    const runKey = await rows.startRun({ actor });
    const tableRecords = { users: 4, sites: 6 };
    await rows.progress({ runKey, ...PROGRESS, tableRecords });
    const { running } = await findRecent(rows.convex.client, actor);
    expect(running).toMatchObject([{ runKey, progress: { tableRecords, totalRecords: 10 } }]);
  });
});

describe("whatever the number of rows", () => {
  beforeAll(async () => {
    const open = { user_id: ada, actor_kind: "session", outcome: "running" };
    await rows.convex.insert(
      "export_runs",
      Array.from({ length: 500 }, (_, index) =>
        runRow(DAY + index, index % 2 === 0 ? open : { outcome: "failed" }),
      ),
    );
    await rows.convex.insert(
      "export_denials",
      Array.from({ length: 500 }, (_, index) => denialRow(bo, DAY + index)),
    );
  });

  test("the export page reads thirteen of them at most", async () => {
    expect(await rows.costOfRecent(ada)).toBe(13);
  });

  test.each<[string, Parameters<AuditRows["costOfHistory"]>[0]]>([
    ["without a filter", {}],
    ["in the middle", { before: { at: DAY + 100, created: 0 } }],
    ["of an outcome", { outcome: "failed" }],
    ["of refused attempts", { outcome: "denied" }],
    ["of the command line", { user: null }],
    ["of days that have none", { from: 1, to: 2 }],
  ])(
    "a page of the history %s reads as many as it may show, and one for each person",
    async (_what, filter) => {
      const people = (await page()).people.length;
      // Of each kind one more than is shown, and of runs and refused attempts a row for each person.
      const most = 2 * (PAGE_ENTRIES + 1) + 2 * (people + 1);
      expect(await rows.costOfHistory(filter)).toBeLessThanOrEqual(most);
    },
  );
});
