import { createHash } from "node:crypto";
import { DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { sendRaw } from "../support/http-server";
import { HOSTILE_TARGETS } from "../support/redirect-targets";
import { DOWNLOAD, EXPORT_PAGE, JSON_SCHEMA, RUNS } from "./support/addresses";
import { isRead } from "./support/convex-proxy";
import { expect, test } from "./support/fixtures";
import { HTML, HttpClient, problemOf } from "./support/http";
import type { HttpAnswer } from "./support/http";
import { startOtherSite } from "./support/other-site";
import { startPortal } from "./support/portal";

const ADMIN = "system_admin@supportsignal.test";

/** Failed sign-ins that one client address may have in 15 minutes. */
const FAILURES_PER_ADDRESS = 20;

/** Line ends as clients, servers and languages know them, raw and encoded. */
const LINE_ENDS = [
  "\r\n",
  "\n",
  "\r",
  "%0d%0a",
  "%0D%0A",
  "\u2028",
  "\u2029",
  "\u0085",
  "\u560d\u560a",
];

/** Where an answer leads a browser. */
function locationOf({ headers }: HttpAnswer, origin: string): URL {
  const location = headers.get("Location") ?? "";
  expect(location).toMatch(/^\/(?![/\\])[!-~]*$/);
  return new URL(location, origin);
}

test("whoever is signed in is led to no other origin by any of the known spellings", async ({
  http,
  portal,
  sessionOf,
}) => {
  expect(new Set(HOSTILE_TARGETS).size).toBeGreaterThanOrEqual(40);
  const session = await sessionOf("system_admin");
  const absolute = [`${portal.origin}/admin/tools`, `${portal.origin}@evil.example/`];
  for (const target of [...HOSTILE_TARGETS, ...absolute]) {
    for (const encoded of [encodeURIComponent(target), encodeURI(target)]) {
      for (const accept of [HTML, "*/*"]) {
        const answer = await http.send(`/login?redirectTo=${encoded}`, { session, accept });
        expect(answer.status, target).toBe(302);
        const { origin, pathname } = locationOf(answer, portal.origin);
        expect(origin, target).toBe(portal.origin);
        expect(pathname, target).toBe("/admin");
      }
    }
  }
});

test("a sign-in leads to no other origin by any of the known spellings", async ({
  http,
  portal,
}) => {
  // Each is a check of a password, which is slow on purpose.
  test.setTimeout(180_000);
  for (const target of HOSTILE_TARGETS) {
    const answer = await http.send(`/login?redirectTo=${encodeURIComponent(target)}`, {
      method: "POST",
      body: new URLSearchParams({ email: ADMIN, password: DEMO_PASSWORD }),
    });
    expect(answer.status, target).toBe(302);
    expect(locationOf(answer, portal.origin).href, target).toBe(`${portal.origin}/admin`);
  }
});

test("no line end in a parameter becomes one in an answer", async ({ http, portal, sessionOf }) => {
  const session = await sessionOf("system_admin");
  for (const end of LINE_ENDS) {
    const injected = encodeURIComponent(`/admin${end}Set-Cookie: evil=1${end}${end}<script>`);
    for (const options of [{ session }, {}]) {
      const signedIn = await http.send(`/login?redirectTo=${injected}`, {
        ...options,
        accept: HTML,
      });
      if (signedIn.status === 302) locationOf(signedIn, portal.origin);
      expect(signedIn.headers.getSetCookie().join()).not.toContain("evil");
      expect(signedIn.text).not.toContain("<script>");
    }
    for (const name of ["run", "tables", "format", "privacy", "from"]) {
      const answer = await http.send(`${DOWNLOAD}?${name}=users${injected}`, { session });
      expect(answer.status, name).toBe(400);
      expect(problemOf(answer).problems?.map(({ parameter }) => parameter)).toEqual([name]);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    const guarded = await http.send(`${EXPORT_PAGE}?x=${injected}`, { accept: HTML });
    expect(locationOf(guarded, portal.origin).pathname).toBe("/login");
    const run = await http.send(`${RUNS}/${injected}`, { session });
    expect(problemOf(run)).toMatchObject({ status: 404, title: "Unknown run" });
  }
});

test("a run's id is no path, whatever is in it", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  for (const id of [
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5cwindows",
    "%2e%2e%2f%2e%2e%2fhealthz",
    "%252e%252e%252f",
    "%2Fetc%2Fpasswd",
    "%00",
    `${crypto.randomUUID()}%00`,
    "%0a",
    "__proto__",
    "constructor",
    "%7B%22$gt%22%3A1%7D",
    "x".repeat(8_000),
    "%F0%9F%92%A9",
  ]) {
    const answer = await http.send(`${RUNS}/${id}`, { session });
    expect(problemOf(answer), id).toMatchObject({ status: 404, title: "Unknown run" });
  }
  // Beyond the address of a run there is no page, with a slash that is not encoded.
  for (const address of [`${RUNS}/a/b`, `${RUNS}/%2e%2e/%2e%2e/nowhere`]) {
    expect((await http.send(address, { session })).status, address).toBe(404);
  }
});

test("no address leads to a file outside of what browsers may load", async ({ http, portal }) => {
  const { port } = new URL(portal.origin);
  for (const target of [
    "/assets/../../host.js",
    "/assets/..%2f..%2fhost.js",
    "/assets/%2e%2e/%2e%2e/host.js",
    "/..%2fserver%2findex.js",
    "/%2e%2e/server/index.js",
    "/assets/..%5c..%5chost.js",
    "/assets//etc/passwd",
    "//etc/passwd",
    "/.env",
    "/.git/config",
    "/assets/%00",
    "/assets/",
  ]) {
    const request = `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    expect(await sendRaw(Number(port), request), target).toMatch(/^HTTP\/1\.1 404 /);
  }
  expect((await http.send("/healthz")).status).toBe(200);
});

test("an address that cannot be decoded is refused, and not quoted", async ({ http }) => {
  for (const address of [
    "/%",
    "/%zz",
    "/admin/%E0%A4%A",
    `${RUNS}/%c0%af`,
    "/assets/%ff",
    "/login%",
  ]) {
    for (const accept of [HTML, "*/*"]) {
      const answer = await http.send(address, { accept });
      expect(problemOf(answer), address).toMatchObject({ status: 400, title: "Bad address" });
      expect(answer.text).not.toContain(address);
    }
  }
});

test("a request that is larger than it may be, or not as large as it says, is refused", async ({
  portal,
}) => {
  const { port } = new URL(portal.origin);
  const send = (text: string) => sendRaw(Number(port), text);
  const form = "POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  const type = "Content-Type: application/x-www-form-urlencoded\r\n";
  const cases: [status: number, text: string][] = [
    [413, `${form}${type}Content-Length: 65537\r\n\r\n`],
    [413, `${form}${type}Content-Length: 99999999999999999\r\n\r\n`],
    [411, `${form}${type}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    [411, `${form}${type}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    [400, `${form}${type}Content-Length: 3\r\nContent-Length: 4\r\n\r\na=bc`],
    [400, `${form}${type}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    [400, `${form}${type}Content-Length: 1e3\r\n\r\n`],
    [400, `${form}${type}Content-Length: 0x10\r\n\r\n`],
    // What is beyond its length does not count: a form without an address and a password.
    [400, `${form}${type}Content-Length: 0\r\n\r\nemail=a%40b.test&password=x`],
    [431, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(17_000)}\r\n\r\n`],
    [431, `GET /${"a".repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    [400, "GET / HTTP/1.1\r\nHost: x\r\nX-One: a\0b\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost: x\r\nX-One\n: a\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\n\r\n"],
    [400, "NONSENSE / HTTP/1.1\r\nHost: x\r\n\r\n"],
    [405, "TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
  ];
  for (const [status, text] of cases) {
    expect(await send(text), text.slice(0, 120)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  }
});

test("a download that another site or a prefetch starts is refused before any work", async ({
  http,
  sessionOf,
  convexProxy,
}) => {
  const session = await sessionOf("system_admin");
  convexProxy.reset();
  for (const headers of [
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { "Sec-Purpose": "prefetch", "Sec-Fetch-Site": "same-origin" },
    { "Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Site": "none" },
    { Purpose: "prefetch" },
    { "X-Moz": "prefetch" },
  ] as Record<string, string>[]) {
    for (const method of ["GET", "HEAD"]) {
      const answer = await http.send(DOWNLOAD, { session, headers, method });
      expect(answer.status, JSON.stringify(headers)).toBe(403);
      expect(answer.headers.get("Content-Disposition")).toBeNull();
      if (method === "GET") expect(problemOf(answer)).toMatchObject({ status: 403 });
    }
    const page = await http.send(DOWNLOAD, { session, headers, accept: HTML });
    expect(page.status).toBe(403);
    expect(page.headers.get("Content-Type")).toContain("text/html");
  }
  expect(convexProxy.calls.filter(isRead)).toEqual([]);
  for (const site of ["none", "same-origin"]) {
    const headers = { "Sec-Fetch-Site": site };
    expect((await http.send(DOWNLOAD, { session, headers, method: "HEAD" })).status).toBe(200);
  }
});

test("the download has no data for a page: nothing is read for it, and no run is recorded", async ({
  http,
  sessionOf,
  convexProxy,
}) => {
  const session = await sessionOf("system_admin");
  convexProxy.reset();
  const answer = await http.send(`${DOWNLOAD}.data`, { session });
  expect(answer.status).toBe(404);
  expect(answer.headers.get("Content-Disposition")).toBeNull();
  expect(convexProxy.calls.filter(isRead)).toEqual([]);
  expect(convexProxy.calls.filter(({ path }) => path === "exportRuns:start")).toEqual([]);
});

test("a link of another site leads to the reason, not to an export", async ({
  page,
  portal,
  signIn,
}) => {
  await signIn();
  const site = await startOtherSite(
    `<a href="${portal.origin}${DOWNLOAD}">Direct</a>
     <a href="${portal.origin}/login?redirectTo=${encodeURIComponent(DOWNLOAD)}">By sign-in</a>
     <link rel="prefetch" href="${portal.origin}${DOWNLOAD}">`,
  );
  try {
    for (const name of ["Direct", "By sign-in"]) {
      await page.goto(site.url);
      await page.getByRole("link", { name }).click();
      await expect(page.getByRole("heading", { name: "Started by another site" })).toBeVisible();
      await page.getByRole("link", { name: "Back to the export page" }).click();
      await expect(page).toHaveURL(portal.origin + EXPORT_PAGE);
    }
  } finally {
    await site.stop();
  }
});

test("X-Forwarded headers count for as many proxies as TRUST_PROXY says, and not without it", async ({
  stack,
  http,
  database,
}) => {
  const behind = await Promise.all(
    ["1", "2"].map((hops) => startPortal(stack.target, { TRUST_PROXY: hops })),
  );
  const clients = [http, ...behind.map(({ origin }) => new HttpClient(origin))];
  /** Signs in at each portal by way of two proxies, of whom one has used up its failures. */
  const signInFrom = async (far: string, near: string, blocked?: string) => {
    if (blocked !== undefined) {
      const key = `address:${createHash("sha256").update(blocked).digest("hex")}`;
      await database.insert("sign_in_failures", [
        { key, failures: FAILURES_PER_ADDRESS, window_started_at: Date.now() },
      ]);
    }
    const headers = {
      "X-Forwarded-For": `${far}, ${near}`,
      "X-Forwarded-Host": "evil.test",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Port": "443",
      Forwarded: `for=${far};host=evil.test;proto=https`,
      "X-Real-IP": far,
    };
    const statuses: number[] = [];
    for (const client of clients) {
      const body = new URLSearchParams({ email: ADMIN, password: DEMO_PASSWORD });
      statuses.push((await client.send("/login", { method: "POST", body, headers })).status);
      // The portal's own address is what it is told at start, whatever a proxy or a client says.
      const schema = await client.send(JSON_SCHEMA, { headers });
      expect((JSON.parse(schema.text) as { $id: string }).$id).toBe(client.origin + JSON_SCHEMA);
      expect(schema.headers.get("Strict-Transport-Security")).toBeNull();
      const guarded = await client.send("/admin", { headers, accept: HTML });
      expect(guarded.headers.get("Location")).toBe("/login?redirectTo=%2Fadmin");
    }
    return statuses;
  };
  try {
    expect(await signInFrom("203.0.113.1", "203.0.113.2")).toEqual([302, 302, 302]);
    const near = await signInFrom("203.0.113.3", "203.0.113.4", "203.0.113.4");
    expect(near).toEqual([302, 429, 302]);
    const far = await signInFrom("203.0.113.5", "203.0.113.6", "203.0.113.5");
    expect(far).toEqual([302, 302, 429]);
  } finally {
    await Promise.all(behind.map((portal) => portal.stop()));
  }
});
