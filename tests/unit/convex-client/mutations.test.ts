import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { ExportErrorCode } from "~/export/errors";
import { Gate } from "../../support/gate";
import { OVERLOAD_CODES } from "../../support/overload-codes";
import {
  errorOf,
  failure,
  removeMutation,
  resolveQuery,
  scriptedConvex,
  success,
  type Reply,
} from "../../support/scripted-convex";

describe.concurrent("a mutation", () => {
  const notApplied = OVERLOAD_CODES.map((code): [string, Reply] => [
    `503 ${code}`,
    { status: 503, body: { code } },
  ]);

  test.each<[string, Reply]>([
    ["429 TooManyWrites", { status: 429, body: { code: "TooManyWrites" } }],
    ["429 without a body", { status: 429, body: "" }],
    ...notApplied,
  ])("that Convex did not apply is repeated: %s", async (_name, reply) => {
    const server = await scriptedConvex([reply, success("done")]);
    expect(await removeMutation(server.client)).toBe("done");
    expect(server.received).toHaveLength(2);
    await server.close();
  });

  const perhapsApplied: [string, Reply, ExportErrorCode][] = [
    ["500", { status: 500, body: { code: "InternalServerError" } }, "convex_failed"],
    ["502", { status: 502, body: "" }, "convex_failed"],
    ["503 that is not Convex's", { status: 503, body: "busy" }, "convex_overloaded"],
    ["504", { status: 504, body: "" }, "convex_unreachable"],
    ["408", { status: 408, body: "" }, "convex_failed"],
    ["a broken connection", "hang up", "convex_unreachable"],
    ["half of an answer", { body: '{"status":"succ' }, "convex_failed"],
  ];

  test.each(perhapsApplied)(
    "that may have been applied is not repeated: %s",
    async (_name, reply, code) => {
      const server = await scriptedConvex([reply]);
      const error = await errorOf(removeMutation(server.client));
      expect(error.code).toBe(code);
      expect(server.received).toHaveLength(1);
      await server.close();
    },
  );

  test.each(perhapsApplied)(
    "that may be applied twice is repeated: %s",
    async (_name, reply, code) => {
      const server = await scriptedConvex([reply, reply, success("done"), reply]);
      expect(await removeMutation(server.client, { idempotent: true })).toBe("done");
      expect(server.received).toHaveLength(3);
      const error = await errorOf(removeMutation(server.client, { idempotent: true }));
      expect(error.code).toBe(code);
      await server.close();
    },
  );

  test("that is to persist is repeated until it is applied, however often it fails", async () => {
    const outage = Array<Reply>(6).fill("hang up");
    const server = await scriptedConvex([...outage, success("done")]);
    const options = { idempotent: true, persistMs: 60_000 };
    expect(await removeMutation(server.client, options)).toBe("done");
    expect(server.received).toHaveLength(7);
    await server.close();
  });

  test("that is to persist ends with its client", async () => {
    const received = new Gate();
    const server = await scriptedConvex([
      (res) => {
        received.open();
        res.destroy();
      },
    ]);
    const options = { idempotent: true, persistMs: 60_000 };
    const error = errorOf(removeMutation(server.client, options));
    await received.opened;
    await server.client.close();
    expect((await error).code).toBe("convex_unreachable");
    await server.close();
  });

  test("whose function failed is never repeated", async () => {
    const server = await scriptedConvex([failure("Uncaught Error: no")]);
    await errorOf(removeMutation(server.client, { idempotent: true }));
    expect(server.received).toHaveLength(1);
    await server.close();
  });

  test("that is not to be repeated has a connection of its own, and all others share one", async () => {
    const sockets: Socket[] = [];
    const reply: Reply = (res, req) => {
      sockets.push(req.socket);
      res.writeHead(200, { "Content-Type": "application/json" });
      res.end(JSON.stringify({ status: "success", value: null }));
    };
    const server = await scriptedConvex([reply]);
    await removeMutation(server.client, { idempotent: true });
    await removeMutation(server.client);
    await resolveQuery(server.client);
    await removeMutation(server.client);
    await removeMutation(server.client, { idempotent: true });
    const [shared, alone, again, aloneToo, last] = sockets;
    expect(again === shared && last === shared).toBe(true);
    expect(new Set([shared, alone, aloneToo]).size).toBe(3);
    await server.close();
  });
});
