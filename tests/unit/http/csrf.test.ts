import { createCookie } from "@remix-run/node";
import { beforeAll, describe, expect, test } from "vitest";
import { Csrf } from "~/auth/csrf.server";
import { createSessionCookie, createToken } from "~/auth/session-cookie.server";
import type { RequestContext } from "~/http/load-context";

const SECRET = "a-secret-of-thirty-two-characters-or-more";
const OTHER_SECRET = "another-secret-of-thirty-two-characters";
const ORIGIN = "http://portal.test";

const csrf = new Csrf({ secrets: [SECRET], isSecure: false });

/** `Cookie` of a new session. */
async function newSession(secret = SECRET): Promise<string> {
  return pairOf(await createSessionCookie([secret], false).serialize(createToken()));
}

function pairOf(setCookie: string): string {
  return setCookie.split(";")[0] ?? "";
}

function page(cookie?: string): Request {
  return new Request(`${ORIGIN}/page`, { headers: cookie === undefined ? {} : { Cookie: cookie } });
}

interface Sent {
  cookie?: string;
  token?: string;
  headers?: Record<string, string>;
  body?: BodyInit;
}

/** A form as a browser sends it. */
function form({ cookie, token, headers = { Origin: ORIGIN }, body }: Sent): Request {
  const fields = new URLSearchParams({ email: "a@b.test", ...(token && { csrf: token }) });
  return new Request(`${ORIGIN}/login`, {
    method: "POST",
    headers: { ...headers, ...(cookie === undefined ? {} : { Cookie: cookie }) },
    body: body ?? fields,
  });
}

async function tokenFor(cookie: string, issuer = csrf): Promise<string> {
  const { field, setCookie } = await issuer.issue(page(cookie));
  expect(setCookie).toBeUndefined();
  return field.value;
}

let session: string;
beforeAll(async () => {
  session = await newSession();
});

describe("a form of a session", () => {
  test("is accepted with a token of that session, and can still be read", async () => {
    const request = form({ cookie: session, token: await tokenFor(session) });
    expect(await csrf.accepts(request)).toBe(true);
    expect((await request.formData()).get("email")).toBe("a@b.test");
  });

  test("is accepted as multipart, too", async () => {
    const body = new FormData();
    body.set("csrf", await tokenFor(session));
    expect(await csrf.accepts(form({ cookie: session, body }))).toBe(true);
  });

  test("is accepted with each of the tokens that were issued for it, which all differ", async () => {
    const tokens = await Promise.all([1, 2, 3].map(() => tokenFor(session)));
    expect(new Set(tokens).size).toBe(tokens.length);
    for (const token of tokens) {
      expect(await csrf.accepts(form({ cookie: session, token }))).toBe(true);
    }
  });

  test("is refused with the token of another session", async () => {
    const token = await tokenFor(await newSession());
    expect(await csrf.accepts(form({ cookie: session, token }))).toBe(false);
  });

  test("is refused with a token from before the sign-in", async () => {
    const { field, setCookie = "" } = await csrf.issue(page());
    const cookie = `${session}; ${pairOf(setCookie)}`;
    expect(await csrf.accepts(form({ cookie, token: field.value }))).toBe(false);
  });

  test.each([
    ["no token", undefined],
    ["an empty one", ""],
    ["another text", "x".repeat(64)],
    ["a shorter text", "x".repeat(63)],
    ["a longer text", "x".repeat(65)],
    ["letters that are not base64url", "é".repeat(64)],
  ])("is refused with %s", async (_what, token) => {
    expect(await csrf.accepts(form({ cookie: session, token }))).toBe(false);
  });

  test("is refused where one character of the token differs", async () => {
    const token = await tokenFor(session);
    for (const index of [0, 10, 21, 22, 40, 63]) {
      const other = token[index] === "A" ? "B" : "A";
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      expect(await csrf.accepts(form({ cookie: session, token: changed })), `${index}`).toBe(false);
    }
  });

  test("is refused where the token comes in the address or a body of another type", async () => {
    const token = await tokenFor(session);
    for (const type of ["application/json", "text/plain"]) {
      const headers = { Origin: ORIGIN, "Content-Type": type };
      const body = `csrf=${token}`;
      expect(await csrf.accepts(form({ cookie: session, headers, body })), type).toBe(false);
    }
    const request = new Request(`${ORIGIN}/login?csrf=${token}`, form({ cookie: session }));
    expect(await csrf.accepts(request)).toBe(false);
  });

  test("is refused with a problem that says what to do", async () => {
    const context = { requestId: "request-1" } as RequestContext;
    await csrf.require(form({ cookie: session, token: await tokenFor(session) }), context);
    const thrown: unknown = await csrf
      .require(form({ cookie: session }), context)
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Response);
    if (!(thrown instanceof Response)) return;
    expect(thrown.status).toBe(403);
    expect(await thrown.json()).toMatchObject({
      title: "Form out of date",
      requestId: "request-1",
    });
  });
});

