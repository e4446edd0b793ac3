import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  createSessionCookie,
  createToken,
  extendedExpiry,
  hashToken,
  readToken,
} from "~/auth/session-cookie.server";

const OLD = "old-secret-old-secret-old-secret";
const NEW = "new-secret-new-secret-new-secret";
const OTHER = "another-secret-another-secret-xx";

function requestWith(cookie: string | null): Request {
  return new Request("http://portal.test/", cookie === null ? {} : { headers: { Cookie: cookie } });
}

/** The `name=value` of a Set-Cookie header. */
async function issue(secrets: string[], token: string, isSecure = false): Promise<string> {
  const header = await createSessionCookie(secrets, isSecure).serialize(token);
  return header.split(";")[0] ?? "";
}

describe("the cookie", () => {
  test("is only for the server, for twelve hours, and not sent by other sites' forms", async () => {
    const header = await createSessionCookie([NEW], false).serialize(createToken());
    const [value, ...attributes] = header.split("; ");
    expect(value).toMatch(/^supportsignal_session=/);
    expect(attributes.toSorted()).toEqual(["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax"]);
  });

  test("is bound to the host and to https where the portal has https", async () => {
    const header = await createSessionCookie([NEW], true).serialize(createToken());
    const [value, ...attributes] = header.split("; ");
    expect(value).toMatch(/^__Host-supportsignal_session=/);
    expect(attributes).toEqual(expect.arrayContaining(["Secure", "Path=/"]));
    expect(header).not.toMatch(/Domain/i);
  });

  test("gives back the token that it was made for", async () => {
    const token = createToken();
    const cookie = createSessionCookie([NEW], false);
    const request = requestWith(`theme=dark; ${await issue([NEW], token)}; x=y`);
    expect(await readToken(cookie, request)).toBe(token);
  });
});

describe("secrets in rotation", () => {
  test("verify what the old one signed, and sign with the new one", async () => {
    const token = createToken();
    const rotated = createSessionCookie([NEW, OLD], false);
    expect(await readToken(rotated, requestWith(await issue([OLD], token)))).toBe(token);
    expect(await issue([NEW, OLD], token)).toBe(await issue([NEW], token));
    expect(await issue([NEW, OLD], token)).not.toBe(await issue([OLD], token));
  });

  test("no longer verify what a retired one signed", async () => {
    const cookie = createSessionCookie([NEW], false);
    expect(await readToken(cookie, requestWith(await issue([OLD], createToken())))).toBeNull();
  });
});

describe("a cookie that is not ours gives no token", () => {
  const cookie = createSessionCookie([NEW], false);
  const name = "supportsignal_session";

  test.each([
    ["none", null],
    ["an empty header", ""],
    ["an empty value", `${name}=`],
    ["no signature", `${name}=${Buffer.from('"token"').toString("base64")}`],
    ["nonsense", `${name}=%%%`],
    ["nonsense with a dot", `${name}=abc.def`],
    ["10 kB", `${name}=${"x".repeat(10_000)}`],
    ["another name", `session=${"x".repeat(43)}`],
  ])("%s", async (_name, header) => {
    expect(await readToken(cookie, requestWith(header))).toBeNull();
  });

  test("another secret's", async () => {
    const header = await issue([OTHER], createToken());
    expect(await readToken(cookie, requestWith(header))).toBeNull();
  });

  test("a changed value, at any place", async () => {
    const value = decodeURIComponent((await issue([NEW], createToken())).split("=")[1] ?? "");
    const [payload = "", signature = ""] = value.split(".");
    for (const index of [0, 5, payload.length - 3]) {
      const changed =
        payload.slice(0, index) + (payload[index] === "A" ? "B" : "A") + payload.slice(index + 1);
      const header = `${name}=${encodeURIComponent(`${changed}.${signature}`)}`;
      expect(await readToken(cookie, requestWith(header))).toBeNull();
    }
  });

  test("the signature of another token", async () => {
    const [first = "", second = ""] = await Promise.all(
      [createToken(), createToken()].map(async (token) =>
        decodeURIComponent((await issue([NEW], token)).split("=")[1] ?? ""),
      ),
    );
    const swapped = `${first.split(".")[0]}.${second.split(".")[1]}`;
    const header = `${name}=${encodeURIComponent(swapped)}`;
    expect(await readToken(cookie, requestWith(header))).toBeNull();
  });

  test.each([
    "",
    "short",
    "x".repeat(42),
    "x".repeat(44),
    `${"x".repeat(42)} `,
    `${"x".repeat(42)}=`,
    `${"x".repeat(43)}\n`,
    { token: "x".repeat(43) },
    7,
    null,
  ])("a signed value that is no token: %j", async (value) => {
    const header = (await cookie.serialize(value)).split(";")[0] ?? "";
    expect(await readToken(cookie, requestWith(header))).toBeNull();
  });
});

describe("a session that is used", () => {
  const MINUTE_MS = 60_000;
  const START = 1_769_832_306_000;
  const at = (minutes: number) => START + minutes * MINUTE_MS;
  /** What the use of a session in some minute makes of its end, in minutes after its start. */
  const extended = (usedAt: number, expires: number) => {
    const end = extendedExpiry({ createdAt: START, expires: at(expires) }, at(usedAt));
    return end === null ? null : (end - START) / MINUTE_MS;
  };

  test("lasts 60 minutes from then", () => {
    expect(extended(30, 60)).toBe(90);
    expect(extended(59, 60)).toBe(119);
  });

  test("is written down at most once in five minutes", () => {
    expect(extended(0, 60)).toBeNull();
    expect(extended(4.99, 60)).toBeNull();
    expect(extended(5, 60)).toBe(65);
    expect(extended(9.99, 65)).toBeNull();
    expect(extended(10, 65)).toBe(70);
  });

  test("ends after 12 hours, and not earlier, however it is used", () => {
    expect(extended(11 * 60 + 30, 11 * 60 + 40)).toBe(12 * 60);
    expect(extended(11 * 60 + 2, 12 * 60 - 1)).toBe(12 * 60);
    expect(extended(11 * 60 + 59, 12 * 60)).toBeNull();
  });

  test("that was given more time than that is not shortened", () => {
    expect(extended(1, 12 * 60)).toBeNull();
  });
});

describe("tokens", () => {
  test("are 256 random bits, each its own", () => {
    const tokens = Array.from({ length: 1000 }, createToken);
    expect(new Set(tokens).size).toBe(1000);
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(token, "base64url")).toHaveLength(32);
    }
  });

  test("are stored as their SHA-256 only", () => {
    const token = createToken();
    expect(hashToken(token)).toBe(`sha256:${createHash("sha256").update(token).digest("hex")}`);
    expect(hashToken(token)).not.toContain(token);
    expect(hashToken("")).toBe(
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });
});
