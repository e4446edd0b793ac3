import { createHash } from "node:crypto";
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

/** More than the buffers of a connection hold, so that a client can leave in the middle. */
const LARGE_BYTES = 32 * 1024 * 1024;

const servers: DownloadServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Each export has a file of its own, as two snapshots have. */
async function serve(options: Partial<DownloadServerOptions> = {}): Promise<DownloadServer> {
  let exportNumber = 0;
  const makeFile = () => Buffer.alloc(100_000, `export ${(exportNumber += 1)} holds this. `);
  const server = await startDownloads({ makeFile, ...options });
  servers.push(server);
  return server;
}

/** A server with one export, whose delivery broke off. */
async function serveBroken(headers: Record<string, string> = {}, query = "") {
  let exportNumber = 0;
  const makeFile = () => {
    exportNumber += 1;
    return Buffer.alloc(LARGE_BYTES, `export ${exportNumber} holds ${exportNumber ** 3}. `);
  };
  const server = await serve({ makeFile });
  const part = await readAndLeave(await begin(server, headers, { query }), 1_000_000);
  await until(() => server.sent.length === 1);
  const [made] = server.exports;
  if (made === undefined) throw new Error("no export was made");
  return { server, made, part };
}

describe("a download", () => {
  test("says what it is, how long, and how to get the rest of it", async () => {
    const server = await serve();
    const { status, headers, body } = await ask(server);
    const digest = createHash("sha256").update(body);
    expect(status).toBe(200);
    expect(body.equals(server.exports[0]?.bytes ?? Buffer.alloc(0))).toBe(true);
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-disposition": 'attachment; filename="supportsignal-db-export-2026-01-31-0405.json"',
      "cache-control": "private, no-store",
      "content-length": "100000",
      "accept-ranges": "bytes",
      "repr-digest": `sha-256=:${digest.copy().digest("base64")}:`,
      etag: `"${digest.digest("hex")}"`,
    });
    await until(() => server.exports[0]?.settled[0] === "completed");
    expect(server.exports[0]?.sent.at(-1)).toBe(100_000);
  });

  test.each([
    ["zip", "application/zip"],
    ["ndjson", "application/x-ndjson; charset=utf-8"],
  ] as const)(
    "of the format %s says so, also where only its head is asked for",
    async (format, type) => {
      const server = await serve({ format });
      const head = await ask(server, {}, { method: "HEAD" });
      expect(server.exports).toEqual([]);
      const { headers } = await ask(server);
      for (const each of [head.headers, headers]) {
        expect(each["content-type"]).toBe(type);
        expect(each["content-disposition"]).toMatch(
          new RegExp(`^attachment; filename=".+\\.${format}"$`),
        );
      }
    },
  );

  test("of a bundle is not compressed again, so that it can be resumed", async () => {
    const server = await serve({ format: "zip" });
    const { headers } = await ask(server, { "Accept-Encoding": "gzip" });
    expect(headers["content-encoding"]).toBeUndefined();
    expect(headers).toMatchObject({ "accept-ranges": "bytes", "content-length": "100000" });
  });

  test("that is asked for again is a new export", async () => {
    const server = await serve();
    const [first, second] = [await ask(server), await ask(server)];
    expect(server.exports).toHaveLength(2);
    expect(first.headers.etag).not.toBe(second.headers.etag);
  });

  test("of a run that was delivered is refused", async () => {
    const server = await serve();
    expect((await ask(server, {}, { query: "?run=r1" })).status).toBe(200);
    await until(() => server.exports[0]?.settled.length === 1);
    expect((await ask(server, {}, { query: "?run=r1" })).status).toBe(409);
  });

  test("whose end cannot be recorded is logged, and has reached its client", async () => {
    const server = await serve({ settleError: new TypeError("quotes data") });
    expect((await ask(server)).status).toBe(200);
    await until(() => server.logLines.length > 0);
    expect(server.logLines.join()).toContain("the end of an export was not recorded");
    expect(server.logLines.join()).not.toContain("quotes data");
  });
});

