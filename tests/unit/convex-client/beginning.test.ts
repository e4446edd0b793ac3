import { describe, expect, test } from "vitest";
import { createConvexSource } from "~/convex/export-source";
import {
  collectLines,
  errorOf,
  FINGERPRINT_KEY,
  scriptedConvex,
  success,
  TIMESTAMP,
  type ScriptedConvex,
} from "../../support/scripted-convex";

const actor = { kind: "command_line", name: "test" } as const;

const summary = {
  version: "1.0",
  exportedBy: "x",
  tables: [
    {
      name: "a",
      records: 3,
      sampledRecords: 2,
      sampledBytes: 9,
      sampledDeviation: 0.5,
      oldest: 1.5,
      newest: 1.5,
    },
    {
      name: "b",
      records: 0,
      sampledRecords: 0,
      sampledBytes: 0,
      sampledDeviation: null,
      oldest: null,
      newest: null,
    },
  ],
  relations: {},
  sanitization: {
    policyVersion: "1",
    excludedTables: [],
    excludedFields: [],
    redactedFields: [],
  },
  searchedFields: [],
  excludedTables: [],
};

const LINE = '{"_id":"k1","note":"\\"quoted\\" 😀"}';

const nothing = { asked: [], tables: [], next: null, redactions: {}, withheld: {} };
const firstPage = {
  ...nothing,
  asked: ["users", "sites"],
  tables: [
    { lines: LINE, name: "users", records: 1 },
    { lines: "", name: "sites", records: 0 },
  ],
  redactions: { "users.email": 1 },
};

/** Begins an export with a first page. @returns what came, and the sinks that were opened */
function beginWithPage(server: ScriptedConvex) {
  const sinks: ReturnType<typeof collectLines>[] = [];
  const openSink = () => {
    const sink = collectLines();
    sinks.push(sink);
    return sink;
  };
  const page = {
    maximumBytes: 100,
    maximumDocuments: 10,
    fingerprintKey: FINGERPRINT_KEY,
    openSink,
  };
  return { sinks, begun: createConvexSource(server.client, actor).begin(TIMESTAMP, page) };
}

describe("the beginning of an export", () => {
  test("is the summary alone where no page is asked for", async () => {
    const server = await scriptedConvex([success({ ...nothing, summary })]);
    const begun = await createConvexSource(server.client, actor).begin(TIMESTAMP, null);
    expect(begun).toEqual({ summary, first: null });
    expect(server.received).toMatchObject([
      { path: "/api/query_at_ts", body: { path: "exports:begin", ts: TIMESTAMP, args: { actor } } },
    ]);
    expect(server.received[0]?.body["args"]).not.toHaveProperty("page");
    await server.close();
  });

  test("carries the first page of a small database to a sink", async () => {
    const server = await scriptedConvex([success({ ...firstPage, summary })]);
    const { sinks, begun } = beginWithPage(server);
    expect(await begun).toEqual({
      summary,
      first: {
        asked: ["users", "sites"],
        page: {
          tables: [
            { name: "users", records: 1, bytes: Buffer.byteLength(LINE) },
            { name: "sites", records: 0, bytes: 0 },
          ],
          next: null,
          redactions: { "users.email": 1 },
          withheld: {},
        },
      },
    });
    expect(sinks.map((sink) => sink.tables)).toEqual([[LINE, ""]]);
    expect(server.received[0]?.body["args"]).toEqual({
      actor,
      page: { maximumBytes: 100, maximumDocuments: 10, fingerprintKey: FINGERPRINT_KEY },
      encoding: "latin1",
    });
    await server.close();
  });

  test("has no page where the database is not small", async () => {
    const server = await scriptedConvex([success({ ...nothing, summary })]);
    const { sinks, begun } = beginWithPage(server);
    expect(await begun).toEqual({ summary, first: null });
    expect(sinks.map((sink) => sink.tables)).toEqual([[]]);
    await server.close();
  });

  test.each<[string, unknown]>([
    ["of another version", { ...nothing, summary: { ...summary, version: "2.0" } }],
    [
      "without the ages of tables",
      {
        ...nothing,
        summary: {
          ...summary,
          tables: [
            { name: "a", records: 1, sampledRecords: 1, sampledBytes: 9, sampledDeviation: null },
          ],
        },
      },
    ],
    ["that does not say what was asked", { ...firstPage, asked: undefined, summary }],
    ["whose page has no end", { ...firstPage, next: undefined, summary }],
    ["without a summary", firstPage],
    ["with lines of tables that it does not name", { ...firstPage, asked: [], summary }],
    [
      "that goes on in tables that it does not name",
      { ...nothing, next: { table: "a", from: null, cursor: null }, summary },
    ],
  ])("is refused %s", async (_name, value) => {
    const server = await scriptedConvex([success(value)]);
    const error = await errorOf(beginWithPage(server).begun);
    expect(error.code).toBe("convex_failed");
    expect(error.detail).toContain("begin");
    await server.close();
  });

  test.each([{ body: {} }, { body: { ts: 7 } }])("refuses a timestamp like %j", async (answer) => {
    const server = await scriptedConvex([answer]);
    const error = await errorOf(createConvexSource(server.client, actor).pinTimestamp());
    expect(error).toMatchObject({ code: "convex_failed" });
    await server.close();
  });
});
