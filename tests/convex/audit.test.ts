import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createToken, hashToken } from "~/auth/session-cookie.server";
import { findRecent } from "~/convex/runs";
import { describeHistory } from "~/export/history";
import { internal } from "../../convex/_generated/api";
import type { UserId } from "~/convex/accounts";
import { COMMAND_LINE, HOUR_MS } from "../support/convex";
import { makeDocument } from "../support/documents";
import { AuditRows, COMPLETED, PROGRESS, startOf, type Deny, type Start } from "./audit-rows";
import { registeredFunctions } from "./registered-functions";

let rows: AuditRows;

beforeAll(async () => {
  rows = await AuditRows.open();
});

afterAll(() => rows.convex.close());

/** A session of a new user, with its token's hash. */
async function signIn(role: "system_admin" | "team_lead", expires = Date.now() + HOUR_MS) {
  const userId = await rows.convex.createUser(role);
  const tokenHash = hashToken(createToken());
  await rows.convex.client.mutation(internal.sessions.create, { userId, tokenHash, expires });
  return { userId, tokenHash };
}

const refusal = (tokenHash: string, changes: Partial<Deny> = {}): Deny => ({
  tokenHash,
  attempt: "download",
  reason: "role",
  ...changes,
});

const recentEntries = async (now?: number) =>
  (await findRecent(rows.convex.client, COMMAND_LINE, now)).entries;

const denialsOf = async (userId: UserId) =>
  (await rows.denials()).filter((row) => row.user_id === userId);