describe("HEAD", () => {
  test("makes no export, and has the headers of one that is held", async () => {
    const { server, made } = await serveBroken({}, "?run=r1");
    const fresh = await ask(server, {}, { method: "HEAD" });
    expect(fresh.status).toBe(200);
    expect(fresh.headers["content-disposition"]).toMatch(/^attachment/);
    expect(fresh.headers.etag).toBeUndefined();

    const held = await ask(server, { Range: "bytes=5-9" }, { method: "HEAD", query: "?run=r1" });
    expect(held.status).toBe(200);
    expect(held.body).toHaveLength(0);
    expect(held.headers).toMatchObject({
      "content-length": String(LARGE_BYTES),
      "accept-ranges": "bytes",
      etag: made.etag,
    });
    const gzip = await ask(
      server,
      { "Accept-Encoding": "gzip" },
      { method: "HEAD", query: "?run=r1" },
    );
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gzip.headers["content-length"]).toBeUndefined();
    expect(server.exports).toHaveLength(1);
    expect(made.settled).toEqual([]);
  });
});

describe("a download that broke off", () => {
  test("goes on where it stopped, with If-Range, and is complete then", async () => {
    const { server, made, part } = await serveBroken();
    expect(made.settled).toEqual([]);
    const start = part.byteLength;
    const rest = await ask(server, { Range: `bytes=${start}-`, "If-Range": made.etag });
    expect(rest.status).toBe(206);
    expect(rest.headers).toMatchObject({
      "content-range": `bytes ${start}-${LARGE_BYTES - 1}/${LARGE_BYTES}`,
      "content-length": String(LARGE_BYTES - start),
      "repr-digest": `sha-256=:${made.file.digest.toString("base64")}:`,
      "content-disposition": `attachment; filename="${made.file.name}"`,
      etag: made.etag,
    });
    expect(Buffer.concat([part, rest.body]).equals(made.bytes)).toBe(true);
    expect(server.exports).toHaveLength(1);
    await until(() => made.settled.length === 1);
    expect(made.settled).toEqual(["completed"]);
  });

  test("goes on by its run alone, as curl and wget ask", async () => {
    const { server, made, part } = await serveBroken({}, "?run=r1");
    const headers = { Range: `bytes=${part.byteLength}-` };
    const rest = await ask(server, headers, { query: "?run=r1" });
    expect(rest.status).toBe(206);
    expect(Buffer.concat([part, rest.body]).equals(made.bytes)).toBe(true);
  });

  test("is sent whole from what is held, when its run is asked for without a range", async () => {
    const { server, made } = await serveBroken({}, "?run=r1");
    const again = await ask(server, {}, { query: "?run=r1" });
    expect(again.status).toBe(200);
    expect(again.body.equals(made.bytes)).toBe(true);
    expect(server.exports).toHaveLength(1);
  });

  test.each<[string, (etag: string) => string]>([
    ["another file", () => `"${"0".repeat(64)}"`],
    ["it weakly", (etag) => `W/${etag}`],
    ["its gzip", (etag) => etag.replace(/"$/, '-gzip"')],
    ["a date", () => "Sat, 31 Jan 2026 04:05:06 GMT"],
    ["it in other letters", (etag) => etag.toUpperCase()],
  ])("is a new export, whole, when If-Range names %s", async (_name, validator) => {
    const { server, made } = await serveBroken();
    const headers = { Range: "bytes=1000000-", "If-Range": validator(made.etag) };
    const answer = await ask(server, headers);
    expect(answer.status).toBe(200);
    expect(server.exports).toHaveLength(2);
    expect(answer.body.equals(server.exports[1]?.bytes ?? Buffer.alloc(0))).toBe(true);
    expect(answer.headers["content-range"]).toBeUndefined();
  });

  test("is a new export, whole, when only a range is named: it may be of another file", async () => {
    const { server } = await serveBroken();
    const answer = await ask(server, { Range: "bytes=1000000-" });
    expect(answer.status).toBe(200);
    expect(server.exports).toHaveLength(2);
  });

  test("is a new export when its validator comes without a range", async () => {
    const { server, made } = await serveBroken();
    const answer = await ask(server, { "If-Range": made.etag });
    expect(answer.status).toBe(200);
    expect(server.exports).toHaveLength(2);
  });

  test("is sent whole when its run is asked for with the validator of another file", async () => {
    const { server, made } = await serveBroken({}, "?run=r1");
    const headers = { Range: "bytes=1000000-", "If-Range": '"another"' };
    const answer = await ask(server, headers, { query: "?run=r1" });
    expect(answer.status).toBe(200);
    expect(answer.body.equals(made.bytes)).toBe(true);
  });

  test("is never found by another session", async () => {
    const { server, made } = await serveBroken({ "X-Session": "session-1" }, "?run=r1");
    const other = { "X-Session": "session-2", Range: "bytes=1000000-" };
    expect((await ask(server, other, { query: "?run=r1" })).status).toBe(409);
    const head = await ask(server, other, { method: "HEAD", query: "?run=r1" });
    expect(head.headers.etag).toBeUndefined();
    const answer = await ask(server, { ...other, "If-Range": made.etag });
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).not.toBe(made.etag);
  });

  test("is not taken for one of other tables", async () => {
    const { server, made } = await serveBroken({}, "?run=r1&tables=sites");
    const headers = { Range: "bytes=1000000-", "If-Range": made.etag };
    expect((await ask(server, headers, { query: "?run=r1" })).status).toBe(409);
    expect((await ask(server, headers)).status).toBe(200);
    expect((await ask(server, headers, { query: "?tables=sites" })).status).toBe(206);
  });

  test("is forgotten when the time to resume it has passed", async () => {
    const { server, made } = await serveBroken();
    server.expireHeld();
    expect(made.settled).toEqual(["cancelled"]);
    const headers = { Range: "bytes=1000000-", "If-Range": made.etag };
    expect((await ask(server, headers)).status).toBe(200);
    expect(server.exports).toHaveLength(2);
  });

  test("can be fetched in several parts at once", async () => {
    const { server, made } = await serveBroken();
    const size = LARGE_BYTES / 4;
    const parts = await Promise.all(
      [0, 1, 2, 3].map((index) => {
        const range = `bytes=${index * size}-${(index + 1) * size - 1}`;
        return ask(server, { Range: range, "If-Range": made.etag });
      }),
    );
    expect(parts.map(({ status }) => status)).toEqual([206, 206, 206, 206]);
    expect(Buffer.concat(parts.map(({ body }) => body)).equals(made.bytes)).toBe(true);
    await until(() => made.settled.length === 1);
    expect(made.settled).toEqual(["completed"]);
  });
});

describe("a range", () => {
  test("that has no byte of the file is a 416 that says how long it is", async () => {
    const { server, made } = await serveBroken();
    const headers = { Range: `bytes=${LARGE_BYTES}-`, "If-Range": made.etag };
    const answer = await ask(server, headers);
    expect(answer.status).toBe(416);
    expect(answer.headers["content-range"]).toBe(`bytes */${LARGE_BYTES}`);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(made.settled).toEqual([]);
    const rest = await ask(server, { Range: "bytes=-5", "If-Range": made.etag });
    expect(rest.body.equals(made.bytes.subarray(-5))).toBe(true);
  });

  test.each(["bytes=0-4,10-14", "lines=1-2", "bytes=9-1"])(
    "such as %s is ignored: all of the held file is sent",
    async (range) => {
      const { server, made } = await serveBroken();
      const answer = await ask(server, { Range: range, "If-Range": made.etag });
      expect(answer.status).toBe(200);
      expect(answer.body.equals(made.bytes)).toBe(true);
      expect(server.exports).toHaveLength(1);
    },
  );
});
