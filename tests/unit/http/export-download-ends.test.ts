import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import {
  ask,
  begin,
  readAndLeave,
  startDownloads,
  type DownloadServer,
  type DownloadServerOptions,
} from "../../support/download-server";
import { until } from "../../support/http-server";

const FILE = Buffer.alloc(32 * 1024 * 1024, '{"_id":"k1","text":"a line"},\n');

const servers: DownloadServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: Partial<DownloadServerOptions> = {}): Promise<DownloadServer> {
  const server = await startDownloads({ makeFile: () => FILE, ...options });
  servers.push(server);
  return server;
}

describe("a program that accepts gzip", () => {
  test("gets it, with the digest of the file that is in it and nothing to resume by", async () => {
    const server = await serve();
    const { status, headers, body } = await ask(server, { "Accept-Encoding": "gzip" });
    const [made] = server.exports;
    expect(status).toBe(200);
    expect(gunzipSync(body).equals(FILE)).toBe(true);
    expect(headers).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "application/json; charset=utf-8",
      "unencoded-digest": `sha-256=:${made?.file.digest.toString("base64")}:`,
      etag: made?.etag.replace(/"$/, '-gzip"'),
    });
    for (const name of ["content-length", "accept-ranges", "repr-digest"]) {
      expect(headers[name], name).toBeUndefined();
    }
    await until(() => made?.settled.length === 1);
    expect(made?.settled).toEqual(["completed"]);
    expect(made?.sent.at(-1)).toBe(FILE.byteLength);
  });

  test("gets a part of the file itself where it asks for one", async () => {
    const server = await serve();
    const first = await begin(server, {}, { query: "?run=r1" });
    await readAndLeave(first, 1);
    await until(() => server.sent.length === 1);
    const headers = { "Accept-Encoding": "gzip", Range: "bytes=10-19" };
    const part = await ask(server, headers, { query: "?run=r1" });
    expect(part.status).toBe(206);
    expect(part.headers["content-encoding"]).toBeUndefined();
    expect(part.body.equals(FILE.subarray(10, 20))).toBe(true);
  });

  test("cannot complete the file with what it got of the gzip", async () => {
    const server = await serve();
    const response = await begin(server, { "Accept-Encoding": "gzip" }, { query: "?run=r1" });
    await readAndLeave(response, 1);
    await until(() => server.sent.length === 1);
    expect(server.exports[0]?.settled).toEqual([]);
    await ask(server, { Range: "bytes=1000-" }, { query: "?run=r1" });
    await until(() => server.sent.length === 2);
    expect(server.exports[0]?.settled).toEqual([]);
  });
});

describe("a file that breaks while it is sent", () => {
  test.each([
    ["as it is", {}],
    ["as gzip", { "Accept-Encoding": "gzip" }],
  ])("breaks the connection, and fails its run: %s", async (_name, headers) => {
    const server = await serve({ breaksAt: 20_000_000 });
    await expect(ask(server, headers)).rejects.toThrow();
    await until(() => server.failures.length === 1);
    expect(server.failures).toMatchObject([{ message: "the source broke" }]);
    expect(server.exports[0]?.settled).toEqual(["failed"]);
    expect(server.sent).toEqual([false]);
  });
});

describe("a delivery that is cancelled", () => {
  test.each([
    ["as it is", {}],
    ["as gzip", { "Accept-Encoding": "gzip" }],
  ])("breaks the connection, which is no fault: %s", async (_name, headers) => {
    const server = await serve();
    const response = await begin(server, headers, { query: "?run=r1" });
    server.cancel("r1");
    await expect(buffer(response)).rejects.toThrow("aborted");
    await until(() => server.logLines.some((line) => line.includes("a delivery was cancelled")));
    expect(server.failures).toEqual([]);
    expect(server.exports[0]?.settled).toEqual(["cancelled"]);
  });
});

describe("a client that goes away", () => {
  test.each([
    ["as it is", {}],
    ["as gzip", { "Accept-Encoding": "gzip" }],
  ])("ends the reading of its file: %s", async (_name, headers) => {
    const server = await serve({ holdMs: 0 });
    const response = await begin(server, headers);
    await readAndLeave(response, 1);
    const [made] = server.exports;
    await until(() => made?.settled.length === 1 && made.reading === 0);
    expect(made?.settled).toEqual(["cancelled"]);
    expect(made?.sent.at(-1)).toBeLessThan(FILE.byteLength);
    expect(server.failures).toEqual([]);
  });
});

describe("while the portal stops", () => {
  test("a new export is refused with a time to come back, and what is being sent ends", async () => {
    const server = await serve();
    const response = await begin(server, {}, { query: "?run=r1" });
    server.stop();
    const refused = await ask(server, {}, { query: "?run=r2" });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.body.toString()).toContain("The portal is restarting");
    expect(server.exports).toHaveLength(1);

    const part = await ask(server, { Range: "bytes=0-9" }, { query: "?run=r1" });
    expect(part.status).toBe(206);
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(FILE)).toBe(true);
    await until(() => server.exports[0]?.settled.length === 1);
    expect(server.exports[0]?.settled).toEqual(["completed"]);
  });

  test("what broke off before is held no longer", async () => {
    const server = await serve();
    await readAndLeave(await begin(server, {}, { query: "?run=r1" }), 1_000_000);
    await until(() => server.sent.length === 1);
    expect(server.exports[0]?.settled).toEqual([]);
    server.stop();
    expect(server.exports[0]?.settled).toEqual(["cancelled"]);
    expect((await ask(server, {}, { query: "?run=r1" })).status).toBe(503);
  });
});
