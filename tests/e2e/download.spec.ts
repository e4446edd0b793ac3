import { DOWNLOAD, RUNS } from "./support/addresses";
import { isRead } from "./support/convex-proxy";
import { FILE_NAME, readExport, reprDigest } from "./support/export-file";
import { expect, test } from "./support/fixtures";
import { HTML, problemOf } from "./support/http";

/** What is asked and told every few seconds depends on the machine's speed. */
const BY_THE_CLOCK = ["exportRuns:progress", "exportRuns:isCancelAsked"];

test("the reference data set costs at most three requests that read it, and four others", async ({
  http,
  convexProxy,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  convexProxy.reset();
  expect((await http.send(DOWNLOAD, { session })).status).toBe(200);
  const made = () => convexProxy.calls.map(({ path }) => path);
  await expect.poll(made).toContain("exportRuns:finish");
  const reads = convexProxy.calls.filter(isRead);
  expect(reads.length, JSON.stringify(reads)).toBeLessThanOrEqual(3);
  // The session twice, and the run's start and its end.
  const others = convexProxy.calls.filter(
    (call) => !isRead(call) && !BY_THE_CLOCK.includes(call.path ?? ""),
  );
  expect(others.length, JSON.stringify(others)).toBeLessThanOrEqual(4);
});

test("HEAD answers the headers of the file and runs no export", async ({
  http,
  database,
  convexProxy,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const run = crypto.randomUUID();
  convexProxy.reset();
  const answer = await http.send(`${DOWNLOAD}?run=${run}`, { method: "HEAD", session });
  expect(answer.status).toBe(200);
  expect(answer.bytes).toHaveLength(0);
  expect(answer.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
  expect(answer.headers.get("Cache-Control")).toBe("private, no-store");
  const [, name] = /^attachment; filename="(.+)"$/.exec(
    answer.headers.get("Content-Disposition")!,
  )!;
  expect(name).toMatch(FILE_NAME);
  expect(convexProxy.calls.map(({ path }) => path)).toEqual(["sessions:resolve"]);
  expect(await database.run(run)).toBeNull();

  expect((await http.send(DOWNLOAD, { method: "HEAD" })).status).toBe(401);
  const unknown = await http.send(`${DOWNLOAD}?x=1`, { method: "HEAD", session });
  expect(unknown.status).toBe(400);
});

/** Queries that cannot be served, and what each complaint must name. */
const BAD_QUERIES: [query: string, parameter: string, complaint: RegExp][] = [
  ["unknown=1", "unknown", /not a known parameter/],
  ["Tables=companies", "Tables", /not a known parameter/],
  ["__proto__=1", "__proto__", /not a known parameter/],
  ["from=31.01.2026", "from", /ISO 8601/],
  ["to=2026-02-30", "to", /ISO 8601/],
  ["tables=companies,nonsense", "tables", /nonsense/],
  ["tables=debug_logs", "tables", /debug_logs/],
  ["tables=", "tables", /./],
  ["tables=companies,companies", "tables", /twice/],
  ["tables=companies&tables=sites", "tables", /more than once/],
  ["company=", "company", /empty name/],
  ["site=a,a", "site", /twice/],
  ["from=2026-01-02&to=2026-01-01", "from", /not before/],
  ["company=a&consistency=rolling", "consistency", /rolling/],
  ["format=xml", "format", /json, ndjson or zip/],
  ["privacy=none", "privacy", /./],
  ["consistency=eventual", "consistency", /snapshot or rolling/],
  ["run=not-a-uuid", "run", /UUID/],
  [`tables=${"companies,".repeat(1_000)}`, "query", /longer than/],
];

test("a parameter that cannot be served is refused by name, for programs and for browsers", async ({
  http,
  convexProxy,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  convexProxy.reset();
  for (const [query, parameter, complaint] of BAD_QUERIES) {
    const answer = await http.send(`${DOWNLOAD}?${query}`, { session });
    expect(answer.status, query).toBe(400);
    const problem = problemOf(answer);
    expect(problem).toMatchObject({ status: 400, title: "Bad parameters" });
    expect(problem.detail).toContain(parameter);
    expect(problem.detail).toMatch(complaint);
    expect(problem.problems?.map((each) => each.parameter)).toContain(parameter);
    expect(problem.requestId).toBe(answer.headers.get("X-Request-Id"));

    const page = await http.send(`${DOWNLOAD}?${query}`, { session, accept: HTML });
    expect(page.status, query).toBe(400);
    expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("Content-Disposition")).toBeNull();
    expect(page.text).toContain(parameter);
  }
  const asked = new Set(convexProxy.calls.map(({ path }) => path));
  expect([...asked], "nothing was read for them").toEqual(["sessions:resolve"]);
});

test("every bad parameter of a query is named at once", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  const answer = await http.send(`${DOWNLOAD}?x=1&format=xml&run=2`, { session });
  const names = problemOf(answer).problems!.map(({ parameter }) => parameter);
  expect(names.sort()).toEqual(["format", "run", "x"]);
});

test("what a query holds cannot become markup of the error page", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  const markup = '"><script>alert(1)</script>';
  for (const query of [`tables=${encodeURIComponent(markup)}`, `${encodeURIComponent(markup)}=1`]) {
    const page = await http.send(`${DOWNLOAD}?${query}`, { session, accept: HTML });
    expect(page.status).toBe(400);
    expect(page.text).not.toContain("<script>alert(1)");
  }
});

test("a segment that the database does not have is refused by name, and goes on record", async ({
  http,
  sessionOf,
  database,
}) => {
  const session = await sessionOf("system_admin");
  for (const [query, parameter, complaint] of [
    ["company=unknown-company", "company", /neither an id nor a slug/],
    ["site=unknown-site&participant=nobody", "site", /names no site/],
    ["tables=users&from=2026-01-01", "from", /incidents and activity/],
    ["from=1990-01-01&to=1990-01-02", "from, to", /selects no document/],
  ] as const) {
    const run = crypto.randomUUID();
    const answer = await http.send(`${DOWNLOAD}?${query}&run=${run}`, { session });
    expect(answer.status, query).toBe(400);
    expect(problemOf(answer)).toMatchObject({ title: "Bad parameters" });
    expect(problemOf(answer).problems?.[0]?.parameter).toBe(parameter);
    expect(problemOf(answer).detail).toMatch(complaint);
    expect(await database.run(run)).toMatchObject({ outcome: "failed", errorCode: "bad_segment" });
  }
});

test("a company can be exported by its slug, and the file says what that stands for", async ({
  http,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const all = readExport((await http.send(DOWNLOAD, { session })).bytes);
  const incident = all.data["incidents"]![0]!;
  const company = all.data["companies"]!.find(({ _id }) => _id === incident["company_id"])!;
  const query = `company=${String(company["slug"])}&from=2020-01-01`;
  const { metadata, data } = readExport(
    (await http.send(`${DOWNLOAD}?${query}`, { session })).bytes,
  );
  expect(metadata.filtersApplied).toMatchObject({
    company: [company._id],
    from: "2020-01-01T00:00:00.000Z",
  });
  expect(data["incidents"]).toEqual(
    all.data["incidents"]!.filter((other) => other["company_id"] === company._id),
  );
});

test("some tables can be exported by name, and the file says which", async ({
  http,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const answer = await http.send(`${DOWNLOAD}?tables=sites,companies`, { session });
  const { metadata, data } = readExport(answer.bytes);
  expect(metadata.exportType).toBe("segmented");
  // Both name the users that created them.
  expect(Object.keys(data)).toEqual(["companies", "users", "sites"]);
  expect(Object.keys(metadata.recordCounts)).toEqual(["companies", "users", "sites"]);
  expect(Object.keys(metadata.filtersApplied.includedByReference ?? {})).toEqual(["users"]);
});

test("a client that accepts gzip gets the same file, compressed or not as its pace allows", async ({
  http,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const address = `${DOWNLOAD}?tables=companies`;
  const answer = await http.send(address, { session, headers: { "Accept-Encoding": "gzip" } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("Content-Encoding")).toBe("gzip");
  expect(answer.headers.get("Vary")).toContain("Accept-Encoding");
  expect(answer.headers.get("Unencoded-Digest")).toBe(reprDigest(answer.bytes));
  const identity = await http.send(address, { session });
  expect(readExport(answer.bytes).data).toEqual(readExport(identity.bytes).data);
});

test("a run is told as JSON to administrators, with nothing about where they were", async ({
  http,
  database,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const run = crypto.randomUUID();
  const unknown = await http.send(`${RUNS}/${run}`, { session });
  expect(problemOf(unknown)).toMatchObject({ status: 404 });

  const download = await http.send(`${DOWNLOAD}?run=${run}`, { session });
  await expect.poll(async () => (await database.run(run))?.outcome).toBe("completed");
  const answer = await http.send(`${RUNS}/${run}`, { session });
  expect(answer.headers.get("Content-Type")).toContain("application/json");
  expect(answer.headers.get("Cache-Control")).toBe("private, no-store");
  expect(JSON.parse(answer.text)).toMatchObject({
    runKey: run,
    outcome: "completed",
    bytes: download.bytes.length,
    requestId: download.headers.get("X-Request-Id"),
  });
  expect(answer.text).not.toContain("127.0.0.1");
});
