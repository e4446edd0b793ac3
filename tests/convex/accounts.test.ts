import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createToken, hashToken } from "~/auth/session-cookie.server";
import { checkPassword } from "~/auth/password.server";
import { Accounts } from "~/convex/accounts";
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { HOUR_MS, TestConvex } from "../support/convex";
import { makeDocument } from "../support/documents";

let convex: TestConvex;
let accounts: Accounts;

beforeAll(async () => {
  convex = await TestConvex.start({ empty: true });
  accounts = new Accounts(convex.client);
});

afterAll(() => convex.close());

describe("sessions", () => {
  test("resolve to their user as of now", async () => {
    const userId = await convex.createUser("team_lead", { name: "Zoë", email: "zoe@portal.test" });
    const hash = hashToken(createToken());
    const expires = Date.now() + HOUR_MS;
    await accounts.createSession(userId, hash, expires);
    expect(await accounts.resolveSession(hash)).toEqual({
      kind: "user",
      expires,
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

  test("of a user that is gone resolve to null", async () => {
    const hash = hashToken(createToken());
    const session = makeDocument("sessions", { sessionToken: hash, expires: 2e12 });
    await convex.insert("sessions", [session]);
    expect(await accounts.resolveSession(hash)).toBeNull();
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
