import { request as httpRequest, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import { streamFrom } from "~/http/stream";
import { until } from "../../support/http-server";
import { startRemix, type RemixServer, type ResourceLoader } from "../../support/remix-server";

const PIECE_BYTES = 256 * 1024;
/** What may be between a source and a client that does not read: the kernel's own buffers. */
const IN_FLIGHT_BYTES = 32 * 1024 * 1024;

const servers: RemixServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(loader: ResourceLoader, origin?: string): Promise<RemixServer> {
  const server = await startRemix({ file: loader }, origin);
  servers.push(server);
  return server;
}

/** Collects all garbage now, as a long request would see it happen. */
const collectGarbage = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

/** Starts a request and waits for its head; the body is read by whoever wants it. */
async function open(server: RemixServer): Promise<IncomingMessage> {
  const request = httpRequest(`${server.url}/file`, { agent: false });
  request.on("error", () => undefined);
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

/** A source without end that counts what is taken from it. */
function endlessSource() {
  const state = { pulled: 0, ended: false };
  async function* content(): AsyncGenerator<Uint8Array, void> {
    try {
      const piece = Buffer.alloc(PIECE_BYTES, "x");
      for (;;) {
        // As a real source does, so that a server that never stops pulling can be caught.
        await sleep(0);
        state.pulled += piece.byteLength;
        yield piece;
      }
    } finally {
      state.ended = true;
    }
  }
  return { state, content };
}

/** Waits until the source stands still, or has run away. */
async function settled(state: { pulled: number }): Promise<void> {
  let before = -1;
  while (state.pulled !== before && state.pulled <= IN_FLIGHT_BYTES) {
    before = state.pulled;
    await sleep(300);
  }
}

describe("a response", () => {
  test("arrives byte for byte, with its status and headers, repeated ones too", async () => {
    const body = Buffer.from("é💜".repeat(300_000));
    const server = await serve(() => {
      const headers = new Headers({ "Content-Length": String(body.byteLength), "X-One": "1" });
      headers.append("Set-Cookie", "a=1");
      headers.append("Set-Cookie", "b=2");
      return new Response(new Uint8Array(body), { status: 203, headers });
    });
    const response = await fetch(`${server.url}/file`);
    expect(response.status).toBe(203);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("X-One")).toBe("1");
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    expect(server.sent).toEqual([true]);
  });

  test("to HEAD has the headers of GET and no body", async () => {
    const server = await serve(
      () => new Response("the body", { headers: { "X-One": "1", "Content-Length": "8" } }),
    );
    const response = await fetch(`${server.url}/file`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-one": "1",
      "content-length": "8",
    });
    expect(await response.text()).toBe("");
    expect(server.sent).toEqual([true]);
  });
});

describe("a client", () => {
  test("that does not read stops the source", async () => {
    const { state, content } = endlessSource();
    const server = await serve(() => new Response(streamFrom(content())));
    const response = await open(server);
    await settled(state);
    expect(state.pulled).toBeGreaterThan(0);
    expect(state.pulled).toBeLessThanOrEqual(IN_FLIGHT_BYTES);
    expect(state.ended).toBe(false);

    const before = state.pulled;
    response.resume();
    await until(() => state.pulled > before + IN_FLIGHT_BYTES);
    response.destroy();
    await until(() => state.ended);
  });

  test("that goes away ends the source and aborts the request's signal", async () => {
    const { state, content } = endlessSource();
    // Its signal is aborted only as long as somebody holds the request itself.
    let held: Request | undefined;
    const server = await serve((request) => {
      held = request;
      return new Response(streamFrom(content()));
    });
    const response = await open(server);
    response.destroy();
    await until(() => state.ended && held?.signal.aborted === true);
    await until(() => server.sent.length === 1);
    expect(server.sent).toEqual([false]);
    expect(server.failures).toEqual([]);
    const { pulled } = state;
    await sleep(50);
    expect(state.pulled).toBe(pulled);
  });

  test("that goes away while the loader works aborts its signal, however late", async () => {
    let aborted = false;
    let isWaiting = false;
    const server = await serve(async (_request, { signal }) => {
      isWaiting = true;
      await once(signal, "abort");
      aborted = true;
      return new Response("too late");
    });
    const request = httpRequest(`${server.url}/file`, { agent: false });
    request.on("error", () => undefined);
    request.end();
    await until(() => isWaiting);
    // Copies of the request hold their signals weakly.
    collectGarbage();
    await sleep(0);
    collectGarbage();
    request.destroy();
    await until(() => aborted && server.sent.length === 1);
    expect(server.sent).toEqual([false]);
    expect(server.failures).toEqual([]);
  });

  test("that gets all of it never aborts the signal", async () => {
    let signal: AbortSignal | undefined;
    const server = await serve((request) => {
      signal = request.signal;
      return new Response("all");
    });
    expect(await (await fetch(`${server.url}/file`)).text()).toBe("all");
    await until(() => server.sent.length === 1);
    expect(signal?.aborted).toBe(false);
  });
});

describe("a source that breaks", () => {
  async function* breaking(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.alloc(PIECE_BYTES, "x");
    await sleep(0);
    throw new Error("broken");
  }

  test.each([
    ["with a stated length", { "Content-Length": String(10 * PIECE_BYTES) }],
    ["in chunks", {}],
  ])("does not end the response as if it were complete: %s", async (_name, headers) => {
    const server = await serve(
      () => new Response(streamFrom(breaking()), { headers: headers as HeadersInit }),
    );
    const response = await fetch(`${server.url}/file`);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    await until(() => server.sent.length === 1);
    expect(server.sent).toEqual([false]);
    await until(() => server.failures.length === 1);
    expect(server.failures).toMatchObject([{ message: "broken" }]);
  });

  test("before its first byte does not look like an empty answer", async () => {
    const server = await serve(() => {
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.error(new Error("broken")),
      });
      return new Response(stream);
    });
    await expect(fetch(`${server.url}/file`).then((r) => r.arrayBuffer())).rejects.toThrow();
  });
});

test("the request is seen under the portal's own address, whatever Host it names", async () => {
  const seen: string[] = [];
  const server = await serve((request) => {
    seen.push(request.url, request.headers.get("Host") ?? "");
    return new Response("ok");
  }, "https://portal.example");
  const request = httpRequest(`${server.url}/file?x=1`, {
    headers: { Host: "evil.example", "X-Forwarded-Host": "evil.example" },
    agent: false,
  });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  expect(seen).toEqual(["https://portal.example/file?x=1", "portal.example"]);
});

test("a body and its headers reach the route", async () => {
  const server = await serve(async (request) => {
    const form = await request.formData();
    return new Response(`${request.method} ${String(form.get("email"))}`);
  });
  const body = new URLSearchParams({ email: "zoë@portal.test" });
  const response = await fetch(`${server.url}/file`, { method: "POST", body });
  expect(await response.text()).toBe("POST zoë@portal.test");
});
