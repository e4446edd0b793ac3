import type { Value } from "convex/values";
import { describe, expect, test } from "vitest";
import { REDACTED, redactOpaque } from "../../../convex/model/redaction";

function redacted(value: Value): Value {
  return redactOpaque(value).value;
}

/** JSON in a text of JSON, so many times. */
function nested(json: string, times: number): string {
  return times === 0 ? json : nested(JSON.stringify(json), times - 1);
}

describe("a text that is JSON", () => {
  test("is searched as what it says, and written anew where something is found", () => {
    const text = '{ "user": "ann", "apiKey": "whk_123", "list": [1, {"pwd": "x"}] }';
    expect(redactOpaque({ body: text })).toEqual({
      value: { body: `{"user":"ann","apiKey":"${REDACTED}","list":[1,{"pwd":"${REDACTED}"}]}` },
      redactions: 2,
    });
  });

  test("stays to the letter where nothing is found", () => {
    const text = '{ "b": 1.0,\n  "a": [ 10000000000000001, "x" ] }';
    expect(redactOpaque({ body: text })).toEqual({ value: { body: text }, redactions: 0 });
  });

  test("is searched in JSON in JSON", () => {
    for (const times of [1, 2, 5]) {
      const { value, redactions } = redactOpaque(nested('{"token":"deep-secret"}', times));
      expect(redactions).toBe(1);
      expect(value).toBe(nested(`{"token":"${REDACTED}"}`, times));
    }
  });

  test("hides nothing in a key that comes twice, or behind an escape", () => {
    const twice = '{"a":"Bearer abcdefghijklmnop1","a":"harmless"}';
    expect(redacted(twice)).toBe(REDACTED);
    expect(redacted('{"\\u0061piKey":"abc"}')).toBe(`{"apiKey":"${REDACTED}"}`);
  });

  test("that is deeper than anything that is logged is redacted from there on", () => {
    const depth = 5000;
    const text = `${'{"a":'.repeat(depth)}{"token":"deep-secret"}${"}".repeat(depth)}`;
    expect(JSON.stringify(redacted(text))).not.toContain("deep-secret");
    expect(redactOpaque(text).redactions).toBe(1);
  });

  test("is one with a name like that of a prototype", () => {
    expect(redacted('{"__proto__":{"secret":"x"}}')).toBe(`{"__proto__":{"secret":"${REDACTED}"}}`);
  });
});

describe("a credential that is named beside it", () => {
  test.each<[string, Value, Value]>([
    [
      "in a pair of name and value",
      [{ name: "Authorization", value: "abc" }],
      [{ name: "Authorization", value: REDACTED }],
    ],
    [
      "in a pair of key and value",
      { key: "x-api-key", value: "abc", type: "text" },
      { key: "x-api-key", value: REDACTED, type: "text" },
    ],
    [
      "in a pair of header and values",
      { header: "Set-Cookie", values: ["a=1", "b=2"] },
      { header: "Set-Cookie", values: [REDACTED, REDACTED] },
    ],
    ["in a tuple", [["Cookie", "a=1"]], [["Cookie", REDACTED]]],
    [
      "in a tuple with a value of any shape",
      ["password", { a: "x" }],
      ["password", { a: REDACTED }],
    ],
    [
      "in a flat list of headers",
      ["Host", "a.test", "Authorization", "abc", "Accept", "*/*"],
      ["Host", "a.test", "Authorization", REDACTED, "Accept", "*/*"],
    ],
  ])("is redacted %s", (_name, value, expected) => {
    expect(redacted(value)).toEqual(expected);
  });

  test.each<[string, Value]>([
    ["another name", { name: "Content-Type", value: "text/plain" }],
    ["a sentence that mentions one", { name: `The ${"old ".repeat(20)}token`, value: "lost" }],
    ["a count of tokens", { name: "total_tokens", value: 12 }],
    ["a list of words", ["host", "password"]],
    ["three in a row", ["a", "b", "c"]],
  ])("is not seen in %s", (_name, value) => {
    expect(redactOpaque(value)).toEqual({ value, redactions: 0 });
  });
});

test.each([
  "X-Api-Key",
  "apikey",
  "API KEY",
  "api.key",
  "passwd",
  "db_pwd",
  "clientSecret",
  "refreshToken",
  "Set-Cookie",
  "private_key_id",
  "deployKey",
  "encryption-key",
  "JSESSIONID",
  "PHPSESSID",
  "totp",
  "recoveryCodes",
  "verification_code",
  "sentry_dsn",
  "csrf",
  "x-amz-security-token",
  "webhook_key",
])("a value under %s is redacted", (key) => {
  expect(redacted({ [key]: "abc" })).toEqual({ [key]: REDACTED });
});

