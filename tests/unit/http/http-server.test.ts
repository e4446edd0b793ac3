import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import type { Server } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { createHttpServer, SERVER_LIMITS, type ServerLimits } from "~/http/http-server";
import { sendRaw } from "../../support/http-server";

/** So short that a test can wait for them; the portal's own are long enough for slow networks. */
const SHORT: Partial<ServerLimits> = { headMs: 200, requestMs: 400, checkMs: 20 };

/** How often a slow client sends one more byte (ms): far more often than any time of `SHORT`. */
const DRIP_MS = 10;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function start(limits: Partial<ServerLimits> = {}): Promise<number> {
  const server = createHttpServer({ ...SERVER_LIMITS, ...limits });
  servers.push(server);
  server.on("request", (req, res) => {
    req.resume();
    req.once("end", () => res.end("answered"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Sends the beginning at once and then a byte at a time, until the server ends the connection. */
async function drip(port: number, beginning: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const answer = readAll(socket);
  socket.write(beginning);
  const timer = setInterval(() => socket.write("x"), DRIP_MS);
  try {
    return await answer;
  } finally {
    clearInterval(timer);
  }
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  // What is written to a connection that the server has closed is lost, as it should be.
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

describe("a client that is slow on purpose", () => {
  test("with its head gets a 408, and its connection is closed", async () => {
    const port = await start(SHORT);
    expect(await drip(port, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("with its first line gets a 408", async () => {
    expect(await drip(await start(SHORT), "GET /")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("with its body gets a 408", async () => {
    const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n";
    expect(await drip(await start(SHORT), head)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("with a body that is shorter than it said gets a 408", async () => {
    const port = await start(SHORT);
    const answer = await sendRaw(
      port,
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\na=b",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("that says nothing at all is disconnected", async () => {
    expect(await sendRaw(await start(SHORT), "")).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  test("keeps nobody else from being answered", async () => {
    const port = await start();
    const slow = Array.from({ length: 50 }, () => connect(port, "127.0.0.1"));
    await Promise.all(slow.map((socket) => once(socket, "connect")));
    for (const socket of slow) socket.write("GET / HTTP/1.1\r\nX-Slow: ");
    const quick = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(await sendRaw(port, quick)).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of slow) socket.destroy();
  });
});

describe("a head", () => {
  const withHeader = (bytes: number) =>
    `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: ${"a".repeat(bytes)}\r\n\r\n`;

  test.each([
    ["of 12 kB is answered", 12 * 1024, 200],
    ["of more than 16 KiB is refused", 17 * 1024, 431],
  ])("%s", async (_what, bytes, status) => {
    const answer = await sendRaw(await start(), withHeader(bytes));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test.each([
    ["two lengths", "Content-Length: 3\r\nContent-Length: 4\r\n"],
    ["a length and chunks", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"],
    ["a negative length", "Content-Length: -1\r\n"],
    ["a length that is no number", "Content-Length: 3abc\r\n"],
    ["a line feed in a name", "X-One\n: 1\r\n"],
    ["a zero in a value", "X-One: a\0b\r\n"],
    ["a space before the colon", "X-One : 1\r\n"],
    ["a folded line", "X-One: 1\r\n\t2\r\n"],
  ])("with %s never reaches the portal", async (_what, lines) => {
    const port = await start();
    const answer = await sendRaw(
      port,
      `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\na=b`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toContain("answered");
  });

  test("without a host is refused", async () => {
    const answer = await sendRaw(await start(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

test("what follows a body beyond its length is another request, and a bad one", async () => {
  const answer = await sendRaw(
    await start(),
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b&admin=true\r\n\r\n",
  );
  expect(answer.match(/HTTP\/1\.1 \d+/g)?.at(-1)).toBe("HTTP/1.1 400");
  expect(answer).toContain("Connection: close");
});

test("connections beyond the bound are closed, and the others live", async () => {
  const port = await start({ connections: 2 });
  const held = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await Promise.all(held.map((socket) => once(socket, "connect")));
  // An answer on each shows that the server has taken them.
  for (const socket of held) {
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(socket, "data");
  }
  const third = connect(port, "127.0.0.1");
  expect(await readAll(third)).toBe("");
  const [first] = held;
  first?.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const [answer] = first === undefined ? [] : ((await once(first, "data")) as [Buffer]);
  expect(answer?.toString()).toMatch(/^HTTP\/1\.1 200 /);
  for (const socket of held) socket.destroy();
});

test("the portal's own limits are those of a server that faces the internet", () => {
  expect(SERVER_LIMITS.headBytes).toBe(16 * 1024);
  expect(SERVER_LIMITS.headMs).toBeLessThanOrEqual(SERVER_LIMITS.requestMs);
  expect(SERVER_LIMITS.requestMs).toBeLessThanOrEqual(60_000);
  expect(SERVER_LIMITS.checkMs).toBeLessThan(SERVER_LIMITS.headMs);
  expect(Number.isFinite(SERVER_LIMITS.connections)).toBe(true);
});