describe("a form from before sign-in", () => {
  test("is accepted with the token and the cookie that its page gave", async () => {
    const { field, setCookie = "" } = await csrf.issue(page());
    expect(setCookie.split("; ").slice(1)).toEqual(["Path=/", "HttpOnly", "SameSite=Lax"]);
    const cookie = pairOf(setCookie);
    expect(await csrf.accepts(form({ cookie, token: field.value }))).toBe(true);
    // Further pages keep the cookie, so that an older tab still works.
    expect(await csrf.accepts(form({ cookie, token: await tokenFor(cookie) }))).toBe(true);
  });

  test("is refused without the cookie, and with one of another page", async () => {
    const [one, two] = [await csrf.issue(page()), await csrf.issue(page())];
    const token = one.field.value;
    expect(await csrf.accepts(form({ token }))).toBe(false);
    expect(await csrf.accepts(form({ token, cookie: pairOf(two.setCookie ?? "") }))).toBe(false);
  });

  test("is refused with a cookie that the portal did not sign", async () => {
    const foreign = new Csrf({ secrets: [OTHER_SECRET], isSecure: false });
    const { field, setCookie = "" } = await foreign.issue(page());
    const cookie = pairOf(setCookie);
    expect(await csrf.accepts(form({ cookie, token: field.value }))).toBe(false);
    const unsigned = createCookie("supportsignal_form");
    const plain = pairOf(await unsigned.serialize(createToken()));
    expect((await csrf.issue(page(plain))).setCookie).toBeDefined();
  });

  test("has a cookie that only its own https host can set, behind https", async () => {
    const secure = new Csrf({ secrets: [SECRET], isSecure: true });
    const { setCookie = "" } = await secure.issue(page());
    expect(setCookie).toMatch(/^__Host-supportsignal_form=/);
    expect(setCookie.split("; ")).toEqual(expect.arrayContaining(["Secure", "Path=/"]));
    expect(setCookie).not.toMatch(/Domain/i);
  });

  test("has a cookie that can be taken back, where there is one", async () => {
    const { setCookie = "" } = await csrf.issue(page());
    expect(await csrf.retire(page(pairOf(setCookie)))).toContain("Max-Age=0");
    expect(await csrf.retire(page(session))).toBeUndefined();
    expect(await csrf.retire(page())).toBeUndefined();
  });
});

describe("a program's form without a token", () => {
  test("is accepted where the request has no rights of a browser", async () => {
    expect(await csrf.accepts(form({ headers: {} }))).toBe(true);
    expect(await csrf.accepts(form({ headers: {}, cookie: "theme=dark; other=1" }))).toBe(true);
  });

  test.each<[string, Sent]>([
    ["an Origin", { headers: { Origin: ORIGIN } }],
    ["an opaque Origin", { headers: { Origin: "null" } }],
    ["Sec-Fetch-Site", { headers: { "Sec-Fetch-Site": "none" } }],
    [
      "a session cookie, even one that is no good",
      { headers: {}, cookie: "supportsignal_session=" },
    ],
    [
      "a form cookie, even one that is no good",
      { headers: {}, cookie: "a=1;supportsignal_form=x" },
    ],
  ])("is refused where it has %s", async (_what, sent) => {
    expect(await csrf.accepts(form(sent))).toBe(false);
  });
});

describe("a secret that is replaced", () => {
  const rotated = new Csrf({ secrets: [OTHER_SECRET, SECRET], isSecure: false });

  test("keeps the open forms working while it is still listed", async () => {
    const token = await tokenFor(session);
    expect(await rotated.accepts(form({ cookie: session, token }))).toBe(true);
  });

  test("makes no new tokens", async () => {
    const token = await tokenFor(session, rotated);
    expect(await rotated.accepts(form({ cookie: session, token }))).toBe(true);
    expect(await csrf.accepts(form({ cookie: session, token }))).toBe(false);
  });
});
