import { afterEach, expect, test } from "vitest";
import { whenSent } from "~/http/sent";
import { endStalled, LOOKS, STALLED_MS } from "~/http/stalled-response";
import { ask, begin, startDownloads, type DownloadServer } from "../../support/download-server";
import { until } from "../../support/http-server";

/** More than the system takes for a client that does not read. */
const FILE = Buffer.alloc(32 * 1024 * 1024, '{"_id":"k1","text":"a line"},\n');
const QUERY = { query: "?run=r1" };

const servers: DownloadServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A download whose responses are looked at when the test says so. */
async function serve(beforePiece?: (start: number) => Promise<void> | void) {
  const looks = new Map<() => void, number>();
  const server = await startDownloads({
    makeFile: () => FILE,
    ...(beforePiece === undefined ? {} : { beforePiece }),
    onResponse: (res) =>
      endStalled(res, whenSent(res), (run, delayMs) => {
        looks.set(run, delayMs);
        return () => void looks.delete(run);
      }),
  });
  servers.push(server);
  const look = (times: number) => {
    for (let time = 0; time < times; time += 1) {
      const due = [...looks.keys()];
      looks.clear();
      for (const run of due) run();
    }
  };
  return { server, look, looks };
}

test("a client that reads nothing is cut off, and can come back for the rest", async () => {
  const { server, look, looks } = await serve();
  const response = await begin(server, {}, QUERY);
  response.on("error", () => undefined);
  await until(() => {
    look(1);
    return server.sent.length === 1;
  });
  expect(server.sent).toEqual([false]);
  expect(looks.size).toBe(0);
  expect(server.failures).toEqual([]);
  const [made] = server.exports;
  expect(made?.settled).toEqual([]);
  expect(made?.paused).toBe(1);

  const rest = await ask(server, { Range: "bytes=100-" }, QUERY);
  expect(rest.status).toBe(206);
  expect(rest.body.equals(FILE.subarray(100))).toBe(true);
  expect(server.exports).toHaveLength(1);
});

test("a client that does not come back either ends its export, which frees the file", async () => {
  const { server, look } = await serve();
  const response = await begin(server, {}, QUERY);
  response.on("error", () => undefined);
  await until(() => {
    look(1);
    return server.sent.length === 1;
  });
  server.expireHeld();
  const [made] = server.exports;
  expect(made?.settled).toEqual(["cancelled"]);
  await until(() => made?.reading === 0);
});

test("a client that reads a little now and then gets all of it", async () => {
  const { server, look } = await serve();
  const response = await begin(server, {}, QUERY);
  const [made] = server.exports;
  const chunks: Buffer[] = [];
  let seen = 0;
  let pauses = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    const sent = made?.sent.at(-1) ?? 0;
    // More than buffers hold on the way: the network has taken some of it.
    if (sent < seen + 1024 * 1024 || sent === FILE.byteLength) continue;
    seen = sent;
    pauses += 1;
    look(LOOKS - 1);
  }
  expect(pauses).toBeGreaterThan(1);
  expect(Buffer.concat(chunks).equals(FILE)).toBe(true);
  await until(() => server.sent.length === 1);
  expect(server.sent).toEqual([true]);
});

test("a client that waits for the portal is not cut off", async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { server, look } = await serve((start) => (start > 0 ? held : undefined));
  const response = await begin(server, {}, QUERY);
  const iterator = response.iterator({ destroyOnReturn: false });
  await iterator.next();
  look(3 * LOOKS);
  expect(server.sent).toEqual([]);
  release();
  for await (const chunk of iterator) expect(chunk).toBeInstanceOf(Buffer);
  await until(() => server.sent.length === 1);
  expect(server.sent).toEqual([true]);
});

test("the looks are spread over the time that a client may take nothing", async () => {
  const { server, looks } = await serve();
  const response = await begin(server, {}, QUERY);
  expect([...looks.values()]).toEqual([STALLED_MS / LOOKS]);
  response.resume();
  await until(() => server.sent.length === 1);
  expect(looks.size).toBe(0);
});
