import type { Value } from "convex/values";
import { describe, expect, test } from "vitest";
import { createFingerprint, REDACTED, redactOpaque } from "../../../convex/model/redaction";

describe("a value under a credential's name", () => {
  test.each([
    "password",
    "Password",
    "PASSWORD",
    "passwd",
    "user_password",
    "newPassword",
    "password-hash",
    "passphrase",
    "pass",
    "passkey",
    "pin",
    "mfaCode",
    "sig",
    "connectionString",
    "passcode",
    "secret",
    "clientSecret",
    "client_secret",
    "AWS_SECRET_ACCESS_KEY",
    "token",
    "accessToken",
    "refresh_token",
    "csrf-token",
    "sessionToken",
    "authorization",
    "Authorization",
    "authorisation",
    "proxy-authorization",
    "cookie",
    "Set-Cookie",
    "credentials",
    "apiKey",
    "APIKey",
    "api_key",
    "x-api-key",
    "X API Key",
    "accessKeyId",
    "access-key",
    "private_key",
    "privateKey",
    "signingKey",
    "sessionId",
    "session_id",
    "pwd",
    "auth",
    "jwt",
    "bearer",
    "otp",
  ])("is redacted: %s", (key) => {
    expect(redactOpaque({ [key]: "hunter2" })).toEqual({
      value: { [key]: REDACTED },
      redactions: 1,
    });
  });

  test.each([
    "name",
    "author",
    "authored_by",
    "passenger",
    "compass",
    "key",
    "monkey",
    "keyboard",
    "description",
    "bearer_of_news",
    "potpourri",
  ])("is kept where the name only looks like one: %s", (key) => {
    expect(redactOpaque({ [key]: "text" })).toEqual({ value: { [key]: "text" }, redactions: 0 });
  });

  test("is redacted at every depth, in objects and arrays", () => {
    const value = {
      request: { retry: [{ previous: [{ apiKey: "a" }, { status: 429 }] }, "kept"] },
      list: [[[{ token: "b" }]]],
    };
    expect(redactOpaque(value)).toEqual({
      value: {
        request: { retry: [{ previous: [{ apiKey: REDACTED }, { status: 429 }] }, "kept"] },
        list: [[[{ token: REDACTED }]]],
      },
      redactions: 2,
    });
  });

  test("is redacted with all that is in it, whatever the names there", () => {
    const value = { credentials: { user: "u", pins: [1, 2n], raw: new ArrayBuffer(2), on: true } };
    expect(redactOpaque(value)).toEqual({
      value: {
        credentials: { on: true, pins: [REDACTED, REDACTED], raw: REDACTED, user: REDACTED },
      },
      redactions: 4,
    });
  });

  test("is kept where it tells nothing: null, booleans, empty lists", () => {
    const value = { token: null, password: false, cookies: [], secrets: {} };
    expect(redactOpaque(value)).toEqual({ value, redactions: 0 });
  });

  test("is redacted at the deepest level that Convex stores", () => {
    let value: Value = { token: "deep" };
    for (let depth = 1; depth < 64; depth++) value = { level: value };
    const { value: redacted, redactions } = redactOpaque(value);
    expect(redactions).toBe(1);
    expect(JSON.stringify(redacted)).not.toContain("deep");
  });
});

describe("counts of tokens", () => {
  test.each([
    "tokens",
    "prompt_tokens",
    "completionTokens",
    "max_tokens",
    "tokens_used",
    "total-tokens",
    "tokenCount",
    "token_limit",
    "promptTokenCount",
    "token_usage",
  ])("are kept as numbers: %s", (key) => {
    const value = { [key]: 1234, usage: { [key]: 9_007_199_254_740_993n } };
    expect(redactOpaque(value)).toEqual({ value, redactions: 0 });
  });

  test.each(["tokens", "max_tokens", "tokenCount"])("are redacted as text: %s", (key) => {
    expect(redactOpaque({ [key]: "abc" }).redactions).toBe(1);
  });

  test.each(["token", "otp", "pwd", "api_key", "session_token"])(
    "are not what a number under %s is",
    (key) => {
      expect(redactOpaque({ [key]: 123_456 }).value).toEqual({ [key]: REDACTED });
    },
  );
});

