import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ConvexClient, type ConvexClientOptions } from "~/convex/client";
import { unusedUrl } from "../../support/http-server";
import {
  DEPLOY_KEY,
  errorOf,
  removeMutation,
  resolveQuery,
  scriptedConvex,
  success,
  type Reply,
} from "../../support/scripted-convex";

const JSON_TYPE = { "Content-Type": "application/json" };

/** Sends headers and a part of the body, and then nothing any more. */
const stall = (res: ServerResponse) => {
  res.writeHead(200, { ...JSON_TYPE, "Content-Length": 1000 });
  res.write('{"status":"success","value":"');
};

/** A server that tells when the client closes a connection. */
async function watchedConvex(
  reply: (res: ServerResponse) => void,
  options: Partial<ConvexClientOptions>,
) {
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const server = await scriptedConvex(
    [
      (res) => {
        res.once("close", close);
        reply(res);
      },
    ],
    options,
  );
  return { server, closed };
}

describe("a request", () => {
  test("without an answer ends when its time is up", async () => {
    const server = await scriptedConvex([() => undefined], { timeoutMs: 100 });
    const error = await errorOf(removeMutation(server.client));
    expect(error).toMatchObject({ code: "convex_unreachable" });
    expect(error.detail).toContain("100 ms");
    await server.close();
  });

  test("without an answer is repeated where it only reads", async () => {
    const server = await scriptedConvex([() => undefined, success("late")], { timeoutMs: 500 });
    expect(await resolveQuery(server.client)).toBe("late");
    await server.close();
  });

  test("whose body does not end in time ends, though bytes still come", async () => {
    const trickle: Reply = (res) => {
      res.writeHead(200, JSON_TYPE);
      const timer = setInterval(() => res.write(" "), 10);
      res.once("close", () => clearInterval(timer));
    };
    const server = await scriptedConvex([trickle], { timeoutMs: 200 });
    const error = await errorOf(removeMutation(server.client));
    expect(error).toMatchObject({ code: "convex_unreachable" });
    expect(error.detail).toContain("200 ms");
    await server.close();
  });

  test("whose body stalls ends before its time is up", async () => {
    const server = await scriptedConvex([stall], { timeoutMs: 60_000, stallMs: 100 });
    const error = await errorOf(removeMutation(server.client));
    expect(error).toMatchObject({ code: "convex_unreachable" });
    expect(error.detail).toContain("UND_ERR_BODY_TIMEOUT");
    await server.close();
  });

  test("whose connection breaks in the body is repeated where it only reads", async () => {
    const breakOff: Reply = (res) => {
      res.writeHead(200, { ...JSON_TYPE, "Content-Length": 1000 });
      res.write('{"status":"success","value":"', () => res.destroy());
    };
    const server = await scriptedConvex([breakOff, success("whole")]);
    expect(await resolveQuery(server.client)).toBe("whole");
    expect(server.received).toHaveLength(2);
    await server.close();
  });

  test("that is answered with what is no HTTP is convex_unreachable, without quoting it", async () => {
    const secret = "HTTP/1.1 200 OK\r\nsecret document: broken\r\nContent-Length: x\r\n\r\n{}";
    const server = await scriptedConvex([(res) => res.socket?.end(secret)]);
    const error = await errorOf(removeMutation(server.client));
    expect(error.code).toBe("convex_unreachable");
    expect(error.detail).toContain("HTTPParserError");
    expect(JSON.stringify({ ...error, cause: error.cause })).not.toContain("document");
    await server.close();
  });

  test("to nobody is convex_unreachable, and says why", async () => {
    const url = await unusedUrl();
    const client = new ConvexClient({
      url,
      deployKey: DEPLOY_KEY,
      timeoutMs: 1000,
      retryDelayMs: 1,
    });
    const error = await errorOf(resolveQuery(client));
    expect(error.code).toBe("convex_unreachable");
    expect(error.detail).toContain("ECONNREFUSED");
    await client.close();
  });

  test("after the client was closed fails", async () => {
    const server = await scriptedConvex([success(null)]);
    await server.client.close();
    expect((await errorOf(removeMutation(server.client))).code).toBe("convex_unreachable");
    expect(server.received).toEqual([]);
    await server.close();
  });
});

