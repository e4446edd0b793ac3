import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guardRequests } from "~/http/request-guard";
import { listen, sendRaw, type ListeningServer } from "../../support/http-server";

const PORTAL = "http://127.0.0.1:3200";

async function startGuarded(origin: string): Promise<ListeningServer> {
  const app = express();
  app.use(guardRequests(origin, () => "request-1"));
  app.use((req, res) => {
    req.resume();
    req.once("end", () => res.status(200).send(`passed ${req.originalUrl}`));
  });
  return await listen((req, res) => void app(req, res));
}

let local: ListeningServer;
let published: ListeningServer;

beforeAll(async () => {
  local = await startGuarded(PORTAL);
  published = await startGuarded("https://portal.example");
});

afterAll(async () => {
  await local.close();
  await published.close();
});

async function post(server: ListeningServer, headers: Record<string, string>): Promise<number> {
  const response = await fetch(`${server.url}/login`, { method: "POST", headers, body: "a=b" });
  await response.text();
  return response.status;
}

describe("a write", () => {
  test.each([PORTAL, "http://localhost:3200", "http://[::1]:3200"])(
    "from the portal's own origin %s passes",
    async (origin) => {
      expect(await post(local, { Origin: origin })).toBe(200);
    },
  );

  test("without an Origin passes: no browser sent it", async () => {
    expect(await post(local, {})).toBe(200);
  });

  test.each([
    "http://evil.example",
    "http://127.0.0.1",
    "http://127.0.0.1:3201",
    "https://127.0.0.1:3200",
    "http://127.0.0.1.evil.example:3200",
    "http://localhost.evil.example:3200",
    "http://127.0.0.1:3200.evil.example",
    "http://127.0.0.1:3200@evil.example",
    "http://192.168.0.1:3200",
    "null",
    "file://",
    "not a URL",
  ])("from %s is refused with a problem that names the request", async (origin) => {
    const response = await fetch(`${local.url}/login`, {
      method: "POST",
      headers: { Origin: origin },
      body: "a=b",
    });
    expect(response.status).toBe(403);
    expect(response.headers.get("Content-Type")).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ status: 403, requestId: "request-1" });
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
  });

  test.each([
    ["https://portal.example", 200],
    ["http://portal.example", 403],
    ["https://portal.example:8443", 403],
    ["https://sub.portal.example", 403],
    ["http://localhost", 403],
    ["https://localhost", 403],
  ])("to a published portal from %s is a %i", async (origin, status) => {
    expect(await post(published, { Origin: origin })).toBe(status);
  });

  test.each(["PUT", "PATCH", "DELETE", "OPTIONS"])("by %s is refused", async (method) => {
    const answer = await fetch(`${local.url}/login`, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("Allow")).toBe("GET, HEAD, POST");
  });

  test("of unknown length is refused", async () => {
    const answer = await sendRaw(
      local.port,
      "POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 411 /);
  });

  test.each([
    [64 * 1024, 200],
    [64 * 1024 + 1, 413],
    [10 * 1024 * 1024, 413],
  ])("of %i bytes is a %i", async (length, status) => {
    const response = await fetch(`${local.url}/login`, {
      method: "POST",
      body: "x".repeat(length),
    }).catch(() => null);
    // A server that refuses a body may close before all of it is sent.
    if (response !== null || status === 200) expect(response?.status).toBe(status);
    const head = `POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
    const answer = await sendRaw(local.port, status === 200 ? head + "x".repeat(length) : head);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

describe("an address", () => {
  const request = (target: string, server = local, method = "GET") =>
    sendRaw(server.port, `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

  test.each([
    "http://evil.example/admin",
    "http://127.0.0.1:3200/admin",
    "https://portal.example/admin",
    "https://evil.example",
    "evil.example/admin",
    "*",
    "@evil.example/",
    ".evil.example/",
    ":80/",
    "?a=b",
    "/%",
    "/%zz",
    "/admin/%E0%A4%A",
    "/runs/%c0%af",
    "/%ff",
  ])("that is not a path is refused: %s", async (target) => {
    // Behind the portal's own address, some of these would be a URL of another host.
    for (const server of [local, published]) {
      expect(await request(target, server)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  test("that stands for the whole server is refused", async () => {
    expect(await request("*", published, "OPTIONS")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test.each([
    "/",
    "/admin?x=1",
    "//evil.example/admin",
    "/\\evil.example",
    "/%00",
    "/a%20b",
    "/%2e%2e%2fetc%2fpasswd",
    "/admin?run=%E0%A4%A",
  ])("that is a path stays one of this origin: %s", async (target) => {
    const answer = await request(target);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain(`passed ${target}`);
    expect(new URL(PORTAL + target).origin).toBe(PORTAL);
  });

  test("is read whatever origin asks: reading is not writing", async () => {
    const headers = { Origin: "http://evil.example" };
    expect((await fetch(`${local.url}/healthz`, { headers })).status).toBe(200);
    expect((await fetch(`${local.url}/healthz`, { headers, method: "HEAD" })).status).toBe(200);
  });
});
