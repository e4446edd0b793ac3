import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  currentTs,
  openDeployment,
  post,
  shifted,
  valueOf,
  withSession,
  type Deployment,
} from "./deployment";

const INTERNAL_ERROR = {
  code: "InternalServerError",
  message: "Your request couldn't be completed. Try again later.",
};
const resolveNobody = { path: "sessions:resolve", args: { tokenHash: "nobody" } };

let deployment: Deployment;
beforeAll(async () => {
  deployment = await openDeployment();
});
afterAll(() => deployment.close());

/** Status 200 with an error of the function, whose details a production deployment redacts. */
function expectFunctionError(reply: { status: number; body: unknown }, detail: string): void {
  expect(reply.status).toBe(200);
  const { status, errorMessage } = reply.body as { status: string; errorMessage: string };
  expect(status).toBe("error");
  expect(errorMessage).toMatch(/^\[Request ID: \w+\] Server Error/);
  if (deployment.isEmbedded) {
    expect(errorMessage).toContain(detail);
  }
}

describe("routes", () => {
  it("run a query, a query at a timestamp, a mutation, and any function", async () => {
    const ts = await currentTs(deployment);
    expect(valueOf(await post(deployment, "/api/query", resolveNobody))).toBeNull();
    expect(
      valueOf(await post(deployment, "/api/query_at_ts", { ...resolveNobody, ts })),
    ).toBeNull();
    const remove = { path: "sessions:remove", args: { tokenHash: "nobody" } };
    expect(valueOf(await post(deployment, "/api/mutation", remove))).toBeNull();
    expect(valueOf(await post(deployment, "/api/function", remove))).toBeNull();
    expect(valueOf(await post(deployment, "/api/function", resolveNobody))).toBeNull();
  });

  it("refuse a function of another type, and say which it is", async () => {
    expectFunctionError(
      await post(deployment, "/api/mutation", resolveNobody),
      "Trying to execute sessions.js:resolve as Mutation, but it is defined as Query.",
    );
    expectFunctionError(
      await post(deployment, "/api/action", resolveNobody),
      "Trying to execute sessions.js:resolve as Action, but it is defined as Query.",
    );
  });

  it("answer 404 to an unknown path, and 405 to a wrong method", async () => {
    expect((await fetch(`${deployment.url}/api/no_such_route`)).status).toBe(404);
    const wrongMethod = await fetch(`${deployment.url}/api/mutation`);
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get("allow")).toContain("POST");
  });

  it("tell the version", async () => {
    const response = await fetch(`${deployment.url}/version`);
    expect(response.status).toBe(200);
    expect(await response.text()).not.toBe("");
  });

  it("take arguments as an object or as an array of one", async () => {
    const asArray = { ...resolveNobody, args: [resolveNobody.args] };
    expect(valueOf(await post(deployment, "/api/query", asArray))).toBeNull();
  });

  it("take a path with and without the extension of the module", async () => {
    const withExtension = { ...resolveNobody, path: "sessions.js:resolve" };
    expect(valueOf(await post(deployment, "/api/query", withExtension))).toBeNull();
  });

  it("serve more queries at once than run at once", async () => {
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => post(deployment, "/api/query", resolveNobody)),
    );
    expect(replies.map(valueOf)).toEqual(replies.map(() => null));
  });
});

describe("authentication", () => {
  it("takes the key whatever the case of its scheme", async () => {
    const authorization = `convex ${deployment.adminKey}`;
    const reply = await post(deployment, "/api/query", resolveNobody, { authorization });
    expect(valueOf(reply)).toBeNull();
  });

  it("takes the key with a deployment type in front", async () => {
    const key = deployment.adminKey.replace(/^(prod|dev):/, "");
    const authorization = `Convex dev:${key}`;
    const reply = await post(deployment, "/api/query", resolveNobody, { authorization });
    expect(valueOf(reply)).toBeNull();
  });

  it.each([
    ["a header too short to hold a scheme", "abc", "InvalidHeaderFailure"],
    ["an unknown scheme", "Basic abcdefgh", "InvalidAdminKey"],
  ])("answers 400 to %s", async (_, authorization, code) => {
    const reply = await post(deployment, "/api/query", resolveNobody, { authorization });
    expect(reply).toMatchObject({ status: 400, body: { code } });
  });

  it("refuses a wrong key", async () => {
    const authorization = `Convex ${deployment.adminKey.replace(/.$/, (last) => (last === "0" ? "1" : "0"))}`;
    for (const route of ["/api/query", "/api/mutation", "/api/function"]) {
      const reply = await post(deployment, route, resolveNobody, { authorization });
      expect([401, 403]).toContain(reply.status);
      expect(reply.body?.code).toMatch(/./);
      expect(reply.body?.message).toMatch(/./);
      if (deployment.isEmbedded) {
        expect(reply).toMatchObject({ status: 401, body: { code: "BadAdminKey" } });
      }
    }
  });

  it("refuses a bearer token of nobody", async () => {
    const reply = await post(deployment, "/api/query", resolveNobody, {
      authorization: "Bearer not.a.token",
    });
    expect(reply).toMatchObject({ status: 401, body: { code: "InvalidAuthHeader" } });
  });

  it("needs none to learn the timestamp", async () => {
    const { status, body } = await post(deployment, "/api/query_ts", {}, {});
    expect(status).toBe(200);
    expect(Buffer.from(body?.ts ?? "", "base64")).toHaveLength(8);
  });

  it("hides internal functions from everybody else, as if they were missing", async () => {
    const ts = await currentTs(deployment);
    for (const path of ["sessions:resolve", "sessions:noSuchFunction"]) {
      for (const route of ["/api/query", "/api/query_at_ts"]) {
        const reply = await post(deployment, route, { ...resolveNobody, path, ts }, {});
        expectFunctionError(reply, `Could not find public function for '${path}'.`);
      }
    }
  });

  it("answers 403 on the route that is for administrators only", async () => {
    const reply = await post(deployment, "/api/function", resolveNobody, {});
    expect(reply).toMatchObject({ status: 403, body: { code: "BadDeployKey" } });
  });
});

