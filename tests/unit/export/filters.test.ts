import { expect, test } from "vitest";
import { FilterError, parseExportQuery } from "~/export/filters";
import { EXPORT_TABLES } from "../../../convex/model/exportTables";

const RUN = "3f0c1e62-7a4b-4f0e-9d2a-5b6c7d8e9f10";

/** What a query that says nothing asks for. */
const DEFAULTS = { format: "json", privacy: "redacted", consistency: "snapshot" };

function problemsOf(query: string): { parameter: string; message: string }[] {
  try {
    parseExportQuery(new URLSearchParams(query), EXPORT_TABLES);
  } catch (error) {
    if (error instanceof FilterError) return [...error.problems];
    throw error;
  }
  return [];
}

test.each<[string, object]>([
  ["", DEFAULTS],
  ["format=json", DEFAULTS],
  ["format=zip", { ...DEFAULTS, format: "zip" }],
  ["format=ndjson", { ...DEFAULTS, format: "ndjson" }],
  ["privacy=redacted", DEFAULTS],
  ["privacy=pseudonymised", { ...DEFAULTS, privacy: "pseudonymised" }],
  ["consistency=snapshot", DEFAULTS],
  ["consistency=rolling", { ...DEFAULTS, consistency: "rolling" }],
  ["tables=incidents", { ...DEFAULTS, tables: ["incidents"] }],
  ["tables=users,incidents", { ...DEFAULTS, tables: ["users", "incidents"] }],
  ["tables=users%2Cincidents", { ...DEFAULTS, tables: ["users", "incidents"] }],
  ["company=acme,Other%20Care", { ...DEFAULTS, company: ["acme", "Other Care"] }],
  ["site=s1&participant=p1,p2", { ...DEFAULTS, site: ["s1"], participant: ["p1", "p2"] }],
  ["from=2026-01-31", { ...DEFAULTS, from: "2026-01-31T00:00:00.000Z" }],
  ["from=2026-01-31T08:30", { ...DEFAULTS, from: "2026-01-31T08:30:00.000Z" }],
  ["to=2026-01-31T08:30:15.25", { ...DEFAULTS, to: "2026-01-31T08:30:15.250Z" }],
  ["to=2026-01-31T00:00:00Z", { ...DEFAULTS, to: "2026-01-31T00:00:00.000Z" }],
  ["to=2026-01-31T00:00:00%2B10:00", { ...DEFAULTS, to: "2026-01-30T14:00:00.000Z" }],
  [`run=${RUN}`, { ...DEFAULTS, run: RUN }],
  ["reason=", DEFAULTS],
  ["reason=%20%20", DEFAULTS],
  ["reason=Audit+2026-31", { ...DEFAULTS, reason: "Audit 2026-31" }],
  ["reason=%20%09Ursache:+F%C3%BCr+Zo%C3%AB%20", { ...DEFAULTS, reason: "Ursache: Für Zoë" }],
  [`reason=${"x".repeat(500)}`, { ...DEFAULTS, reason: "x".repeat(500) }],
  [
    `tables=${EXPORT_TABLES.join(",")}&run=${RUN}&format=json&privacy=redacted`,
    { ...DEFAULTS, tables: [...EXPORT_TABLES], run: RUN },
  ],
])("the query '%s' is accepted", (query, expected) => {
  expect(parseExportQuery(new URLSearchParams(query), EXPORT_TABLES)).toEqual(expected);
});