describe("a finished entry", () => {
  /** What each function that writes could do to it, given all that its caller may know. */
  const attempts: Record<string, (run: Start, tokenHash: string) => Promise<unknown>[]> = {
    "exportRuns:start": (run) => [
      rows.start(run),
      rows.start({ ...run, attemptKey: randomUUID(), reason: "another" }),
      rows.start({ aliveUntil: 1 }),
    ],
    "exportRuns:progress": ({ runKey }) => [rows.progress({ runKey, ...PROGRESS })],
    "exportRuns:finish": ({ runKey }) => [
      rows.finish({ runKey, ...COMPLETED, finishedAt: 9999 }),
      rows.finish({ runKey, outcome: "failed", errorCode: "busy", finishedAt: 9999 }),
      rows.finish({ runKey, outcome: "cancelled", finishedAt: 9999 }),
    ],
    "exportRuns:cancel": ({ runKey }) => [
      rows.convex.client.mutation(internal.exportRuns.cancel, { actor: COMMAND_LINE, runKey }),
    ],
    "exportRuns:deny": ({ requestId }, tokenHash) => [
      rows.deny(refusal(tokenHash, { requestId, reason: "other_site" })),
    ],
    "sessions:create": (_run, tokenHash) => [
      rows.convex.createUser("team_lead").then((userId) =>
        rows.convex.client.mutation(internal.sessions.create, {
          userId,
          tokenHash,
          expires: 2e12,
        }),
      ),
    ],
    "sessions:extend": (_run, tokenHash) => [
      rows.convex.client.mutation(internal.sessions.extend, { tokenHash, expires: 2e12 }),
    ],
    "sessions:removeAllOf": (_run, tokenHash) => [
      rows.convex.client.mutation(internal.sessions.removeAllOf, { tokenHash, cursor: null }),
    ],
    "sessions:remove": (_run, tokenHash) => [
      rows.convex.client.mutation(internal.sessions.remove, { tokenHash }),
    ],
    "signInThrottle:begin": ({ runKey }) => [
      rows.convex.client.mutation(internal.signInThrottle.begin, {
        limits: [{ key: runKey, maximum: 1 }],
        now: 1,
      }),
    ],
    "signInThrottle:takeBack": ({ runKey }) => [
      rows.convex.client.mutation(internal.signInThrottle.takeBack, { keys: [runKey], begunAt: 1 }),
    ],
    "seed:ensureDemoAccounts": () => [
      rows.convex.client.mutation(internal.seed.ensureDemoAccounts, {
        accounts: [{ name: "X", email: "x@portal.test", role: "team_lead", passwordHash: "x" }],
      }),
    ],
    "seed:insertDocuments": ({ runKey }) => [
      rows.convex.insert("export_runs", [
        {
          run_key: runKey,
          actor_kind: "command_line",
          actor_name: "another",
          export_type: "full",
          filters: {},
          format: "json",
          privacy: "redacted",
          outcome: "failed",
          started_at: 1000,
        },
      ]),
    ],
  };

  test("is tried with every function that writes", async () => {
    const writing = (await registeredFunctions()).filter(({ kind }) => kind !== "query");
    expect(Object.keys(attempts).toSorted()).toEqual(
      writing.map((registered) => registered.path).toSorted(),
    );
  });

  test.each(Object.keys(attempts))("stays as it is, whatever %s is told", async (name) => {
    const { userId, tokenHash } = await signIn("team_lead");
    const runs: Start[] = ["completed", "failed", "cancelled", "interrupted"].map(() =>
      startOf({ aliveUntil: 1, requestId: randomUUID(), reason: "the first" }),
    );
    for (const run of runs) await rows.start({ ...run, aliveUntil: Date.now() + HOUR_MS });
    const [completed, failed, cancelled, interrupted] = runs.map(({ runKey }) => runKey);
    await rows.finish({ runKey: completed ?? "", ...COMPLETED });
    await rows.finish({
      runKey: failed ?? "",
      outcome: "failed",
      errorCode: "incomplete",
      finishedAt: 2000,
    });
    await rows.finish({ runKey: cancelled ?? "", outcome: "cancelled", finishedAt: 2000 });
    await rows.progress({ runKey: interrupted ?? "", ...PROGRESS, aliveUntil: 1 });
    await rows.start(); // finds it silent
    await rows.deny(refusal(tokenHash, { requestId: runs[0]?.requestId ?? "" }));
    const read = async () => ({
      runs: (await rows.all()).filter(({ outcome }) => outcome !== "running"),
      denials: await denialsOf(userId),
    });
    const before = await read();
    expect(before.runs.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(["completed", "failed", "cancelled", "interrupted"]),
    );
    expect(before.denials).toHaveLength(1);

    for (const run of runs) {
      await Promise.allSettled(attempts[name]?.(run, tokenHash) ?? []);
    }
    const after = await read();
    const ids = new Set<string>([...before.runs, ...before.denials].map(({ _id }) => _id));
    expect(after.runs.filter(({ _id }) => ids.has(_id))).toEqual(before.runs);
    expect(after.denials.filter(({ _id }) => ids.has(_id))).toEqual(before.denials);
  });
});