describe("a connection", () => {
  test("is used again, also after an error", async () => {
    const sockets = new Set<Socket>();
    const server = await scriptedConvex([
      (res, req) => {
        sockets.add(req.socket);
        const isOdd = server.received.length % 2 === 1;
        res.writeHead(isOdd ? 503 : 200, JSON_TYPE).end(JSON.stringify(success("x").body));
      },
    ]);
    for (let count = 0; count < 5; count += 1) await resolveQuery(server.client);
    expect(server.received).toHaveLength(10);
    // A second one is opened where the first is not free in the very moment in which its answer ends.
    expect(sockets.size).toBeLessThanOrEqual(2);
    await server.close();
  });

  /** Longer than a test may take, so that only what is tested closes a connection. */
  const patient = { timeoutMs: 300_000, stallMs: 300_000, deadlineMs: 300_000 };

  test.each<[string, (res: ServerResponse) => void]>([
    ["before an answer", () => undefined],
    ["in the body", stall],
  ])("is closed at once when the request is aborted %s", async (_when, reply) => {
    const { server, closed } = await watchedConvex(reply, patient);
    const controller = new AbortController();
    const reason = new Error("gone");
    const query = server.client.pinTimestamp(controller.signal);
    while (server.received.length === 0) await nextTurn();
    controller.abort(reason);
    await expect(query).rejects.toBe(reason);
    await closed;
    await server.close();
  });

  test.each([
    ["an error", 500, "application/json"],
    ["an answer of a proxy", 200, "text/html"],
    ["an answer that is too long", 200, "application/json"],
  ])("is closed at once when %s does not end", async (_what, status, type) => {
    const endless = (res: ServerResponse) => {
      res.writeHead(status, { "Content-Type": type });
      const piece = Buffer.alloc(64 * 1024, "x");
      const more = () => {
        while (res.write(piece));
        res.once("drain", more);
      };
      more();
    };
    const { server, closed } = await watchedConvex(endless, patient);
    expect((await errorOf(removeMutation(server.client))).code).toBe("convex_failed");
    await closed;
    await server.close();
  });
});

describe("an answer", () => {
  test.each(["application/json", "Application/JSON; charset=utf-8", "application/json;x=y"])(
    "of the type %s is read",
    async (type) => {
      const headers = { "Content-Type": type };
      const server = await scriptedConvex([{ ...success("x"), headers }]);
      expect(await resolveQuery(server.client)).toBe("x");
      await server.close();
    },
  );

  test.each(["text/html", "text/plain", "application/jsonp", "application/problem+json", ""])(
    "of the type %j is not Convex's",
    async (type) => {
      const headers = { "Content-Type": type };
      const server = await scriptedConvex([{ ...success("x"), headers }]);
      const error = await errorOf(removeMutation(server.client));
      expect(error.code).toBe("convex_failed");
      expect(error.detail).toContain("Content-Type");
      await server.close();
    },
  );

  test("without a type is not Convex's", async () => {
    const server = await scriptedConvex([(res) => res.end(JSON.stringify(success("x").body))]);
    expect((await errorOf(removeMutation(server.client))).code).toBe("convex_failed");
    await server.close();
  });

  test("of up to 16 MiB is read, and a longer one is refused and not asked for again", async () => {
    const limit = 16 * 1024 * 1024;
    const [fits, longer] = [0, 1].map((more) => {
      const frame = JSON.stringify(success("").body).length;
      return success("x".repeat(limit - frame + more));
    });
    const server = await scriptedConvex([fits ?? {}, longer ?? {}]);
    expect(await resolveQuery(server.client)).toMatch(/^x{100}/);
    const error = await errorOf(resolveQuery(server.client));
    expect(error.code).toBe("convex_failed");
    expect(error.detail).toContain(String(limit));
    expect(server.received).toHaveLength(2);
    await server.close();
  });
});