test.each<[string, string, RegExp]>([
  // Unknown parameters.
  ["color=blue", "color", /not a known parameter/],
  ["Format=json", "Format", /not a known parameter/],
  ["format%20=json", "format ", /not a known parameter/],
  ["=json", "", /not a known parameter/],
  ["__proto__=x", "__proto__", /not a known parameter/],
  ["constructor=x", "constructor", /not a known parameter/],
  ["toString=x", "toString", /not a known parameter/],
  ["hasOwnProperty=x", "hasOwnProperty", /not a known parameter/],
  // Repeated ones, also with one value.
  ["format=json&format=json", "format", /more than once/],
  ["tables=users&tables=incidents", "tables", /more than once/],
  ["__proto__=x&__proto__=y", "__proto__", /more than once/],
  // Formats and profiles.
  ["format=parquet", "format", /must be json, ndjson or zip/],
  ["format=csv", "format", /must be json/],
  ["format=JSON", "format", /must be json/],
  ["format=", "format", /must be json/],
  ["format=json%20", "format", /must be json/],
  ["privacy=pseudonymised&consistency=rolling", "privacy", /rolling/],
  ["privacy=none", "privacy", /must be redacted/],
  ["privacy=", "privacy", /must be redacted/],
  // Consistency.
  ["consistency=none", "consistency", /must be snapshot or rolling/],
  ["consistency=", "consistency", /must be snapshot or rolling/],
  ["consistency=Rolling", "consistency", /must be snapshot or rolling/],
  ["consistency=snapshot&consistency=rolling", "consistency", /more than once/],
  // Tables.
  ["tables=", "tables", /no table named ""/],
  ["tables=,", "tables", /no table named ""/],
  ["tables=users,", "tables", /no table named ""/],
  ["tables=user", "tables", /no table named "user"/],
  ["tables=users,%20incidents", "tables", /no table named " incidents"/],
  ["tables=debug_logs", "tables", /no table named "debug_logs"/],
  ["tables=users,debug_logs", "tables", /no table named "debug_logs"/],
  ["tables=export_runs", "tables", /no table named "export_runs"/],
  ["tables=sign_in_failures", "tables", /no table named "sign_in_failures"/],
  ["tables=__proto__", "tables", /no table named "__proto__"/],
  ["tables=constructor", "tables", /no table named "constructor"/],
  ["tables=users,users", "tables", /names users twice/],
  // Runs.
  ["run=", "run", /must be a UUID/],
  ["run=1", "run", /must be a UUID/],
  [`run=${RUN}0`, "run", /must be a UUID/],
  [`run=../${RUN}`, "run", /must be a UUID/],
  // Reasons.
  [`reason=${"x".repeat(501)}`, "reason", /may have 500 characters/],
  ["reason=a%00b", "reason", /control characters/],
  ["reason=a%0Ab", "reason", /control characters/],
  ["reason=a%0D%0ASet-Cookie:+x", "reason", /control characters/],
  ["reason=a%1B%5B2Jb", "reason", /control characters/],
  ["reason=a%C2%85b", "reason", /control characters/],
  ["reason=a%E2%80%A8b", "reason", /control characters/],
  ["reason=a%E2%80%AEb", "reason", /control characters/],
  ["reason=a&reason=a", "reason", /more than once/],
  // Whom a segment is about.
  ["company=", "company", /empty name/],
  ["company=acme,", "company", /empty name/],
  ["company=acme,acme", "company", /names acme twice/],
  ["company=acme&company=other", "company", /more than once/],
  [`company=${"x".repeat(129)}`, "company", /longer than 128/],
  ["site=a%00b", "site", /control characters/],
  ["participant=", "participant", /empty name/],
  [`site=${Array.from({ length: 101 }, (_, i) => `s${i}`).join(",")}`, "site", /100 at most/],
  ["company=acme&consistency=rolling", "consistency", /rolling/],
  ["tables=users&consistency=rolling", "consistency", /rolling/],
  // Dates.
  ["from=2026-01-31&to=2026-01-31", "from", /not before to/],
  ["from=2026-02-01&to=2026-01-31", "from", /not before to/],
  ["from=2026-01-31T10:00:00Z&to=2026-01-31T19:59:00%2B10:00", "from", /not before to/],
  ["from=yesterday", "from", /not an ISO 8601/],
  ["from=", "from", /not an ISO 8601/],
  ["from=2026-02-30", "from", /not an ISO 8601/],
  ["from=2026-1-1", "from", /not an ISO 8601/],
  ["to=01/31/2026", "to", /not an ISO 8601/],
  ["to=2026-01-31T25:00:00Z", "to", /not an ISO 8601/],
  ["to=1769832306123", "to", /not an ISO 8601/],
])("the query '%s' is refused for %s", (query, parameter, message) => {
  const problems = problemsOf(query);
  expect([...new Set(problems.map((problem) => problem.parameter))]).toEqual([parameter]);
  expect(problems[0]?.message).toMatch(message);
});

test("every bad parameter is named, and the message joins them", () => {
  const query = "format=xml&tables=nope,users,users&colour=blue&from=soon";
  expect(problemsOf(query).map((problem) => problem.parameter)).toEqual(
    expect.arrayContaining(["format", "tables", "tables", "colour", "from"]),
  );
  const error = new FilterError(problemsOf("format=xml&colour=blue"));
  expect(error.message).toContain("format: must be json, ndjson or zip");
  expect(error.message).toContain("colour: is not a known parameter");
});

test.each([
  ["a long value", `tables=${"x".repeat(10_000)}`],
  ["many parameters", Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join("&")],
  ["one repeated parameter", "format=json&".repeat(1000)],
])("a query of 10 kB is refused as a whole and not quoted: %s", (_name, query) => {
  const [problem, ...others] = problemsOf(query);
  expect(others).toEqual([]);
  expect(problem?.parameter).toBe("query");
  expect(problem?.message.length).toBeLessThan(100);
});

test("a query with every filter at its longest stays below the bound", () => {
  const query = new URLSearchParams({
    tables: EXPORT_TABLES.join(","),
    run: RUN,
    format: "json",
    privacy: "redacted",
    consistency: "snapshot",
    reason: "€".repeat(500),
  });
  expect(problemsOf(query.toString())).toEqual([]);
});
