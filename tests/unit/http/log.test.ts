import { describe, expect, test } from "vitest";
import { createLog, withFields, type Log, type LogFields } from "~/http/log";

function createTestLog(): { log: Log; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { log: createLog({ level: "trace", isReadable: false }, { write }), lines };
}

const SECRET = "value-that-must-not-be-logged";

describe("a line of the log", () => {
  test("says what happened, with the fields that it knows", () => {
    const { log, lines } = createTestLog();
    const fields: LogFields = {
      requestId: "request-1",
      method: "GET",
      route: "/admin",
      status: 200,
      durationMs: 12,
      isComplete: true,
      userId: "user-1",
      code: "internal",
      cause: "Error",
      frames: ["at one", "at two"],
    };
    log.info(fields, "request");
    expect(lines).toEqual([expect.objectContaining({ ...fields, level: 30, msg: "request" })]);
  });

  test.each([
    ["a document", { document: { name: SECRET } }],
    ["a cookie", { cookie: SECRET }],
    ["arguments", { args: [SECRET] }],
    ["a body", { body: SECRET }],
    ["a path", { path: `/${SECRET}` }],
    ["headers", { req: { headers: { authorization: SECRET } } }],
    ["an error", { err: new Error(SECRET) }],
    ["a key of its own", { [SECRET]: 1 }],
    ["an object under a known name", { cause: { message: SECRET } }],
    ["an error under a known name", { cause: new Error(SECRET) }],
    ["a list of objects under a known name", { frames: [{ text: SECRET }] }],
    ["a function under a known name", { origin: () => SECRET }],
  ])("drops %s, and keeps the rest", (_what, fields) => {
    const { log, lines } = createTestLog();
    for (const write of [log.error, log.warn, log.info]) {
      write({ requestId: "request-1", ...fields } as unknown as LogFields, "done");
    }
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toMatchObject({ requestId: "request-1", msg: "done" });
      expect(Object.keys(line).sort()).toEqual(
        ["hostname", "level", "msg", "pid", "requestId", "time"].sort(),
      );
    }
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  test("has nothing of an error that is passed in place of fields", () => {
    const { log, lines } = createTestLog();
    log.error(new Error(SECRET) as unknown as LogFields, "failed");
    expect(JSON.stringify(lines)).not.toContain(SECRET);
    expect(lines).toEqual([expect.objectContaining({ msg: "failed" })]);
  });
});

describe("a log with fields", () => {
  test("has them in each line, below the line's own", () => {
    const { log, lines } = createTestLog();
    const ofRequest = withFields(log, { requestId: "request-1", status: 200 });
    ofRequest.warn({ status: 503 }, "busy");
    ofRequest.error({}, "failed");
    expect(lines).toEqual([
      expect.objectContaining({ requestId: "request-1", status: 503, msg: "busy", level: 40 }),
      expect.objectContaining({ requestId: "request-1", status: 200, msg: "failed", level: 50 }),
    ]);
  });

  test("drops unknown ones, too", () => {
    const { log, lines } = createTestLog();
    withFields(log, { cookie: SECRET } as LogFields).info({}, "done");
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });
});
