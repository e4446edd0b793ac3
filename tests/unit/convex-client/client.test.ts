import { convexToJson } from "convex/values";
import { describe, expect, test } from "vitest";
import { internal } from "../../../convex/_generated/api";
import {
  DEPLOY_KEY,
  pageQuery,
  resolveQuery,
  scriptedConvex,
  success,
  TIMESTAMP,
} from "../../support/scripted-convex";

describe("requests", () => {
  test("carry the key, the encoded arguments and the lossless format", async () => {
    const server = await scriptedConvex([success(null)]);
    await server.client.mutation(internal.signInThrottle.begin, {
      limits: [{ key: "k", maximum: 5 }],
      now: -0,
    });
    expect(server.received).toHaveLength(1);
    const [request] = server.received;
    expect(request?.path).toBe("/api/mutation");
    expect(request?.headers.authorization).toBe(`Convex ${DEPLOY_KEY}`);
    expect(request?.headers["content-type"]).toBe("application/json");
    expect(request?.body).toEqual({
      path: "signInThrottle:begin",
      args: convexToJson({ limits: [{ key: "k", maximum: 5 }], now: -0 }),
      format: "convex_encoded_json",
    });
    await server.close();
  });

  test("at a timestamp name it, and values come back undecoded", async () => {
    const value = { big: { $integer: "AQAAAAAAAAA=" } };
    const server = await scriptedConvex([success(value)]);
    expect(await pageQuery(server.client)).toEqual(value);
    expect(server.received[0]).toMatchObject({
      path: "/api/query_at_ts",
      body: { path: "exports:readLines", ts: TIMESTAMP },
    });
    await server.close();
  });

  test("of the latest state give decoded values", async () => {
    const server = await scriptedConvex([success({ $integer: "AQAAAAAAAAA=" })]);
    expect(await resolveQuery(server.client)).toBe(1n);
    await server.close();
  });

  test("for a timestamp give it as it is", async () => {
    const server = await scriptedConvex([{ body: { ts: TIMESTAMP } }]);
    expect(await server.client.pinTimestamp()).toBe(TIMESTAMP);
    expect(server.received[0]?.path).toBe("/api/query_ts");
    await server.close();
  });

  test("leave arguments out that are undefined", async () => {
    const server = await scriptedConvex([success(null)]);
    await server.client.mutation(internal.exportRuns.finish, {
      runKey: "r",
      finishedAt: 1,
      outcome: "failed",
      errorCode: undefined,
    });
    expect(server.received[0]).toMatchObject({ path: "/api/mutation" });
    expect(server.received[0]?.body["args"]).toEqual({
      runKey: "r",
      finishedAt: 1,
      outcome: "failed",
    });
    await server.close();
  });
});

describe("a request that is given up", () => {
  test("by its caller rejects with the caller's reason, and is not repeated", async () => {
    const server = await scriptedConvex([{ status: 503, body: { code: "WorkerOverloaded" } }]);
    const controller = new AbortController();
    const reason = new Error("gone");
    const query = server.client.pinTimestamp(controller.signal);
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await expect(query).rejects.toBe(reason);
    expect(server.received).toHaveLength(1);
    await server.close();
  });

  test("while it waits for another attempt rejects with the caller's reason", async () => {
    const busy = { status: 429, headers: { "Retry-After": "50" }, body: {} };
    const server = await scriptedConvex([busy, success(null)]);
    const controller = new AbortController();
    const reason = new Error("gone");
    const query = server.client.pinTimestamp(controller.signal);
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await expect(query).rejects.toBe(reason);
    expect(server.received).toHaveLength(1);
    await server.close();
  });

  test("before it starts is not sent", async () => {
    const server = await scriptedConvex([success(null)]);
    const reason = new Error("gone");
    await expect(server.client.pinTimestamp(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.received).toEqual([]);
    await server.close();
  });
});
