import { afterAll, beforeAll, expect, test } from "vitest";
import { TestConvex } from "../support/convex";
import { registeredFunctions, type Registered } from "./registered-functions";

let functions: Registered[];
let convex: TestConvex;

beforeAll(async () => {
  functions = await registeredFunctions();
  convex = await TestConvex.start({ empty: true });
});

afterAll(() => convex.close());

test("the functions that the portal calls are all there", () => {
  expect(functions.map((registered) => registered.path)).toEqual(
    expect.arrayContaining([
      "exports:summarize",
      "exports:begin",
      "exports:generateDatabaseExport",
      "exports:readLines",
      "exports:readIdentities",
      "exportRuns:start",
      "exportRuns:progress",
      "exportRuns:finish",
      "exportRuns:get",
      "exportRuns:recent",
      "exportRuns:findByDigest",
      "exportRuns:cancel",
      "exportRuns:isCancelAsked",
      "exportRuns:details",
      "exportRuns:history",
      "exportRuns:deny",
      "sessions:authorize",
      "sessions:create",
      "sessions:resolve",
      "sessions:extend",
      "sessions:remove",
      "sessions:removeAllOf",
      "signInThrottle:begin",
      "signInThrottle:takeBack",
      "users:findForSignIn",
      "seed:ensureDemoAccounts",
      "seed:insertDocuments",
    ]),
  );
});

test("every function is internal, and none is public or an action", () => {
  for (const { path: name, kind, isInternal, isPublic } of functions) {
    expect({ name, kind, isInternal, isPublic }).toEqual({
      name,
      kind: expect.stringMatching(/^(query|mutation)$/) as string,
      isInternal: true,
      isPublic: false,
    });
  }
});

test("without the deploy key no function can be seen to exist", async () => {
  for (const { path: name, kind } of functions) {
    const response = await fetch(`${convex.url}/api/${kind}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ path: name, args: {}, format: "convex_encoded_json" }),
    });
    const answer = (await response.json()) as { status: string; errorMessage: string };
    expect(answer.status, name).toBe("error");
    expect(answer.errorMessage, name).toContain("Could not find public function");
  }
});

test("with a wrong deploy key everything is refused", async () => {
  for (const { path: name, kind } of functions) {
    const response = await fetch(`${convex.url}/api/${kind}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Convex ${convex.adminKey.replace(/.$/, (last) => (last === "0" ? "1" : "0"))}`,
      },
      body: JSON.stringify({ path: name, args: {}, format: "convex_encoded_json" }),
    });
    expect(response.status, name).toBe(401);
  }
});
