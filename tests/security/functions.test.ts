import { afterAll, beforeAll, expect, test } from "vitest";
import type { JSONValue } from "convex/values";
import { startStack } from "../e2e/support/stack";
import type { Stack } from "../e2e/support/stack";
import { convexFunctions } from "./support/convex-functions";
import type { ConvexFunction } from "./support/convex-functions";
import { everySender } from "./support/senders";

/**
 * The functions that ask for no role. They serve the sign-in, which comes before there is a role,
 * or write down what happened. All of them need the deploy key. Of the database they tell no more
 * than who a session belongs to, and to an email the password hash that the portal checks.
 */
const WITHOUT_ACTOR = [
  "exportRuns:deny",
  "exportRuns:finish",
  "exportRuns:isCancelAsked",
  "exportRuns:progress",
  "seed:ensureDemoAccounts",
  "seed:insertDocuments",
  "sessions:create",
  "sessions:extend",
  "sessions:remove",
  "sessions:removeAllOf",
  "sessions:resolve",
  "signInThrottle:begin",
  "signInThrottle:takeBack",
  "users:findForSignIn",
];

/** Ways to call a function over HTTP: the last one is for administrators of the deployment. */
const ROUTES = ["query", "mutation", "action", "function"];

let stack: Stack;
let functions: ConvexFunction[];
let calls = 0;

beforeAll(async () => {
  stack = await startStack();
  functions = await convexFunctions();
});

afterAll(async () => {
  process.stdout.write(`Convex functions: ${functions.length}, ${calls} calls.\n`);
  await stack.stop();
});

interface Answer {
  httpStatus: number;
  status?: string;
  code?: string;
  errorMessage?: string;
  errorData?: { code?: string };
}

/** @param key Value of `Authorization`; none where absent. */
async function call(
  route: string,
  { path }: ConvexFunction,
  args: Record<string, JSONValue>,
  key?: string,
): Promise<Answer> {
  calls += 1;
  const response = await fetch(`${stack.target.convexUrl}/api/${route}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(key === undefined ? {} : { Authorization: key }),
    },
    body: JSON.stringify({ path, args: [args], format: "convex_encoded_json" }),
  });
  return {
    httpStatus: response.status,
    ...((await response.json()) as Omit<Answer, "httpStatus">),
  };
}

test("every function is internal, and asks who it is for or is known not to", () => {
  expect(functions.filter(({ isInternal }) => !isInternal)).toEqual([]);
  const others = functions.filter(({ takesActor }) => !takesActor).map(({ path }) => path);
  expect(others.sort()).toEqual(WITHOUT_ACTOR);
  expect(functions.length).toBeGreaterThan(WITHOUT_ACTOR.length + 5);
});

test("without a key no function can be called, in no way", async () => {
  for (const wanted of functions) {
    for (const route of ROUTES) {
      const answer = await call(route, wanted, wanted.args);
      if (route === "function") {
        expect(answer, wanted.path).toMatchObject({ httpStatus: 403, code: "BadDeployKey" });
      } else {
        expect(answer.status, `${route} ${wanted.path}`).toBe("error");
        expect(answer.errorMessage).toContain("Could not find public function");
      }
    }
  }
});

test("with a wrong key neither, nor with a token", async () => {
  const { deployKey } = stack.target;
  const last = deployKey.endsWith("0") ? "1" : "0";
  const keys = {
    [`Convex ${deployKey.slice(0, -1)}${last}`]: { httpStatus: 401, code: "BadAdminKey" },
    "Convex x": { httpStatus: 401, code: "BadAdminKey" },
    "Bearer x": { httpStatus: 401 },
  };
  for (const wanted of functions) {
    for (const route of ROUTES) {
      for (const [key, refusal] of Object.entries(keys)) {
        const answer = await call(route, wanted, wanted.args, key);
        expect(answer, `${route} ${wanted.path}`).toMatchObject(refusal);
      }
    }
  }
});

test("with the deploy key, whoever is no system administrator is refused by each that asks", async () => {
  const senders = everySender(stack).filter(({ standing }) => standing !== "admitted");
  const asking = functions.filter(({ takesActor }) => takesActor);
  for (const sender of senders) {
    const session = await sender.arrive();
    // A row that somebody planted is a session to Convex; only the cookie tells that it is none.
    if (sender.name === "forged cookie") continue;
    const actor = { kind: "session", tokenHash: session?.tokenHash ?? "none" };
    const code = sender.standing === "nobody" ? "unauthenticated" : "forbidden";
    for (const wanted of asking) {
      const args = { ...wanted.args, actor };
      const answer = await call(wanted.type, wanted, args, `Convex ${stack.target.deployKey}`);
      const what = `${wanted.path} for ${sender.name}`;
      expect(answer, what).toMatchObject({ status: "error", errorData: { code } });
    }
  }
});

test("with the deploy key a system administrator is not refused", async () => {
  const admin = everySender(stack).find(({ standing }) => standing === "admitted");
  const session = await admin?.arrive();
  const actor = { kind: "session", tokenHash: session?.tokenHash ?? "none" };
  for (const wanted of functions.filter(({ takesActor }) => takesActor)) {
    const args = { ...wanted.args, actor };
    const answer = await call(wanted.type, wanted, args, `Convex ${stack.target.deployKey}`);
    expect(["unauthenticated", "forbidden"], wanted.path).not.toContain(answer.errorData?.code);
    expect(answer.errorMessage ?? "", wanted.path).not.toContain("ArgumentValidationError");
  }
});
