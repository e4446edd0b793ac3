import { describe, expect, test } from "vitest";
import { FilterError } from "~/export/filters";
import { formatHistoryQuery, parseHistoryQuery } from "~/export/history-query";

const USER = "j57a8kv2x6m0c4q9r1t3w5y7z9b2d4f6";
const parse = (query: string) => parseHistoryQuery(new URLSearchParams(query));

function problemsOf(query: string): [string, string][] {
  try {
    parse(query);
  } catch (error) {
    if (error instanceof FilterError) {
      return error.problems.map(({ parameter, message }) => [parameter, message]);
    }
  }
  throw new Error(`not refused: ${query}`);
}

describe("the address of the history", () => {
  test("asks for everything where it says nothing, as a form does whose fields are empty", () => {
    expect(parse("")).toEqual({});
    expect(parse("outcome=&who=&since=&until=")).toEqual({});
  });

  test("asks for an outcome, somebody, days and a page", () => {
    const query = `outcome=failed&who=${USER}&since=2026-01-01&until=2026-01-31&before=12-34.5`;
    expect(parse(query)).toEqual({
      outcome: "failed",
      who: USER,
      since: "2026-01-01",
      until: "2026-01-31",
      before: { at: 12, created: 34.5 },
    });
    expect(parse("who=command_line")).toEqual({ who: "command_line" });
  });

  test.each([
    ["outcome=done", "outcome", /must be one of completed, .*denied/],
    ["who=Ada", "who", /id of a user, or command_line/],
    [`who=${USER.toUpperCase()}`, "who", /id of a user/],
    ["since=31.01.2026", "since", /is not a date such as/],
    ["until=2026-02-30", "until", /is not a date/],
    ["since=2026-01-31&until=2026-01-30", "since", /later than until/],
    ["who=command_line&outcome=denied", "outcome", /cannot be denied/],
    ["before=x", "before", /where a page of the history begins/],
    ["before=1-Infinity", "before", /where a page/],
    ["before=-1-2", "before", /where a page/],
    ["page=2", "page", /not a known parameter/],
    ["__proto__=x", "__proto__", /not a known parameter/],
    ["who=x&who=y", "who", /more than once/],
    [`who=${"x".repeat(600)}`, "query", /longer than 512/],
  ])("refuses %s by name", (query, parameter, message) => {
    const [[named, said] = ["", ""], ...others] = problemsOf(query);
    expect(named).toBe(parameter);
    expect(said).toMatch(message);
    expect(others).toEqual([]);
  });

  test("names everything that is wrong at once", () => {
    expect(problemsOf("outcome=x&since=y&z=1").map(([parameter]) => parameter)).toEqual([
      "outcome",
      "since",
      "z",
    ]);
  });

  test("of another page keeps the filter, and is read as it was written", () => {
    const query = parse(`outcome=failed&who=${USER}&since=2026-01-01`);
    const before = { at: 1_769_832_306_789, created: 1_769_832_306_790.1235 };
    const text = formatHistoryQuery(query, before);
    expect(parse(text)).toEqual({ ...query, before });
    expect(parse(formatHistoryQuery({ ...query, before }, null))).toEqual(query);
    expect(formatHistoryQuery({}, null)).toBe("");
  });
});