describe("a text that holds a credential", () => {
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";

  test.each([
    ["a JSON Web Token", jwt],
    ["a JSON Web Token in a sentence", `the session ${jwt} has ended`],
    ["an unsigned JSON Web Token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0In0."],
    ["a PEM key", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"],
    ["an RSA PEM key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"],
    ["an OpenSSH key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl"],
    ["a Bearer header", "Authorization: Bearer abcdefghijklmnop"],
    ["a bearer header in lower case", "bearer 0123456789abcdef"],
    ["a Basic header", "Basic dXNlcjpwYXNzd29yZA=="],
    ["an Anthropic key", `sk-ant-${"a1".repeat(20)}`],
    ["an OpenAI project key", `sk-proj-${"a1".repeat(20)}`],
    ["an older OpenAI key", `sk-${"A1b2".repeat(12)}`],
    ["a Google key", `AIza${"A1b2".repeat(9)}`],
    ["a URL with a password", "postgres://portal:s3cret@db.example/main"],
    ["a URL with a token", "https://files.example/a?id=1&token=0123456789abcdef"],
    ["a Stripe key", "sk_live_51Habcdefgh"],
    ["a GitHub token", `ghp_${"a".repeat(36)}`],
    ["a fine-grained GitHub token", `github_pat_${"a1".repeat(20)}`],
    ["an AWS key id", "AKIAIOSFODNN7EXAMPLE"],
    ["a Slack token", "xoxb-1234567890-abcdef"],
  ])("is redacted under any name: %s", (_name, text) => {
    expect(redactOpaque(text)).toEqual({ value: REDACTED, redactions: 1 });
    expect(redactOpaque({ note: [text] })).toEqual({ value: { note: [REDACTED] }, redactions: 1 });
  });

  test.each([
    "She carried the bearer of the flag",
    "Basic care was given",
    "-----BEGIN CERTIFICATE-----",
    "task-antidepressants",
    "eyJ",
    "The token was lost",
    "https://files.example/a?page=2&sort=name",
    "write to //someone: at noon",
    "task-1234 and risk-assessment-of-the-week",
    "",
  ])("is not seen in ordinary text: %s", (text) => {
    expect(redactOpaque(text)).toEqual({ value: text, redactions: 0 });
  });
});

describe("what is not redacted", () => {
  test("keeps its type: integers, bytes, special numbers, null", () => {
    const bytes = new Uint8Array([0, 255]).buffer;
    const value = {
      integer: 2n ** 63n - 1n,
      bytes,
      numbers: [NaN, Infinity, -Infinity, -0],
      nothing: null,
      flag: true,
    };
    const { value: kept, redactions } = redactOpaque(value);
    expect(redactions).toBe(0);
    expect(kept).toEqual(value);
    expect((kept as typeof value).bytes).toBe(bytes);
    expect(Object.is((kept as typeof value).numbers[3], -0)).toBe(true);
  });

  test("is not changed in place", () => {
    const value = { b: 1, a: { token: "x" } };
    redactOpaque(value);
    expect(value).toEqual({ b: 1, a: { token: "x" } });
    expect(Object.keys(value)).toEqual(["b", "a"]);
  });

  test("may be called __proto__ or constructor, and is a field like others", () => {
    const value = JSON.parse('{"__proto__":{"token":"x","a":1},"constructor":"c"}') as Value;
    const { value: kept, redactions } = redactOpaque(value);
    expect(redactions).toBe(1);
    expect(JSON.stringify(kept)).toBe(
      `{"__proto__":{"token":"${REDACTED}","a":1},"constructor":"c"}`,
    );
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  });

  test("leaves out fields that are undefined", () => {
    const value = { a: undefined, b: 1 };
    expect(Object.keys(redactOpaque(value).value as object)).toEqual(["b"]);
  });
});

describe("fingerprints", () => {
  test("are equal for equal credentials under one key, and different for different ones", () => {
    const fingerprint = createFingerprint("key of one export");
    expect(fingerprint("token-a")).toBe(fingerprint("token-a"));
    expect(fingerprint("token-a")).not.toBe(fingerprint("token-b"));
    expect(createFingerprint("key of one export")("token-a")).toBe(fingerprint("token-a"));
  });

  test("are different between keys", () => {
    const keys = ["", "a", "b", "key", "key "];
    expect(new Set(keys.map((key) => createFingerprint(key)("token"))).size).toBe(keys.length);
  });

  test("have one form and length, whatever the credential", () => {
    const fingerprint = createFingerprint("key");
    for (const credential of ["", "a", "🙂", "x".repeat(100_000)]) {
      expect(fingerprint(credential)).toMatch(/^fingerprint:[0-9a-f]{32}$/);
    }
  });

  test("are HMAC-SHA-256 (RFC 4231, test case 2)", () => {
    const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const fingerprint = createFingerprint("Jefe")("what do ya want for nothing?");
    expect(fingerprint).toBe(`fingerprint:${expected.slice(0, 32)}`);
  });
});
