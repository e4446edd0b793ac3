import { randomUUID } from "node:crypto";
import bcrypt from "bcryptjs";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { SignInError } from "~/auth/errors";
import { SignIns } from "~/auth/sign-in.server";
import { Accounts } from "~/convex/accounts";
import { DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { ConvexProxy } from "../e2e/support/convex-proxy";
import { HOUR_MS, TestConvex } from "../support/convex";

/** As the account and its address may have in 15 minutes. */
const FAILURES_PER_ACCOUNT = 5;

/** The lowest cost that bcrypt has, so that the tests are quick. */
const PASSWORD_HASH = bcrypt.hashSync(DEMO_PASSWORD, 4);

let convex: TestConvex;
let accounts: Accounts;
let signIns: SignIns;

beforeAll(async () => {
  convex = await TestConvex.start({ empty: true });
  accounts = new Accounts(convex.client);
  signIns = new SignIns(accounts);
});

afterAll(() => convex.close());
afterEach(() => vi.restoreAllMocks());

function post(fields: Record<string, string>, type: "form" | "multipart" = "form"): Request {
  const body = type === "form" ? new URLSearchParams(fields) : new FormData();
  if (body instanceof FormData) for (const pair of Object.entries(fields)) body.set(...pair);
  return new Request("http://portal.test/login", { method: "POST", body });
}

/** Signs in from an address of its own, and tells the user's id, or the status of the refusal. */
async function attempt(
  email: string,
  password = DEMO_PASSWORD,
  { address = randomUUID(), type }: { address?: string; type?: "form" | "multipart" } = {},
): Promise<string | number> {
  try {
    return await signIns.authenticate(post({ email, password }, type), address);
  } catch (error) {
    if (error instanceof SignInError) return error.status;
    throw error;
  }
}

async function addUser(): Promise<{ email: string; userId: string }> {
  const email = `${randomUUID()}@portal.test`;
  return {
    email,
    userId: await convex.createUser("system_admin", { email, password: PASSWORD_HASH }),
  };
}

function countBy<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

test("right credentials give the user, and leave no failure behind", async () => {
  const { email, userId } = await addUser();
  const address = randomUUID();
  for (let times = 0; times < FAILURES_PER_ACCOUNT + 2; times += 1) {
    expect(await attempt(email, DEMO_PASSWORD, { address })).toBe(userId);
  }
  expect(await attempt(email, "wrong", { address })).toBe(401);
  expect(await attempt(email, DEMO_PASSWORD, { address })).toBe(userId);
});

test("one comparison is made for a known, an unknown and a hash-less user", async () => {
  const { email } = await addUser();
  const hashless = `${randomUUID()}@portal.test`;
  await convex.createUser("system_admin", { email: hashless, password: "!no-password" });
  const compare = vi.spyOn(bcrypt, "compare");
  for (const who of [email, `x-${email}`, hashless]) {
    compare.mockClear();
    expect(await attempt(who, "wrong"), who).toBe(401);
    expect(compare, who).toHaveBeenCalledTimes(1);
  }
});

test("an incomplete form and one that is refused cost no comparison and no failure", async () => {
  const { email, userId } = await addUser();
  const compare = vi.spyOn(bcrypt, "compare");
  for (let times = 0; times < FAILURES_PER_ACCOUNT + 1; times += 1) {
    expect(await attempt(email, "")).toBe(400);
  }
  expect(compare).not.toHaveBeenCalled();
  expect(await attempt(email)).toBe(userId);
});

test("failures count in every form that the sign-in takes", async () => {
  const { email } = await addUser();
  for (let failure = 0; failure < FAILURES_PER_ACCOUNT; failure += 1) {
    const type = failure % 2 === 0 ? "form" : "multipart";
    expect(await attempt(email, "wrong", { type })).toBe(401);
  }
  const compare = vi.spyOn(bcrypt, "compare");
  expect(await attempt(email, DEMO_PASSWORD, { type: "form" })).toBe(429);
  expect(await attempt(email, DEMO_PASSWORD, { type: "multipart" })).toBe(429);
  expect(compare).not.toHaveBeenCalled();
});

test("a sign-in that breaks off because of Convex is no failure", async () => {
  const { email, userId } = await addUser();
  const address = randomUUID();
  const proxy = await ConvexProxy.start(convex.url);
  proxy.answerInstead(({ path }) => path === "users:findForSignIn", 200, { status: "error" });
  const broken = new SignIns(new Accounts(convex.at(proxy.url).client));
  for (let times = 0; times < FAILURES_PER_ACCOUNT + 1; times += 1) {
    const signIn = broken.authenticate(post({ email, password: DEMO_PASSWORD }), address);
    await expect(signIn).rejects.toMatchObject({ name: "ExportError" });
  }
  await proxy.stop();
  expect(await attempt(email, DEMO_PASSWORD, { address })).toBe(userId);
});

describe("200 sign-ins at once", () => {
  test("with wrong passwords for one account get five of them checked", async () => {
    const { email } = await addUser();
    const compare = vi.spyOn(bcrypt, "compare");
    // Of ten replicas, so that all of them are worked on.
    const portals = Array.from({ length: 10 }, () => new SignIns(accounts));
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const portal = portals[index % portals.length] ?? signIns;
        const request = post({ email, password: `wrong ${index}` });
        return await portal.authenticate(request, randomUUID()).catch((error: unknown) => error);
      }),
    );
    const statuses = countBy(answers.map((answer) => (answer as SignInError).status));
    expect(compare).toHaveBeenCalledTimes(FAILURES_PER_ACCOUNT);
    expect(statuses.get(401)).toBe(FAILURES_PER_ACCOUNT);
    expect([...statuses.keys()].toSorted()).toEqual([401, 429]);
    expect(await attempt(email)).toBe(429);
  });

  test("are signed in as far as they can wait, and the others are told to come back", async () => {
    const { email, userId } = await addUser();
    const address = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () =>
        signIns
          .authenticate(post({ email, password: DEMO_PASSWORD }), address)
          .catch((error: unknown) => error),
      ),
    );
    const refused = answers.filter((answer) => answer instanceof SignInError);
    expect(answers.filter((answer) => answer === userId)).toHaveLength(200 - refused.length);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(180); // 4 at once and 16 that wait
    for (const { status, retryAfterSeconds } of refused) {
      expect({ status, retryAfterSeconds }).toEqual({ status: 503, retryAfterSeconds: 10 });
    }
    expect(await attempt(email, DEMO_PASSWORD, { address })).toBe(userId);
  });
});

test("an account that is locked is free again when its window has passed", async () => {
  const { email, userId } = await addUser();
  for (let failure = 0; failure < FAILURES_PER_ACCOUNT; failure += 1) await attempt(email, "wrong");
  expect(await attempt(email)).toBe(429);
  const later = Date.now() + HOUR_MS;
  vi.spyOn(Date, "now").mockReturnValue(later);
  expect(await attempt(email)).toBe(userId);
});