describe("a refused attempt", () => {
  test("says who it was, in which role, why, when and from where", async () => {
    const { userId, tokenHash } = await signIn("team_lead");
    const before = Date.now();
    await rows.deny({
      tokenHash,
      attempt: "page",
      reason: "role",
      address: "192.0.2.7",
      userAgent: "test/1.0",
      requestId: "request-1",
    });
    const [row, ...others] = await denialsOf(userId);
    expect(others).toEqual([]);
    expect(row).toEqual({
      _id: expect.any(String) as string,
      _creationTime: expect.any(Number) as number,
      user_id: userId,
      user_name: "A team_lead",
      user_role: "team_lead",
      attempt: "page",
      reason: "role",
      denied_at: expect.any(Number) as number,
      address: "192.0.2.7",
      user_agent: "test/1.0",
      request_id: "request-1",
    });
    expect(row?.denied_at).toBeGreaterThanOrEqual(before);
    expect(row?.denied_at).toBeLessThanOrEqual(Date.now());
  });

  test("of an impersonation says who is behind it", async () => {
    const [admin, target] = [
      await rows.convex.createUser("system_admin", { name: "Behind" }),
      await rows.convex.createUser("company_admin"),
    ];
    const session_token = hashToken(createToken());
    await rows.convex.insert("impersonation_sessions", [
      makeDocument("impersonation_sessions", {
        admin_user_id: admin,
        target_user_id: target,
        session_token,
        is_active: true,
        expires: Date.now() + HOUR_MS,
      }),
    ]);
    await rows.deny(refusal(session_token, { reason: "impersonation" }));
    expect(await denialsOf(target)).toMatchObject([{ impersonated_by: admin }]);
    const [entry] = await recentEntries();
    expect(entry).toMatchObject({ kind: "denial", impersonatedBy: "Behind" });
  });

  test("is recorded twenty times for a user in 15 minutes, and then again", async () => {
    const { userId, tokenHash } = await signIn("team_lead");
    const other = await signIn("team_lead");
    await Promise.all(Array.from({ length: 30 }, () => rows.deny(refusal(tokenHash))));
    expect(await denialsOf(userId)).toHaveLength(20);
    await rows.deny(refusal(other.tokenHash));
    expect(await denialsOf(other.userId)).toHaveLength(1);

    const longAgo = await signIn("team_lead");
    const earlier = Array.from({ length: 20 }, () => ({
      user_id: longAgo.userId,
      user_name: "A",
      user_role: "team_lead",
      attempt: "page",
      reason: "role",
      denied_at: Date.now() - 15 * 60 * 1000 - 1,
    }));
    await rows.convex.insert("export_denials", earlier);
    await rows.deny(refusal(longAgo.tokenHash));
    expect(await denialsOf(longAgo.userId)).toHaveLength(21);
  });

  test("of nobody leaves no row", async () => {
    const before = await rows.denials();
    const ended = await signIn("team_lead", Date.now() - 1);
    for (const tokenHash of ["", hashToken(createToken()), ended.tokenHash]) {
      await rows.deny(refusal(tokenHash));
    }
    expect(await rows.denials()).toEqual(before);
  });
});

describe("the latest entries", () => {
  test("are five, the newest first, of both kinds", async () => {
    const { tokenHash } = await signIn("team_lead");
    const base = Date.now() + HOUR_MS;
    for (let index = 0; index < 12; index += 1) {
      await rows.start({
        runKey: randomUUID(),
        startedAt: base + index,
        reason: `number ${index}`,
      });
    }
    const runs = await recentEntries();
    expect(runs.map((entry) => entry.reason)).toEqual(
      Array.from({ length: 5 }, (_, index) => `number ${11 - index}`),
    );

    await rows.convex.insert("export_denials", [
      {
        user_id: await rows.convex.createUser("team_lead"),
        user_name: "Latest",
        user_role: "team_lead",
        attempt: "page",
        reason: "role",
        denied_at: base + 100,
      },
    ]);
    await rows.deny(refusal(tokenHash)); // an hour before those
    const mixed = await recentEntries();
    expect(mixed.map(({ kind }) => kind)).toEqual(["denial", ...Array<string>(4).fill("run")]);
    expect(mixed[0]).toMatchObject({ who: "Latest" });
  });

  test("tell neither address nor user agent nor anything of a session", async () => {
    const { tokenHash } = await signIn("team_lead");
    const startedAt = Date.now() + 3 * HOUR_MS;
    await rows.start({ startedAt, address: "192.0.2.99", userAgent: "secret-agent" });
    await rows.deny(refusal(tokenHash, { address: "192.0.2.99", userAgent: "secret-agent" }));
    const text = JSON.stringify(await recentEntries());
    for (const hidden of ["192.0.2.99", "secret-agent", tokenHash]) {
      expect(text).not.toContain(hidden);
    }
  });

  test("show a silent run as interrupted before that is written", async () => {
    const runKey = await rows.startRun({ startedAt: Date.now() + 4 * HOUR_MS, aliveUntil: 5000 });
    const [entry] = await recentEntries(5001);
    expect(entry).toMatchObject({ runKey, outcome: "interrupted", finishedAt: 5000 });
    const [alive] = await recentEntries(5000);
    expect(alive).toMatchObject({ runKey, outcome: "running" });
  });

  test("can be told in words, all of them", async () => {
    const entries = await recentEntries();
    expect(describeHistory(entries)).toHaveLength(entries.length);
  });
});
