import { describe, expect, test } from "vitest";
import { ExportError, exportErrorMessage, type ExportErrorCode } from "~/export/errors";
import { FilterError } from "~/export/filters";
import { describeCause, exportProblem } from "~/http/export-problem.server";
import type { RequestContext } from "~/http/load-context";
import { createLog } from "~/http/log";
import { readProblem, type ProblemDetails } from "~/http/problem-details";
import { acceptsHtml, problemResponse } from "~/http/problem.server";

const PROBLEM: ProblemDetails = {
  status: 400,
  title: "Bad parameters",
  detail: "format must be json.",
  requestId: "r1",
};

function contextWithLog(): { context: RequestContext; logged: () => string } {
  const lines: string[] = [];
  const log = createLog(
    { level: "trace", isReadable: false },
    { write: (line) => void lines.push(line) },
  );
  const context = {
    requestId: "request-1",
    isDataRequest: false,
    address: "127.0.0.1",
    userAgent: undefined,
    nonce: "nonce-1",
    log,
    identify: () => undefined,
    sent: Promise.resolve(true),
    signal: new AbortController().signal,
    stopping: new AbortController().signal,
  };
  return { context, logged: () => lines.join("") };
}

describe("readProblem", () => {
  test.each([
    ["an object", PROBLEM],
    ["its JSON", JSON.stringify(PROBLEM)],
  ])("reads problem details from %s", (_name, data) => {
    expect(readProblem(data)).toEqual(PROBLEM);
  });

  test.each([
    undefined,
    null,
    "",
    "not JSON",
    "null",
    "7",
    '"text"',
    "[]",
    "{}",
    7,
    true,
    [],
    {},
    { title: "x" },
    { title: 1, detail: 2 },
    { title: "x", detail: null },
  ])("gives null for %j", (data) => {
    expect(readProblem(data)).toBeNull();
  });
});

test("a problem is sent as such, and never stored", async () => {
  const response = problemResponse(PROBLEM, { "Retry-After": "7" });
  expect(response.status).toBe(400);
  expect(Object.fromEntries(response.headers)).toEqual({
    "content-type": "application/problem+json",
    "cache-control": "private, no-store",
    "retry-after": "7",
  });
  expect(await response.json()).toEqual(PROBLEM);
});

test.each([
  ["text/html,application/xhtml+xml,*/*;q=0.8", true],
  ["text/html", true],
  ["*/*", false],
  ["application/json", false],
  [undefined, false],
])("a sender with Accept %j wants a page: %j", (accept, expected) => {
  const headers: HeadersInit = accept === undefined ? {} : { Accept: accept };
  expect(acceptsHtml(new Request("http://portal.test/", { headers }))).toBe(expected);
});

describe("the answer to a failed export", () => {
  test.each<[ExportErrorCode, number]>([
    ["unauthenticated", 401],
    ["forbidden", 403],
    ["run_exists", 409],
    ["unknown_table", 400],
    ["convex_refused", 502],
    ["convex_failed", 502],
    ["incomplete", 502],
    ["convex_overloaded", 503],
    ["snapshot_expired", 503],
    ["convex_unreachable", 504],
    ["too_large", 507],
    ["disk_full", 507],
    ["busy", 503],
    ["stopping", 503],
    ["timed_out", 504],
    ["page_too_large", 502],
    ["internal", 500],
  ])(
    "with the code %s is a %i that tells what to do and nothing of the inside",
    async (code, status) => {
      const { context, logged } = contextWithLog();
      const cause = new TypeError("quotes data");
      const response = exportProblem(new ExportError(code, "inner detail", { cause }), context);
      expect(response.status).toBe(status);
      const problem = (await response.json()) as ProblemDetails;
      expect(problem).toMatchObject({
        status,
        requestId: "request-1",
        detail: exportErrorMessage(code),
      });
      expect(JSON.stringify(problem)).not.toMatch(/inner detail|quotes data/);
      expect(logged()).toContain("inner detail");
      expect(logged()).not.toContain("quotes data");
      expect(response.headers.get("Retry-After") !== null).toBe(status === 503);
    },
  );

  test("passes on how long Convex asks to wait", () => {
    const { context } = contextWithLog();
    const error = new ExportError("convex_overloaded", "busy", { retryAfterSeconds: 42 });
    expect(exportProblem(error, context).headers.get("Retry-After")).toBe("42");
  });

  test("names every bad parameter", async () => {
    const { context } = contextWithLog();
    const problems = [
      { parameter: "format", message: "must be json" },
      { parameter: "color", message: "is not a known parameter" },
    ];
    const response = exportProblem(new FilterError(problems), context);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      detail: "format must be json. color is not a known parameter.",
      problems,
    });
  });

  test("is not made up for what nobody expected", () => {
    const { context } = contextWithLog();
    const bug = new TypeError("bug");
    expect(() => exportProblem(bug, context)).toThrow(bug);
  });
});

describe("describeCause", () => {
  test("names errors and their causes by class and code, without their messages", () => {
    const inner = Object.assign(new Error("connect to 10.0.0.1"), { code: "ECONNREFUSED" });
    const outer = new TypeError("fetch failed with the key", { cause: inner });
    expect(describeCause(outer)).toBe("TypeError < Error ECONNREFUSED");
  });

  test("names each of several causes", () => {
    const audit = new ExportError("convex_unreachable", "exportRuns:finish: no answer");
    const cause = new AggregateError([new RangeError("a"), undefined, audit], "both");
    expect(describeCause(cause)).toBe(
      "AggregateError < RangeError, ExportError convex_unreachable",
    );
  });

  test.each([undefined, null, "text", { message: "x" }])("says nothing of %j", (cause) => {
    expect(describeCause(cause)).toBeUndefined();
  });
});
