import { getEventListeners, once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createConvexSource } from "~/convex/export-source";
import { ExportError } from "~/export/errors";
import type { LinesSink } from "~/export/source";
import {
  collectLines,
  errorOf,
  failure,
  FINGERPRINT_KEY,
  page,
  scriptedConvex,
  streamPage,
  success,
  TIMESTAMP,
  type CollectedLines,
  type Reply,
  type ScriptedConvex,
} from "../../support/scripted-convex";

const actor = { kind: "command_line", name: "test" } as const;

const LINES = '{"_id":"k1","note":"\\"quoted\\" \\\\ 😀"},\n{"_id":"k2"}';

/** A page whose body breaks off in the lines. */
const brokenPage: Reply = (res) => {
  const text = JSON.stringify(page({ users: LINES }).body);
  res.writeHead(200, { "Content-Type": "application/json", "Content-Length": text.length });
  res.write(text.slice(0, text.indexOf("quoted")), () => res.destroy());
};

/** Opens sinks and keeps them. */
function recordSinks() {
  const sinks: CollectedLines[] = [];
  const openSink = () => {
    const sink = collectLines();
    sinks.push(sink);
    return sink;
  };
  return { sinks, openSink };
}

function readPage(server: ScriptedConvex, openSink: () => LinesSink = collectLines) {
  const request = {
    tables: ["users", "sites"],
    range: { from: 1700000000000.25, before: null },
    cursor: "c",
    maximumBytes: 100,
    maximumDocuments: 10,
    fingerprintKey: FINGERPRINT_KEY,
  };
  return createConvexSource(server.client, actor).readPage(TIMESTAMP, request, openSink);
}

describe("the source of exports", () => {
  test("asks for a page at the timestamp, and describes what the sink got", async () => {
    const next = { table: "sites", from: 1700000000001.5, cursor: null };
    const tables = [
      { lines: LINES, name: "users", records: 2 },
      { lines: "", name: "sites", records: 0 },
    ];
    const value = { tables, next, redactions: { "users.email": 2 }, withheld: { "users.x": 1 } };
    const server = await scriptedConvex([success(value)]);
    const { sinks, openSink } = recordSinks();

    expect(await readPage(server, openSink)).toEqual({
      tables: [
        { name: "users", records: 2, bytes: Buffer.byteLength(LINES) },
        { name: "sites", records: 0, bytes: 0 },
      ],
      next,
      redactions: { "users.email": 2 },
      withheld: { "users.x": 1 },
    });
    expect(sinks.map((sink) => sink.tables)).toEqual([[LINES, ""]]);
    expect(server.received[0]).toMatchObject({
      path: "/api/query_at_ts",
      body: {
        path: "exports:readLines",
        ts: TIMESTAMP,
        format: "convex_encoded_json",
        args: {
          actor,
          tables: ["users", "sites"],
          fingerprintKey: FINGERPRINT_KEY,
          page: {
            range: { from: 1700000000000.25, before: null },
            cursor: "c",
            maximumBytes: 100,
            maximumDocuments: 10,
          },
          encoding: "latin1",
        },
      },
    });
    await server.close();
  });

  const rest = { next: null, redactions: {}, withheld: {} };

  test.each<[string, unknown]>([
    ["without tables", rest],
    ["without an end", { tables: [], redactions: {}, withheld: {} }],
    ["that is null", null],
    ["whose lines are null", { ...rest, tables: [{ name: "a", records: 1, lines: null }] }],
    ["whose lines are a number", { ...rest, tables: [{ name: "a", records: 1, lines: 1 }] }],
    ["whose lines are no text", { ...rest, tables: [{ name: "a", records: 1, lines: ["x"] }] }],
    ["whose records are no number", { ...rest, tables: [{ name: "a", records: "1", lines: "" }] }],
    ["that goes on nowhere", { ...rest, tables: [], next: { table: "a", cursor: null } }],
  ])("refuses a page %s", async (_name, value) => {
    const server = await scriptedConvex([success(value)]);
    const error = await errorOf(readPage(server));
    expect(error.code).toBe("convex_failed");
    expect(error.detail).toContain("readLines");
    expect(server.received).toHaveLength(1);
    await server.close();
  });

  test.each(['"lines":"y","lines":"x"', '"lines":"y","lines":9'])(
    "refuses a page that gives the lines of a table twice: %s",
    async (twice) => {
      const text = JSON.stringify(page({ users: "x" }).body);
      const server = await scriptedConvex([{ body: text.replace('"lines":"x"', twice) }]);
      expect((await errorOf(readPage(server))).code).toBe("convex_failed");
      await server.close();
    },
  );
});

