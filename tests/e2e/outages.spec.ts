import { DOWNLOAD, EXPORT_PAGE, RUNS } from "./support/addresses";
import { isPageRead } from "./support/convex-proxy";
import { expect, test } from "./support/fixtures";
import { HTML, HttpClient, problemOf } from "./support/http";
import type { HttpAnswer } from "./support/http";
import { freePort } from "./support/process";
import { startPortal } from "./support/portal";
import type { Portal, PortalTarget } from "./support/portal";

/** What an answer about a fault must not tell. */
const INSIDE = [
  /ECONN/,
  /fetch failed/,
  /\bat .+:\d+:\d+/, // a line of a stack
  /node:internal|node_modules|\/build\//,
  /convex_/,
  /exports:|sessions:|query_at_ts|query_ts/,
];

function expectNothingInside(answer: HttpAnswer, { convexUrl, deployKey }: PortalTarget): void {
  for (const inside of INSIDE) expect(answer.text).not.toMatch(inside);
  expect(answer.text).not.toContain(new URL(convexUrl).host);
  expect(answer.text).not.toContain(deployKey);
}

/** Every address that needs Convex, asked as a program and as a browser. */
async function expectEverywhere(
  portal: Portal,
  target: PortalTarget,
  cookie: string,
  expected: { status: number; title: string },
): Promise<void> {
  const http = new HttpClient(portal.origin);
  const headers = { Cookie: cookie };
  const addresses = ["/admin", EXPORT_PAGE, DOWNLOAD, `${RUNS}/${crypto.randomUUID()}`];
  for (const address of ["/readyz", ...addresses]) {
    const program = await http.send(address, { headers });
    expect(problemOf(program), address).toMatchObject(expected);
    expect(problemOf(program).requestId).toBe(program.headers.get("X-Request-Id"));
    expectNothingInside(program, target);
  }
  for (const address of ["/admin", EXPORT_PAGE, DOWNLOAD]) {
    const page = await http.send(address, { headers, accept: HTML });
    expect(page.status, address).toBe(expected.status);
    expect(page.headers.get("Content-Type")).toContain("text/html");
    expect(page.text).toContain(expected.title);
    expect(page.text).toContain(page.headers.get("X-Request-Id"));
    expectNothingInside(page, target);
  }
  const form = new URLSearchParams({ email: "system_admin@supportsignal.test", password: "x" });
  const signIn = await http.send("/login", { method: "POST", body: form });
  expect(problemOf(signIn)).toMatchObject(expected);
  expect((await http.send("/healthz")).status).toBe(200);
}

test("a healthy portal says that it is alive and ready", async ({ http }) => {
  for (const address of ["/healthz", "/readyz"]) {
    const answer = await http.send(address);
    expect(answer.status, address).toBe(200);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
  }
});

test("a wrong deploy key is 502 everywhere, and the log says which request it was", async ({
  stack,
  sessionOf,
}) => {
  const { cookie } = await sessionOf("system_admin");
  const target = { ...stack.target, deployKey: "supportsignal-embedded|0123456789abcdef" };
  const portal = await startPortal(target);
  try {
    await expectEverywhere(portal, target, cookie, {
      status: 502,
      title: "Database access refused",
    });
    const answer = await new HttpClient(portal.origin).send("/readyz");
    await portal.logLine(new RegExp(problemOf(answer).requestId));
    expect(portal.logLines.join("\n")).not.toContain(target.deployKey);
    expect(portal.logLines.join("\n")).toContain("convex_refused");
  } finally {
    await portal.stop();
  }
});

test("a Convex that does not listen is 504 everywhere", async ({ stack, sessionOf }) => {
  test.setTimeout(120_000);
  const { cookie } = await sessionOf("system_admin");
  const target = { ...stack.target, convexUrl: `http://127.0.0.1:${await freePort()}` };
  const portal = await startPortal(target);
  try {
    await expectEverywhere(portal, target, cookie, { status: 504, title: "Database unreachable" });
    expect(portal.logLines.join("\n")).not.toContain(target.deployKey);
  } finally {
    await portal.stop();
  }
});

test("a Convex that does not answer in time is 504", async ({ stack, convexProxy, sessionOf }) => {
  const session = await sessionOf("system_admin");
  const portal = await startPortal(stack.target, { CONVEX_TIMEOUT_MS: "200" });
  try {
    convexProxy.holdBack(({ path }) => path === "sessions:resolve");
    const answer = await new HttpClient(portal.origin).send(DOWNLOAD, { session });
    expect(problemOf(answer)).toMatchObject({ status: 504, title: "Database unreachable" });
  } finally {
    await portal.stop();
  }
});

test("an overloaded Convex is 503 with a time to try again, after retries", async ({
  http,
  convexProxy,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  convexProxy.reset();
  convexProxy.answerInstead(isPageRead, 429, {
    code: "TooManyConcurrentRequests",
    message: "Too many concurrent requests.",
  });
  const answer = await http.send(DOWNLOAD, { session });
  expect(problemOf(answer)).toMatchObject({ status: 503, title: "Database busy" });
  expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(convexProxy.calls.filter(isPageRead).length).toBeGreaterThan(1);
});

test("a read that fails once is repeated, and the file is complete", async ({
  http,
  database,
  convexProxy,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const counts = await database.recordCounts();
  const held = convexProxy.holdBack(isPageRead);
  const downloading = http.send(DOWNLOAD, { session });
  await held.arrived;
  convexProxy.goDown();
  held.release();
  await expect.poll(() => convexProxy.calls.filter(isPageRead).length).toBeGreaterThan(1);
  convexProxy.reset();
  const answer = await downloading;
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject({ metadata: { recordCounts: counts } });
});

test("answers of Convex that make no sense are 502", async ({ http, convexProxy, sessionOf }) => {
  const session = await sessionOf("system_admin");
  for (const body of [
    {},
    { status: "success" },
    { status: "success", value: { data: {} } },
    { status: "error", errorMessage: "[Request ID: 1] Server Error\nUncaught Error: at handler" },
  ]) {
    convexProxy.answerInstead(isPageRead, 200, body);
    const answer = await http.send(DOWNLOAD, { session });
    expect(problemOf(answer), JSON.stringify(body)).toMatchObject({ status: 502 });
    expect(answer.text).not.toContain("Uncaught");
  }
});
