import { once } from "node:events";
import { Agent, request } from "node:http";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedConvex } from "~/embedded";
import { spawnEmbeddedConvex } from "~/embedded";
import { FIXTURE_FUNCTIONS_DIR, post } from "./client";

const echo = { path: "values:echo", args: { value: "hi" } };
const hidden = { path: "values:hidden", args: {} };

let convex: EmbeddedConvex;
beforeAll(async () => {
  convex = await spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR });
});
afterAll(() => convex.close());

describe("forms of the admin key", () => {
  const secret = () => convex.adminKey.split("|")[1] ?? "";
  const base64 = (json: unknown) => Buffer.from(JSON.stringify(json)).toString("base64");

  it.each<[string, () => string]>([
    ["with the type of the deployment", () => `prod:${convex.adminKey}`],
    ["of a preview, which shrinks to the secret", () => `preview:team:project|${secret()}`],
    ["of a project, likewise", () => `project:team:project|${secret()}`],
    [
      "acting as a user",
      () => `${convex.adminKey}:${base64({ subject: "u", issuer: "https://i.test" })}`,
    ],
  ])("%s is accepted", async (_, key) => {
    const { body } = await post(convex, "/api/query", hidden, { authorization: `Convex ${key()}` });
    expect(body).toMatchObject({ status: "success", value: "hidden" });
  });

  it("in the address is accepted, where there is no header", async () => {
    const route = `/api/query?adminKey=${encodeURIComponent(convex.adminKey)}`;
    expect((await post(convex, route, hidden, {})).body).toMatchObject({ value: "hidden" });
  });

  it.each<[string, () => string, number, string]>([
    ["of another deployment", () => `other|${secret()}`, 401, "BadAdminKey"],
    ["that is cut short", () => convex.adminKey.slice(0, -1), 401, "BadAdminKey"],
    ["acting as nonsense", () => `${convex.adminKey}:bm9uc2Vuc2U=`, 400, "HeaderParseFailure"],
  ])("%s is refused", async (_, key, status, code) => {
    const reply = await post(convex, "/api/query", hidden, { authorization: `Convex ${key()}` });
    expect(reply).toMatchObject({ status, body: { code } });
  });

  it("is no bearer token", async () => {
    const token = `x.${Buffer.from('{"iss":"https://i.test"}').toString("base64url")}.x`;
    const reply = await post(convex, "/api/query", echo, { authorization: `Bearer ${token}` });
    expect(reply).toMatchObject({ status: 401, body: { code: "NoAuthProvider" } });
  });
});

describe("requests", () => {
  it("above 16 MiB are refused", async () => {
    const value = "x".repeat(16 * 1024 * 1024);
    const reply = await post(convex, "/api/query", { ...echo, args: { value } });
    expect(reply).toMatchObject({ status: 400, body: { code: "BadJsonBody" } });
  });

  it("share a connection", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<Socket>();
    for (let count = 0; count < 3; count += 1) {
      const sent = request(`${convex.url}/api/query_ts`, { method: "POST", agent }).end();
      sent.once("socket", (socket) => sockets.add(socket));
      const [response] = (await once(sent, "response")) as [NodeJS.ReadableStream];
      await once(response.resume(), "end");
    }
    agent.destroy();
    expect(sockets.size).toBe(1);
  });

  it("to paths that look like inherited properties are not found", async () => {
    for (const path of ["/constructor", "/__proto__", "/api"]) {
      expect((await fetch(`${convex.url}${path}`)).status).toBe(404);
    }
  });

  it("for a component say that it has no such function", async () => {
    const reply = await post(convex, "/api/function", { ...echo, componentPath: "other" });
    expect(reply.body?.errorMessage).toContain(
      "Could not find function for 'values:echo' in component 'other'.",
    );
  });

  it("for a WebSocket are told in its own protocol that there is none", async () => {
    const sent = request(`${convex.url}/api/1.48.0/sync`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
      },
    }).end();
    const [response, socket, head] = (await once(sent, "upgrade")) as [
      { headers: Record<string, string> },
      Socket,
      Buffer,
    ];
    const chunks = [head];
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    // The key and its answer are the example of RFC 6455, section 1.3.
    expect(response.headers["sec-websocket-accept"]).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const frame = Buffer.concat(chunks);
    expect(frame.readUInt16BE(2)).toBe(frame.length - 4);
    expect(JSON.parse(frame.subarray(4).toString())).toMatchObject({ type: "FatalError" });
  });
});
