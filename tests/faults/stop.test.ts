import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DOWNLOAD } from "../e2e/support/addresses";
import { reprDigest } from "../e2e/support/export-file";
import { startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";

let stack: FaultStack;

beforeAll(async () => {
  stack = await startFaultStack("large");
});
afterAll(() => stack.stop());

test("an order to stop lets a delivery end, refuses a new export, and the process ends well", async () => {
  const portal = await stack.portalWith({});
  const [run, late] = [randomUUID(), randomUUID()];
  const request = (key: string) =>
    `GET ${DOWNLOAD}?run=${key} HTTP/1.1\r\nHost: portal\r\nCookie: ${stack.session.cookie}\r\n\r\n`;
  const socket = connect(Number(new URL(portal.origin).port), "127.0.0.1");
  socket.write(request(run));
  await once(socket, "readable");

  portal.terminate();
  await portal.logLine(/"msg":"stopping"/);
  await expect(fetch(`${portal.origin}/healthz`)).rejects.toThrow();
  // On the connection that is in use a request still arrives.
  socket.write(request(late));
  const { head, body, rest } = readAnswer(await readAll(socket));

  expect(head).toMatch(/^HTTP\/1.1 200 /);
  expect(/^repr-digest: (.+)$/im.exec(head)?.[1]).toBe(reprDigest(body));
  const refusal = rest.toString("latin1").replaceAll("\r", "");
  expect(refusal).toMatch(/^HTTP\/1.1 503 /);
  expect(refusal).toMatch(/^retry-after: \d+$/im);
  expect(refusal).toMatch(/^connection: close$/im);
  expect(await portal.exited).toBe(0);
  expect(await stack.database.run(run)).toMatchObject({ outcome: "completed" });
  expect(await stack.database.run(late)).toBeNull();
});

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The first answer on a connection, which has a Content-Length, and what came behind it. */
function readAnswer(bytes: Buffer): { head: string; body: Buffer; rest: Buffer } {
  const headEnd = bytes.indexOf("\r\n\r\n");
  const head = bytes.toString("latin1", 0, headEnd).replaceAll("\r", "");
  const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
  if (length === undefined) throw new Error(`The answer has no length:\n${head}`);
  const start = headEnd + 4;
  const end = start + Number(length);
  return { head, body: bytes.subarray(start, end), rest: bytes.subarray(end) };
}