describe("a page that fails on its way", () => {
  test.each<[string, Reply]>([
    ["breaks off", brokenPage],
    ["is cut, as if it were whole", { body: '{"value":{"tables":[{"lines":"half of' }],
    ["is not JSON", { body: '{"value":{"tables":[{"lines":"\\x"}]}}' }],
    ["is answered with overload", { status: 503, body: { code: "WorkerOverloaded" } }],
    ["is answered by a proxy", { headers: { "Content-Type": "text/html" }, body: "<html>" }],
  ])("is read again into another sink when it %s", async (_name, reply) => {
    const server = await scriptedConvex([reply, reply, page({ users: LINES })]);
    const { sinks, openSink } = recordSinks();
    const { lengths } = await streamPage(server.client, openSink);
    expect(lengths).toEqual([Buffer.byteLength(LINES)]);
    expect(sinks.map((sink) => sink.tables)).toEqual([[], [], [LINES]]);
    await server.close();
  });

  test("for good is malformed, without a word of it", async () => {
    const server = await scriptedConvex([{ body: '{"value":{"tables":[{"lines":"secret\u0007"' }]);
    const error = await errorOf(streamPage(server.client));
    expect(error.code).toBe("convex_failed");
    expect(error.detail).toContain("exports:readLines: the answer is malformed");
    expect(JSON.stringify({ ...error, cause: error.cause })).not.toContain("secret");
    expect(server.received).toHaveLength(4);
    await server.close();
  });

  test("in the function is classed, whatever its data looks like", async () => {
    const data = {
      code: "forbidden",
      message: "no",
      lines: "x",
      value: { tables: [{ lines: "y" }] },
    };
    const server = await scriptedConvex([failure('Uncaught {"lines":"x"}', data)]);
    const { sinks, openSink } = recordSinks();
    expect((await errorOf(streamPage(server.client, openSink))).code).toBe("forbidden");
    expect(sinks.map((sink) => sink.tables)).toEqual([[]]);
    await server.close();
  });
});

describe("a sink", () => {
  /** Much more than the network holds between the two, so that the server sees when it is given up. */
  const long = page({ users: `{"_id":"${"long ".repeat(5_000_000)}"}` }).body;

  test.each<[string, (error: ExportError) => LinesSink]>([
    [
      "throws",
      (error) => ({
        ...collectLines(),
        write: () => {
          throw error;
        },
      }),
    ],
    ["rejects", (error) => ({ ...collectLines(), write: () => Promise.reject(error) })],
  ])("that %s ends the call and the connection, without another attempt", async (_how, sinkOf) => {
    let closed: Promise<unknown> | undefined;
    const server = await scriptedConvex([
      (res) => {
        closed = once(res, "close");
        res.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(long));
      },
    ]);
    const error = new ExportError("disk_full", "full");
    await expect(streamPage(server.client, () => sinkOf(error))).rejects.toBe(error);
    await closed;
    expect(server.received).toHaveLength(1);
    await server.close();
  });

  test("that throws at the end of a table ends the call", async () => {
    const error = new ExportError("incomplete", "no");
    const sink = {
      ...collectLines(),
      endTable: () => {
        throw error;
      },
    };
    const server = await scriptedConvex([page({ users: LINES })]);
    await expect(streamPage(server.client, () => sink)).rejects.toBe(error);
    await server.close();
  });

  test("that cannot be opened ends the call", async () => {
    const error = new ExportError("too_large", "no room");
    const server = await scriptedConvex([page({ users: LINES })]);
    const openSink = () => {
      throw error;
    };
    await expect(streamPage(server.client, openSink)).rejects.toBe(error);
    expect(server.received).toEqual([]);
    await server.close();
  });

  test("gets nothing more while it asks to wait", async () => {
    const collected = collectLines();
    let isWaiting = false;
    const sink: LinesSink = {
      write(lines) {
        expect(isWaiting).toBe(false);
        isWaiting = true;
        void collected.write(lines);
        return nextTurn().then(() => void (isWaiting = false));
      },
      endTable() {
        expect(isWaiting).toBe(false);
        collected.endTable();
      },
    };
    const tables = { a: LINES.repeat(20_000), b: LINES, c: "", d: LINES };
    const server = await scriptedConvex([page(tables)]);
    await streamPage(server.client, () => sink);
    expect(collected.tables).toEqual(Object.values(tables));
    await server.close();
  });

  test("and a request leave nothing behind on a signal that many share", async () => {
    const { signal } = new AbortController();
    const busy = { status: 503, headers: { "Retry-After": "1" }, body: {} };
    const server = await scriptedConvex([busy, brokenPage, page({ users: LINES })]);
    const sink = { ...collectLines(), write: () => nextTurn() };
    await streamPage(server.client, () => sink, signal);
    await streamPage(server.client, () => sink, signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await server.close();
  });

  test("that waits does not hold up the end of a request that is aborted", async () => {
    let closed: Promise<unknown> | undefined;
    const server = await scriptedConvex([
      (res) => {
        closed = once(res, "close");
        res.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(long));
      },
    ]);
    const controller = new AbortController();
    const reason = new Error("gone");
    const sink: LinesSink = {
      ...collectLines(),
      write() {
        setImmediate(() => controller.abort(reason));
        return new Promise(() => undefined);
      },
    };
    await expect(streamPage(server.client, () => sink, controller.signal)).rejects.toBe(reason);
    await closed;
    await server.close();
  });
});
