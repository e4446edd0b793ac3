import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createToken, hashToken, IDLE_MS, SESSION_MS } from "~/auth/session-cookie.server";
import { checkPassword } from "~/auth/password.server";
import { Accounts, type UserId } from "~/convex/accounts";
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { internal } from "../../convex/_generated/api";
import { HOUR_MS, TestConvex } from "../support/convex";
import { makeDocument } from "../support/documents";

let convex: TestConvex;
let accounts: Accounts;

beforeAll(async () => {
  convex = await TestConvex.start({ empty: true });
  accounts = new Accounts(convex.client);
});

afterAll(() => convex.close());

/** Starts a session that lasts so long, and returns the hash of its token. */
async function startSession(lastsMs: number, user?: UserId): Promise<string> {
  const hash = hashToken(createToken());
  const userId = user ?? (await convex.createUser("system_admin"));
  await accounts.createSession(userId, hash, Date.now() + lastsMs);
  return hash;
}

describe("sessions", () => {
  test("resolve to their user as of now", async () => {
    const userId = await convex.createUser("team_lead", { name: "Zoë", email: "zoe@portal.test" });
    const hash = hashToken(createToken());
    const expires = Date.now() + HOUR_MS;
    await accounts.createSession(userId, hash, expires);
    expect(await accounts.resolveSession(hash)).toEqual({
      kind: "user",
      expires,
      createdAt: expect.closeTo(Date.now(), -5) as number,
      userId,
      name: "Zoë",
      email: "zoe@portal.test",
      role: "team_lead",
    });
  });

  test("resolve also when they have expired, for the caller to compare", async () => {
    const userId = await convex.createUser("system_admin");
    const hash = hashToken(createToken());
    await accounts.createSession(userId, hash, 1);
    expect(await accounts.resolveSession(hash)).toMatchObject({ expires: 1, userId });
  });

  test("that are created twice, as after an answer that got lost, are one", async () => {
    const userId = await convex.createUser("system_admin");
    const hash = await startSession(HOUR_MS, userId);
    await accounts.createSession(userId, hash, Date.now() + 2 * HOUR_MS);
    const { sessions = [] } = await convex.readAll("k".repeat(43));
    expect(sessions.filter((session) => session["userId"] === userId)).toHaveLength(1);
  });

  test("that do not exist resolve to null", async () => {
    expect(await accounts.resolveSession(hashToken(createToken()))).toBeNull();
    expect(await accounts.resolveSession("")).toBeNull();
  });

  test("are found by the hash of a token, not by the token", async () => {
    const token = createToken();
    await accounts.createSession(await convex.createUser("system_admin"), hashToken(token), 2e12);
    expect(await accounts.resolveSession(token)).toBeNull();
  });

  test("end when they are removed, which may happen twice, and leave others alone", async () => {
    const userId = await convex.createUser("system_admin");
    const [first, second] = [hashToken(createToken()), hashToken(createToken())];
    await accounts.createSession(userId, first, 2e12);
    await accounts.createSession(userId, second, 2e12);
    await accounts.removeSession(first);
    await accounts.removeSession(first);
    expect(await accounts.resolveSession(first)).toBeNull();
    expect(await accounts.resolveSession(second)).not.toBeNull();
  });

  test("last longer when they are extended, and never become shorter", async () => {
    const hash = await startSession(60_000);
    const later = Date.now() + IDLE_MS;
    await accounts.extendSession(hash, later);
    expect(await accounts.resolveSession(hash)).toMatchObject({ expires: later });
    await accounts.extendSession(hash, later - 1);
    expect(await accounts.resolveSession(hash)).toMatchObject({ expires: later });
  });

  test("end after 12 hours, whatever their row or an extension says", async () => {
    const hash = await startSession(10 * SESSION_MS);
    const session = await accounts.resolveSession(hash);
    const end = (session?.createdAt ?? 0) + SESSION_MS;
    expect(session?.expires).toBe(end);
    await accounts.extendSession(hash, end + 1);
    expect(await accounts.resolveSession(hash)).toMatchObject({ expires: end });
  });

  test("that have ended cannot be extended, nor can those that never were", async () => {
    const hash = await startSession(-1);
    const before = await accounts.resolveSession(hash);
    await accounts.extendSession(hash, Date.now() + IDLE_MS);
    expect(await accounts.resolveSession(hash)).toEqual(before);
    const none = hashToken(createToken());
    await accounts.extendSession(none, Date.now() + IDLE_MS);
    expect(await accounts.resolveSession(none)).toBeNull();
  });

  test("of a user that is gone resolve to null", async () => {
    const hash = hashToken(createToken());
    const session = makeDocument("sessions", { sessionToken: hash, expires: 2e12 });
    await convex.insert("sessions", [session]);
    expect(await accounts.resolveSession(hash)).toBeNull();
  });
});