describe("errors", () => {
  it.each([
    ["JSON that does not parse", "{", "BadJsonBody"],
    ["a body without path", { args: {} }, "BadJsonBody"],
    ["a body without arguments", { path: "sessions:resolve" }, "BadJsonBody"],
    ["a body that is no object", [], "BadJsonBody"],
    ["a path that is none", { path: "no function!", args: {} }, "BadConvexFunctionIdentifier"],
    ["an unknown format", { ...resolveNobody, format: "xml" }, "BadFormat"],
  ])("answer 400 with a code to %s", async (_, body, code) => {
    const reply = await post(deployment, "/api/query", body);
    expect(reply).toMatchObject({ status: 400, body: { code } });
    expect(reply.body?.message).toMatch(/./);
  });

  it("answer 400 to a body that does not say that it is JSON", async () => {
    const reply = await post(deployment, "/api/query", resolveNobody, {
      "content-type": "text/plain",
    });
    expect(reply).toMatchObject({ status: 400, body: { code: "BadJsonBody" } });
  });

  it("of a missing function say so, to administrators too", async () => {
    const missing = { path: "sessions:noSuchFunction", args: {} };
    expectFunctionError(
      await post(deployment, "/api/query", missing),
      "Could not find public function for 'sessions:noSuchFunction'.",
    );
    expectFunctionError(
      await post(deployment, "/api/function", missing),
      "Could not find function for 'sessions:noSuchFunction'. Did you forget to run `npx convex dev`?",
    );
  });

  it("of arguments name the field", async () => {
    expectFunctionError(
      await post(deployment, "/api/query", { path: "sessions:resolve", args: { tokenHash: 1 } }),
      "ArgumentValidationError: Value does not match validator.\nPath: .tokenHash\nValue: 1.0\n" +
        "Validator: v.string()",
    );
  });

  it("that are ConvexErrors carry their data", async () => {
    const actor = { kind: "session", tokenHash: "nobody" };
    const reply = await post(deployment, "/api/query", {
      path: "exports:summarize",
      args: { actor },
    });
    expectFunctionError(reply, "Uncaught ConvexError: ");
    expect(reply.body?.errorData).toMatchObject({ code: "unauthenticated" });
  });

  it("quote the request id that the client gave", async () => {
    const { body } = await post(
      deployment,
      "/api/query",
      { path: "sessions:noSuchFunction", args: {} },
      { authorization: `Convex ${deployment.adminKey}`, "convex-request-id": "0123456789abcdef" },
    );
    expect(body?.errorMessage).toMatch(/^\[Request ID: 0123456789abcdef\] Server Error/);
  });
});

describe("formats", () => {
  it.each([undefined, "json", "convex_json", "convex_encoded_json", "export_json"])(
    "%s gives the same value where JSON lacks nothing",
    async (format) => {
      await withSession(deployment, async ({ tokenHash }) => {
        const request = { path: "sessions:resolve", args: { tokenHash }, format };
        const value = valueOf(await post(deployment, "/api/query", request));
        expect(value).toMatchObject({ kind: "user" });
      });
    },
  );
});

describe("timestamps", () => {
  it("of the past show the past", async () => {
    await withSession(deployment, async ({ tokenHash, tsBefore, ts }) => {
      const at = async (when: string) => {
        const request = { path: "sessions:resolve", args: { tokenHash }, ts: when };
        return valueOf(await post(deployment, "/api/query_at_ts", request));
      };
      expect(await at(tsBefore)).toBeNull();
      expect(await at(ts)).toMatchObject({ kind: "user" });
    });
  });

  it("do not go backwards, and move with a write", async () => {
    await withSession(deployment, ({ tsBefore, ts }) => {
      const number = (text: string) => Buffer.from(text, "base64").readBigUInt64LE();
      expect(number(ts)).toBeGreaterThan(number(tsBefore));
      return Promise.resolve();
    });
  });

  it("of the future are Convex's own failure", async () => {
    const ts = shifted(await currentTs(deployment), 3_600_000);
    const reply = await post(deployment, "/api/query_at_ts", { ...resolveNobody, ts });
    expect(reply).toEqual({ status: 500, body: INTERNAL_ERROR });
  });

  it.each(["", "AAAA", "not base64"])("that are malformed are too: %j", async (ts) => {
    const reply = await post(deployment, "/api/query_at_ts", { ...resolveNobody, ts });
    expect(reply).toEqual({ status: 500, body: INTERNAL_ERROR });
  });

  it("that are missing are a bad body", async () => {
    const reply = await post(deployment, "/api/query_at_ts", resolveNobody);
    expect(reply).toMatchObject({ status: 400, body: { code: "BadJsonBody" } });
  });
});
