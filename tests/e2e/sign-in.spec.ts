import { createHash } from "node:crypto";
import { CSRF_FIELD, FORM_COOKIE, openForm, withoutRandomness } from "./support/csrf";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";
import { HTML, HttpClient, problemOf } from "./support/http";
import type { HttpAnswer } from "./support/http";
import { startPortal } from "./support/portal";

/** Failed sign-ins that one account may have in 15 minutes. */
const FAILURES_PER_ACCOUNT = 5;
/** Failed sign-ins that one client address may have in 15 minutes. */
const FAILURES_PER_ADDRESS = 20;

test("a wrong password is explained in the form, and the right one then works", async ({
  page,
  portal,
  database,
}) => {
  const { email } = await database.addUser("system_admin");
  await page.goto("/login?redirectTo=%2Fadmin%2Ftools");
  await signInByForm(page, email, "not the password");
  await expect(page.getByRole("alert")).toHaveText(
    "The email address or the password is not right.",
  );
  await expect(page.getByLabel("Email")).toHaveValue(email);
  await expect(page.getByLabel("Password")).toHaveValue("");
  await signInByForm(page, email);
  await expect(page).toHaveURL(`${portal.origin}/admin/tools`);
});

test("whoever is signed in is taken past the sign-in page", async ({ page, portal, signIn }) => {
  await signIn();
  await page.goto("/login?redirectTo=%2Fadmin%2Ftools");
  await expect(page).toHaveURL(`${portal.origin}/admin/tools`);
});

/** The sign-in page may set the cookie of its form, and nothing else. */
function expectNoSession({ headers }: HttpAnswer): void {
  for (const cookie of headers.getSetCookie()) {
    expect(cookie.split("=")[0]).toBe(FORM_COOKIE);
  }
}

/** Addresses that lead elsewhere, in spellings that browsers read differently than servers. */
const EVIL_TARGETS = [
  "//evil.test/",
  "/\\evil.test/",
  "/\t/evil.test/",
  "/.//evil.test/",
  "https://evil.test/",
  "///evil.test/",
  "\\\\evil.test/",
  "/\n/evil.test/",
  "/..//evil.test/",
  "/%2e//evil.test/",
  " //evil.test/",
  "javascript:alert(1)",
  "http:evil.test",
  "@evil.test/",
  "",
];