describe("all sessions of a user", () => {
  test("end together: the portal's, with the one that asks, and nobody else's", async () => {
    const userId = await convex.createUser("team_lead");
    const hashes = await Promise.all([1, 2, 3].map(() => startSession(60_000, userId)));
    const [other, unused] = [await startSession(60_000), `app-${randomUUID()}`];
    // SupportSignal's own session of the same user, which holds its token as it is.
    await convex.insert("sessions", [
      makeDocument("sessions", { userId, sessionToken: unused, expires: Date.now() + 60_000 }),
    ]);
    await accounts.removeAllSessions(hashes[0] ?? "");
    for (const hash of hashes) expect(await accounts.resolveSession(hash)).toBeNull();
    expect(await accounts.resolveSession(other)).not.toBeNull();
    expect(await accounts.resolveSession(unused)).not.toBeNull();
  });

  test("end also where they are more than one call removes", async () => {
    const userId = await convex.createUser("system_admin");
    const hashes = Array.from({ length: 1200 }, () => hashToken(createToken()));
    const expires = Date.now() + 60_000;
    await convex.insert(
      "sessions",
      hashes.map((sessionToken) => makeDocument("sessions", { userId, sessionToken, expires })),
    );
    await accounts.removeAllSessions(hashes[700] ?? "");
    for (const index of [0, 499, 500, 700, 999, 1000, 1199]) {
      expect(await accounts.resolveSession(hashes[index] ?? ""), `${index}`).toBeNull();
    }
  });

  test("end with the one that asks as the last, so that what failed can be repeated", async () => {
    const userId = await convex.createUser("system_admin");
    const [asking, other] = [
      await startSession(60_000, userId),
      await startSession(60_000, userId),
    ];
    const batch = await convex.client.mutation(internal.sessions.removeAllOf, {
      tokenHash: asking,
      cursor: null,
    });
    expect(batch).toBeNull();
    expect(await accounts.resolveSession(other)).toBeNull();
    expect(await accounts.resolveSession(asking)).not.toBeNull();
  });

  test("are left alone by a session that has ended, and by one that never was", async () => {
    const userId = await convex.createUser("system_admin");
    const [ended, other] = [await startSession(-1, userId), await startSession(60_000, userId)];
    await accounts.removeAllSessions(ended);
    await accounts.removeAllSessions(hashToken(createToken()));
    expect(await accounts.resolveSession(other)).not.toBeNull();
  });
});

describe("impersonation sessions", () => {
  async function impersonate(fields: { is_active: boolean; expires: number }) {
    const admin = await convex.createUser("system_admin");
    const target = await convex.createUser("company_admin", { name: "Target" });
    const session_token = hashToken(createToken());
    const row = makeDocument("impersonation_sessions", {
      admin_user_id: admin,
      target_user_id: target,
      session_token,
      ...fields,
    });
    await convex.insert("impersonation_sessions", [row]);
    return { hash: session_token, target };
  }

  test("say what they are, and resolve to the user that is impersonated", async () => {
    const { hash, target } = await impersonate({ is_active: true, expires: 2e12 });
    expect(await accounts.resolveSession(hash)).toMatchObject({
      kind: "impersonation",
      userId: target,
      role: "company_admin",
      expires: 2e12,
    });
  });

  test("end no session of the user that is impersonated", async () => {
    const { hash, target } = await impersonate({ is_active: true, expires: 2e12 });
    const own = await startSession(60_000, target);
    await accounts.removeAllSessions(hash);
    expect(await accounts.resolveSession(own)).not.toBeNull();
    expect(await accounts.resolveSession(hash)).toMatchObject({ kind: "impersonation" });
  });

  test("are not extended", async () => {
    const expires = Date.now() + 60_000;
    const { hash } = await impersonate({ is_active: true, expires });
    await accounts.extendSession(hash, expires + 60_000);
    expect(await accounts.resolveSession(hash)).toMatchObject({ expires });
  });

  test("that were ended resolve to null", async () => {
    const { hash } = await impersonate({ is_active: false, expires: 2e12 });
    expect(await accounts.resolveSession(hash)).toBeNull();
  });

  test("win over an ordinary session with the same token", async () => {
    const { hash } = await impersonate({ is_active: true, expires: 2e12 });
    await accounts.createSession(await convex.createUser("system_admin"), hash, 2e12);
    expect(await accounts.resolveSession(hash)).toMatchObject({ kind: "impersonation" });
  });
});

describe("users", () => {
  test("are found by their email, with the hash of their password", async () => {
    const userId = await convex.createUser("system_admin", {
      email: "found@portal.test",
      password: "$2b$12$hash",
    });
    expect(await accounts.findForSignIn("found@portal.test")).toEqual({
      userId,
      passwordHash: "$2b$12$hash",
    });
  });

  test("are found by their email in other capitals, where it is stored in small letters", async () => {
    const userId = await convex.createUser("team_lead", { email: "small@portal.test" });
    expect(await accounts.findForSignIn("Small@Portal.test")).toMatchObject({ userId });
  });

  test("are found by their email as it is stored, also with capitals", async () => {
    const userId = await convex.createUser("team_lead", { email: "Zoe@Portal.test" });
    expect(await accounts.findForSignIn("Zoe@Portal.test")).toMatchObject({ userId });
  });

  test.each(["unknown@portal.test", "", "found@portal.tes", " found@portal.test"])(
    "are not found by %j",
    async (email) => {
      expect(await accounts.findForSignIn(email)).toBeNull();
    },
  );

  test("that share an email are not found: which of them is meant cannot be told", async () => {
    const email = `${randomUUID()}@portal.test`;
    await convex.createUser("frontline_worker", { email });
    expect(await accounts.findForSignIn(email)).not.toBeNull();
    await convex.createUser("system_admin", { email });
    expect(await accounts.findForSignIn(email)).toBeNull();
  });

  test("of the demo are there, one for each role, and have the demo password", async () => {
    for (const { email, role } of DEMO_ACCOUNTS) {
      const user = await accounts.findForSignIn(email);
      expect(user, email).not.toBeNull();
      if (user === null) continue;
      const hash = hashToken(createToken());
      await accounts.createSession(user.userId, hash, 2e12);
      expect(await accounts.resolveSession(hash)).toMatchObject({ email, role });
    }
    const admin = await accounts.findForSignIn("system_admin@supportsignal.test");
    expect(await checkPassword(DEMO_PASSWORD, admin?.passwordHash)).toBe(true);
  });
});
