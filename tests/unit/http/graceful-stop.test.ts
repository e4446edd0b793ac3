import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { GracefulStop } from "~/http/graceful-stop";
import { until } from "../../support/http-server";

const LONG_MS = 3_600_000;

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

interface Stopping {
  server: Server;
  port: number;
  graceful: GracefulStop;
  /** Connections that are open. */
  sockets: Set<Socket>;
}

async function serve(listener: RequestListener, graceMs = LONG_MS): Promise<Stopping> {
  const server = createServer({ keepAliveTimeout: LONG_MS });
  const graceful = new GracefulStop(server, graceMs);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (req, res) => {
    graceful.track(res);
    listener(req, res);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUps.push(() => void server.close().closeAllConnections());
  return { server, port: (server.address() as AddressInfo).port, graceful, sockets };
}

/** An agent that keeps one connection alive. */
function keepingAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanUps.push(() => agent.destroy());
  return agent;
}

async function get(port: number, agent: Agent): Promise<IncomingMessage> {
  const request = httpRequest({ port, agent });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("until a stop is asked for, connections are kept and nothing is aborted", async () => {
  const { port, graceful, sockets } = await serve((_req, res) => void res.end("ok"));
  const agent = keepingAlive();
  const response = await get(port, agent);
  expect(response.headers.connection).toBe("keep-alive");
  expect(await read(response)).toBe("ok");
  expect(await read(await get(port, agent))).toBe("ok");
  expect(sockets.size).toBe(1);
  expect(graceful.signal.aborted).toBe(false);
});

test("a stop closes what is idle, and refuses new connections", async () => {
  const { server, port, graceful, sockets } = await serve((_req, res) => void res.end("ok"));
  await read(await get(port, keepingAlive()));
  const closed = once(server, "close");
  graceful.begin();
  await closed;
  await until(() => sockets.size === 0);
  expect(graceful.signal.aborted).toBe(true);
  const [error] = (await once(connect(port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
  expect(error.code).toBe("ECONNREFUSED");
});

test("a response that has begun is sent to its end, and its connection closed then", async () => {
  const open: ServerResponse[] = [];
  const { server, port, graceful } = await serve((_req, res) => {
    res.write("begun, ");
    open.push(res);
  });
  const response = await get(port, keepingAlive());
  expect(response.headers.connection).toBe("keep-alive");
  const closed = once(server, "close");
  graceful.begin();
  open[0]?.end("ended");
  expect(await read(response)).toBe("begun, ended");
  await closed;
});

test("a response whose head was not sent yet announces the end of its connection", async () => {
  const open: ServerResponse[] = [];
  const { server, port, graceful } = await serve((_req, res) => void open.push(res));
  const responding = get(port, keepingAlive());
  await until(() => open.length === 1);
  const closed = once(server, "close");
  graceful.begin();
  open[0]?.end("late");
  const response = await responding;
  expect(response.headers.connection).toBe("close");
  expect(await read(response)).toBe("late");
  await closed;
});

test("a request that was on its way is answered, and is the last one of its connection", async () => {
  const { port, graceful, sockets } = await serve((_req, res) => void res.end("answered"));
  const socket = connect(port, "127.0.0.1");
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  const closed = once(socket, "close");
  await until(() => sockets.size === 1);
  graceful.begin();
  socket.write("GET / HTTP/1.1\r\nHost: portal.test\r\n\r\n");
  await closed;
  const answer = Buffer.concat(received).toString();
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toMatch(/\r\nConnection: close\r\n/);
  expect(answer).toContain("answered");
});

test("what takes longer than the grace time is cut off", async () => {
  const { server, port, graceful } = await serve((_req, res) => void res.write("begun"), 1);
  const response = await get(port, keepingAlive());
  const closed = once(server, "close");
  graceful.begin();
  await expect(read(response)).rejects.toThrow();
  await closed;
});

test("asking twice stops once", async () => {
  const { graceful, server } = await serve((_req, res) => void res.end());
  let stops = 0;
  graceful.signal.addEventListener("abort", () => (stops += 1));
  const closed = once(server, "close");
  graceful.begin();
  graceful.begin();
  await closed;
  expect(stops).toBe(1);
});