test.each(["key", "keys", "hockey", "sessions", "code", "postcode", "sid_city", "spin", "auth_by"])(
  "a value under %s is kept",
  (key) => {
    expect(redacted({ [key]: "abc" })).toEqual({ [key]: "abc" });
  },
);

test("bytes under a credential's name are redacted, and other bytes kept", () => {
  const bytes = new Uint8Array([1, 2]).buffer;
  expect(redacted({ privateKey: bytes, photo: bytes })).toEqual({
    privateKey: REDACTED,
    photo: bytes,
  });
});

const A40 = "a1B2c3D4".repeat(5);

test.each([
  ["a GitLab token", `glpat-${A40.slice(0, 20)}`],
  ["an npm token", `npm_${A40}`],
  ["a SendGrid key", `SG.${A40.slice(0, 22)}.${A40}`],
  ["a Twilio key", `SK${"0a".repeat(16)}`],
  ["a Stripe webhook secret", `whsec_${A40}`],
  ["an Anthropic key", `sk-ant-api03-${A40}`],
  ["an OpenAI service key", `sk-svcacct-${A40}`],
  ["a Google refresh token", `1//0${A40}`],
  ["a Google access token", `ya29.${A40}`],
  ["a Slack webhook", "https://hooks.slack.com/services/T0/B0/abc"],
  ["a Convex deploy key", `prod:happy-animal-123|${A40}`],
  ["a Convex admin key", `self-hosted|${"0a".repeat(32)}`],
  ["an Azure signature", "https://a.blob.test/c?sv=2024&sig=abcdefgh%3D"],
  ["an Azure account key", "AccountName=a;AccountKey=abcdefgh=="],
  ["an AWS temporary key", "ASIAIOSFODNN7EXAMPLE"],
  ["a bcrypt hash", `$2b$12$${A40}${A40.slice(0, 13)}`],
  ["an Argon2 hash", `$argon2id$v=19$m=65536,t=3,p=4$${A40}`],
  ["a key in PEM without its end", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE"],
  ["a key in PGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ"],
  ["a key's base64 without PEM around", `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${A40}`],
  ["an encrypted JSON Web Token", `eyJhbGciOiJkaXIifQ..${A40}.${A40}.${A40}`],
  ["a JSON Web Token inside of something longer", `id_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${A40}`],
  ["a password in a query", "https://a.test/?user=1&user_password=hunter22"],
  ["a setting", "DATABASE_PASSWORD=hunter22"],
  ["a log line with JSON in it", 'failed: {"status":401,"clientSecret":"hunter2"}'],
  ["a log line with escaped JSON in it", '"failed: {\\"passwd\\":\\"hunter2\\"}" twice'],
])("a text with %s is redacted", (_name, text) => {
  expect(redacted({ note: text })).toEqual({ note: REDACTED });
});

test.each([
  "She said the password: not known. The token = lost",
  "secret: he likes jazz",
  "Basic communication-support was given, and basic responsibilities explained",
  "a|------------------------------------------|b",
  "token bucket, cookie jar, authorization form",
  "eyJ eyJhbGciOiJIUzI1NiJ9 alone",
  "https://files.test/a?code=7&key=abc",
  "-----BEGIN PUBLIC KEY-----",
])("ordinary text is kept: %s", (text) => {
  expect(redacted({ note: text })).toEqual({ note: text });
});

describe("a text of 1 MiB that is made to be searched for ever", () => {
  const MEBIBYTE = 1024 * 1024;

  test.each([
    "eyJ",
    "-eyJ",
    "eyJaaaaaaaa.",
    "eyJaaaaaaaa-",
    "sk-",
    "gsk_",
    "//a:",
    "bearer ",
    "basic aaaaaaaa",
    "-----BEGIN ",
    "prod:",
    "a|",
    "SG.",
    "password : ",
    "password\\",
    "?key=&",
    "&aaaaaaaaaa_",
    "[",
    '{"a":',
    '"\\"',
  ])("of %j is searched all the same", (part) => {
    const text = part.repeat(MEBIBYTE / part.length);
    // One step for each pair of its characters would take hours, and the test has a minute.
    expect(redactOpaque({ text }).redactions).toBeLessThanOrEqual(1);
    expect(redacted({ text: `${text} Bearer abcdefghijklmnop` })).toEqual({ text: REDACTED });
  });
});
