import type { Value } from "convex/values";

/** Gives a new marker for a place in the data. */
export type Plant = (where: string) => string;

/** What a credential is called by those who write whatever they like into a log. */
const KEYS = [
  ...["password", "Password", "PASSWORD", "passwd", "userPassword", "pass", "passphrase", "pwd"],
  ...["token", "accessToken", "refresh_token", "id-token", "sessionToken", "csrfToken", "jwt"],
  ...["secret", "clientSecret", "client_secret", "CLIENT-SECRET", "webhookSecret", "signing key"],
  ...["apiKey", "api_key", "API-Key", "x-api-key", "X-Api-Key", "OPENAI_API_KEY", "privateKey"],
  ...["authorization", "Authorization", "Proxy-Authorization", "authHeader", "bearer", "auth"],
  ...["cookie", "Cookie", "Set-Cookie", "cookies", "session_id", "sid", "credentials", "otp"],
  ...["connectionString", "DATABASE_DSN", "recoveryCodes", "pin", "sas_signature", "totp"],
];

const HEADERS = ["Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "x-auth-token"];

/** Deepest place of a marker; Convex's values have 64 levels, of which the document has some. */
const DEPTHS = [1, 2, 7, 31];

/** Credentials known by their form, whatever they are called; the marker is a part of each. */
const FORMS: readonly [name: string, make: (marker: string) => string][] = [
  ["JSON Web Token", (m) => `eyJhbGciOiJIUzI1NiJ9.${base64url(`{"sub":"${m}"}`)}.c2lnbmF0dXJl${m}`],
  ["private key", (m) => `-----BEGIN PRIVATE KEY-----\n${m}\n-----END PRIVATE KEY-----`],
  ["bearer", (m) => `sent Bearer ${m} to it`],
  ["basic", (m) => `Basic ${Buffer.from(`user:${m}1`).toString("base64")}`],
  ["OpenAI", (m) => `sk-proj-${m}`],
  ["Anthropic", (m) => `sk-ant-api03-${m}`],
  ["GitHub", (m) => `ghp_${m}${m}`],
  ["Slack", (m) => `xoxb-1234567890-${m}`],
  ["Stripe", (m) => `sk_live_${m}`],
  ["URL with a password", (m) => `postgres://portal:${m}@db.test/main`],
  ["URL with a token", (m) => `https://files.test/a.pdf?token=${m}`],
  ["setting", (m) => `DB_PASSWORD=${m}`],
  ["log line", (m) => `login failed: {"user":"x","password":"${m}"`],
  ["Convex key", (m) => `prod:happy-otter-123|${m}${m}`],
];

/** Data of any shape with a marker wherever a credential may be in it. */
export function opaqueCanaries(plant: Plant): Record<string, Value> {
  const under = (place: string): Record<string, Value> =>
    Object.fromEntries(KEYS.map((key) => [key, plant(`${place}, under ${key}`)]));
  return {
    keys: under("object"),
    list: [[under("object in a list"), { password: [plant("list under password")] }]],
    depths: DEPTHS.map((depth) => nest(depth, { apiKey: plant(`${depth} levels deep`) })),
    inside: {
      secret: { any: [{ thing: plant("anywhere under secret") }, [plant("a list there")]] },
    },
    bytes: { privateKey: new TextEncoder().encode(plant("bytes under privateKey")).buffer },
    pairs: HEADERS.map((header) => [header, plant(`pair of ${header}`)]),
    named: HEADERS.map((name) => ({ name, value: plant(`value of the name ${name}`) })),
    keyed: HEADERS.map((key) => ({ key, values: [plant(`values of the key ${key}`)] })),
    rawHeaders: HEADERS.flatMap((header) => [header, plant(`raw header ${header}`)]),
    json: JSON.stringify(under("JSON in a text")),
    jsonInJson: JSON.stringify({ body: JSON.stringify([under("JSON in JSON")]) }),
    lines: FORMS.map(([name, make]) => make(plant(`text with the form: ${name}`))),
    texts: Object.fromEntries(FORMS.map(([name, make]) => [name, make(plant(`form: ${name}`))])),
    jsonForms: JSON.stringify(FORMS.map(([name, make]) => make(plant(`JSON, form: ${name}`)))),
  };
}

function nest(depth: number, value: Value): Value {
  let nested = value;
  for (let level = 0; level < depth; level += 1) {
    nested = level % 2 === 0 ? { step: nested } : [nested];
  }
  return nested;
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