test("no address leads past the sign-in page to another origin", async ({
  http,
  portal,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  for (const target of EVIL_TARGETS) {
    const path = `/login?redirectTo=${encodeURIComponent(target)}`;
    const { status, headers } = await http.send(path, { session, accept: HTML });
    expect(status, target).toBe(302);
    const location = new URL(headers.get("Location")!, portal.origin);
    expect(location.origin, target).toBe(portal.origin);
  }
});

test("signing in by the form never leads to another origin", async ({ page, context, portal }) => {
  const left: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${portal.origin}/`)) left.push(request.url());
  });
  for (const target of EVIL_TARGETS.slice(0, 4)) {
    await context.clearCookies();
    await page.goto(`/login?redirectTo=${encodeURIComponent(target)}`);
    await signInByForm(page);
    await expect(page, target).toHaveURL((url) => url.pathname !== "/login");
    expect(new URL(page.url()).origin, target).toBe(portal.origin);
  }
  expect(left).toEqual([]);
});

test("the portal can be used as localhost, too", async ({ page, portal }) => {
  const origin = portal.origin.replace("127.0.0.1", "localhost");
  await page.goto(`${origin}/admin/tools`);
  await signInByForm(page);
  await expect(page).toHaveURL(`${origin}/admin/tools`);
});

test.describe("refused sign-ins", () => {
  /** A client of its own address, so that no test uses up the failures of another. */
  let post: (form: Record<string, string>, options?: PostOptions) => Promise<HttpAnswer>;
  let stop: () => Promise<void>;

  interface PostOptions {
    address?: string;
    path?: string;
    accept?: string;
  }

  test.beforeAll(async ({ stack }) => {
    const portal = await startPortal(stack.target, { TRUST_PROXY: "1" });
    const client = new HttpClient(portal.origin);
    stop = portal.stop;
    post = (form, { address = "192.0.2.1", path = "/login", accept = HTML } = {}) =>
      client.send(path, {
        method: "POST",
        body: new URLSearchParams(form),
        accept,
        headers: { "X-Forwarded-For": address },
      });
  });
  test.afterAll(() => stop());

  test("a wrong email and a wrong password get the same answer", async ({ database }) => {
    const { email } = await database.addUser("system_admin");
    const wrongPassword = await post({ email, password: "wrong" });
    const wrongEmail = await post({ email: `x-${email}`, password: "wrong" });
    expect(wrongPassword.status).toBe(401);
    expect(wrongEmail.status).toBe(401);
    expectNoSession(wrongPassword);
    // The page gives back the address that was typed; all else must not tell the two apart.
    expect(withoutRandomness(wrongEmail.text.replaceAll(`x-${email}`, email))).toBe(
      withoutRandomness(wrongPassword.text),
    );

    const json = { accept: "application/json" };
    const problems = [
      problemOf(await post({ email, password: "wrong" }, json)),
      problemOf(await post({ email: `x-${email}`, password: "wrong" }, json)),
    ].map(({ requestId: _, ...problem }) => problem);
    expect(problems[0]).toMatchObject({ status: 401 });
    expect(problems[1]).toEqual(problems[0]);
  });

  test("a form without an address or a password is refused as incomplete", async () => {
    const forms: Record<string, string>[] = [
      {},
      { email: "a@b.test" },
      { password: "x" },
      { email: " ", password: "x" },
      { email: `${"a".repeat(300)}@b.test`, password: "x" },
      { email: "a@b.test", password: "x".repeat(2_000) },
    ];
    for (const form of forms) {
      const answer = await post(form, { accept: "application/json" });
      expect(answer.status, JSON.stringify(form)).toBe(400);
      expect(problemOf(answer).detail).toBe("Enter your email address and your password.");
    }
  });

  test("five failures lock one account for a while, whatever the address, and no other", async ({
    database,
  }) => {
    const [locked, other] = [
      await database.addUser("system_admin"),
      await database.addUser("system_admin"),
    ];
    const password = "SupportSignal-Demo-1!";
    for (let failure = 0; failure < FAILURES_PER_ACCOUNT; failure += 1) {
      // The client-side form of the same action must be counted, too.
      const path = failure % 2 === 0 ? "/login" : "/login.data";
      const answer = await post(
        { email: locked.email, password: "wrong" },
        { address: `192.0.2.${10 + failure}`, path },
      );
      expect(answer.status).toBe(401);
    }
    for (const path of ["/login", "/login.data"]) {
      const answer = await post({ email: locked.email, password }, { address: "192.0.2.20", path });
      expect(answer.status, path).toBe(429);
      const seconds = Number(answer.headers.get("Retry-After"));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(15 * 60);
      expectNoSession(answer);
    }
    const shouted = { email: locked.email.toUpperCase(), password };
    expect((await post(shouted, { address: "192.0.2.20" })).status).toBe(429);
    const program = await post(shouted, { address: "192.0.2.20", accept: "application/json" });
    expect(problemOf(program)).toMatchObject({ status: 429 });
    expect(problemOf(program).detail).toMatch(
      /^Too many failed sign-ins\. Try again in \d+ minutes?\.$/,
    );

    const allowed = await post({ email: other.email, password }, { address: "192.0.2.20" });
    expect(allowed.status).toBe(302);
  });

  test("twenty failures from one address stop it, and no other address", async ({ database }) => {
    const { email } = await database.addUser("system_admin");
    const address = "192.0.2.99";
    // All but the last are written into the database: each would cost a password check.
    const key = `address:${createHash("sha256").update(address).digest("hex")}`;
    await database.insert("sign_in_failures", [
      { key, failures: FAILURES_PER_ADDRESS - 1, window_started_at: Date.now() },
    ]);
    const last = await post({ email: `nobody-${email}`, password: "wrong" }, { address });
    expect(last.status).toBe(401);
    const right = { email, password: "SupportSignal-Demo-1!" };
    expect((await post(right, { address })).status).toBe(429);
    expect((await post(right, { address: "192.0.2.98" })).status).toBe(302);
  });
});

test("a sign-in that is no form is refused", async ({ http }) => {
  for (const [type, body] of [
    ["application/json", '{"email":"a@b.test","password":"x"}'],
    ["text/plain", "email=a@b.test"],
    ["", ""],
  ] as const) {
    for (const accept of ["application/json", HTML]) {
      const headers = { "Content-Type": type };
      const answer = await http.send("/login", { method: "POST", body, accept, headers });
      expect(answer.status, `${type} ${accept}`).toBe(400);
    }
  }
});

test("forms of other origins are refused, this portal's own under any of its names are not", async ({
  http,
  portal,
  database,
}) => {
  const { email } = await database.addUser("system_admin");
  const body = new URLSearchParams({ email, password: "SupportSignal-Demo-1!" });
  const port = new URL(portal.origin).port;
  for (const path of ["/login", "/login.data", "/logout"]) {
    for (const origin of [
      "https://evil.test",
      "null",
      `http://127.0.0.1.evil.test:${port}`,
      `https://127.0.0.1:${port}`,
      "http://127.0.0.1:1",
    ]) {
      const answer = await http.send(path, { method: "POST", body, headers: { Origin: origin } });
      expect(answer.status, `${path} ${origin}`).toBe(403);
      expectNoSession(answer);
      expect(problemOf(answer)).toMatchObject({ status: 403, title: "Other origin" });
    }
  }
  const { token, cookie } = await openForm(http);
  body.set(CSRF_FIELD, token);
  for (const origin of [portal.origin, `http://localhost:${port}`]) {
    const headers = { Origin: origin, Cookie: cookie };
    const answer = await http.send("/login", { method: "POST", body, headers });
    expect(answer.status, origin).toBe(302);
  }
});
