import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { EnvError, parseEnv } from "~/env.server";
import { BLOCK_BYTES } from "~/export/spool-blocks";

const SECRET = "a-session-secret-that-is-long-enough";
const KEY = "prod:happy-animal-123|0123456789abcdef";

const REQUIRED = {
  CONVEX_URL: "https://happy-animal-123.convex.cloud",
  CONVEX_DEPLOY_KEY: KEY,
  SESSION_SECRET: SECRET,
};

/** Something that is there, and no directory. */
const THIS_FILE = fileURLToPath(import.meta.url);

function messageOf(source: Record<string, string | undefined>): string {
  try {
    parseEnv(source);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  throw new Error("the environment was accepted");
}

/** The names at the start of the message's lines. */
function namesIn(message: string): string[] {
  return [...message.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name ?? "");
}

describe("a minimal environment", () => {
  test("gets the documented defaults", () => {
    expect(parseEnv(REQUIRED)).toEqual({
      NODE_ENV: "production",
      ...REQUIRED,
      SESSION_SECRET: [SECRET],
      PORT: 3200,
      HOST: "127.0.0.1",
      PORTAL_ORIGIN: "http://127.0.0.1:3200",
      SECURE_COOKIES: false,
      TRUST_PROXY: 0,
      LOG_LEVEL: "info",
      CONVEX_TIMEOUT_MS: 30_000,
      EXPORT_CONCURRENCY: 16,
      EXPORT_PAGE_BYTES: 8 * 1024 * 1024,
      EXPORT_PAGE_DOCUMENTS: 24_000,
      EXPORT_CAPTURES: 8,
      EXPORT_CAPTURE_SECONDS: 300,
      EXPORT_RESUME_SECONDS: 60,
      EXPORT_MEMORY_BYTES: 56 * 1024 * 1024,
      EXPORT_DISK_BYTES: 8 * 1024 * 1024 * 1024,
      EXPORT_SPOOL_DIRECTORY: tmpdir(),
    });
  });

  test("may hold empty variables, which count as absent", () => {
    const empty = { PORT: "", HOST: "", PORTAL_ORIGIN: "", LOG_LEVEL: "", NODE_ENV: "" };
    expect(parseEnv({ ...REQUIRED, ...empty })).toEqual(parseEnv(REQUIRED));
  });

  test("may stand among variables of others", () => {
    expect(parseEnv({ ...REQUIRED, PATH: "/bin", EXPORT_PAGE: "x" })).toEqual(parseEnv(REQUIRED));
  });
});

describe("what is missing or wrong", () => {
  test("is listed in one message, by name", () => {
    expect(namesIn(messageOf({})).toSorted()).toEqual([
      "CONVEX_DEPLOY_KEY",
      "CONVEX_URL",
      "SESSION_SECRET",
    ]);
    const names = namesIn(
      messageOf({
        CONVEX_URL: "nope",
        SESSION_SECRET: "short",
        PORT: "0",
        PORTAL_ORIGIN: "nope",
        TRUST_PROXY: "yes",
        LOG_LEVEL: "loud",
        NODE_ENV: "staging",
        CONVEX_TIMEOUT_MS: "1",
        EXPORT_CONCURRENCY: "0",
        EXPORT_PAGE_BYTES: "-1",
        EXPORT_PAGE_DOCUMENTS: "1e3",
        EXPORT_CAPTURES: "0",
        EXPORT_CAPTURE_SECONDS: "0",
        EXPORT_RESUME_SECONDS: "-1",
        EXPORT_MEMORY_BYTES: "1.5",
        EXPORT_DISK_BYTES: "8GiB",
        EXPORT_SPOOL_DIRECTORY: "/does/not/exist",
      }),
    );
    expect(names.toSorted()).toEqual([
      "CONVEX_DEPLOY_KEY",
      "CONVEX_TIMEOUT_MS",
      "CONVEX_URL",
      "EXPORT_CAPTURES",
      "EXPORT_CAPTURE_SECONDS",
      "EXPORT_CONCURRENCY",
      "EXPORT_DISK_BYTES",
      "EXPORT_MEMORY_BYTES",
      "EXPORT_PAGE_BYTES",
      "EXPORT_PAGE_DOCUMENTS",
      "EXPORT_RESUME_SECONDS",
      "EXPORT_SPOOL_DIRECTORY",
      "LOG_LEVEL",
      "NODE_ENV",
      "PORT",
      "PORTAL_ORIGIN",
      "SESSION_SECRET",
      "TRUST_PROXY",
    ]);
  });

  test("is listed together with what only shows when variables are compared", () => {
    const message = messageOf({ ...REQUIRED, HOST: "0.0.0.0", PORT: "0" });
    expect(namesIn(message).toSorted()).toEqual(["PORT", "PORTAL_ORIGIN"]);
  });

  test("is never quoted, for it may be a secret in the wrong place", () => {
    const names = [
      "CONVEX_URL",
      "SESSION_SECRET",
      "PORT",
      "PORTAL_ORIGIN",
      "TRUST_PROXY",
      "LOG_LEVEL",
      "NODE_ENV",
      "CONVEX_TIMEOUT_MS",
      "EXPORT_CONCURRENCY",
      "EXPORT_PAGE_BYTES",
      "EXPORT_PAGE_DOCUMENTS",
      "EXPORT_CAPTURES",
      "EXPORT_CAPTURE_SECONDS",
      "EXPORT_RESUME_SECONDS",
      "EXPORT_MEMORY_BYTES",
      "EXPORT_DISK_BYTES",
      "EXPORT_SPOOL_DIRECTORY",
    ];
    const source = Object.fromEntries(names.map((name, index) => [name, `s3cr3t-${index}`]));
    const message = messageOf({ ...source, CONVEX_DEPLOY_KEY: KEY });
    expect(namesIn(message).toSorted()).toEqual(names.toSorted());
    expect(message).not.toContain("s3cr3t");
    expect(message).not.toContain(KEY);
  });

  test.each([
    ["PORT", "65536", /65535 or less/],
    ["PORT", "http", /whole number/],
    ["PORT", " 3200", /whole number/],
    ["PORT", "0x10", /whole number/],
    ["TRUST_PROXY", "17", /16 or less/],
    ["EXPORT_CONCURRENCY", "0", /1 or more/],
    ["EXPORT_PAGE_BYTES", String(16 * 1024 * 1024), /12582912 or less/],
    ["EXPORT_CAPTURES", "0", /1 or more/],
    ["EXPORT_CAPTURE_SECONDS", "86401", /86400 or less/],
    ["EXPORT_RESUME_SECONDS", "1m", /whole number/],
    ["EXPORT_MEMORY_BYTES", "64MiB", /whole number/],
    ["EXPORT_DISK_BYTES", "1e10", /whole number/],
    ["EXPORT_SPOOL_DIRECTORY", "/does/not/exist", /a directory that the portal can write to/],
    ["EXPORT_SPOOL_DIRECTORY", THIS_FILE, /a directory that the portal can write to/],
    ["LOG_LEVEL", "verbose", /must be one of fatal, error, warn, info, debug, trace/],
    ["CONVEX_DEPLOY_KEY", "prod:happy|abc\n", /printable characters/],
    ["CONVEX_DEPLOY_KEY", "  ", /printable characters/],
    ["CONVEX_URL", "https://happy.convex.cloud/api", /host and port only/],
    ["CONVEX_URL", "ws://happy.convex.cloud", /http or https/],
    ["CONVEX_URL", "happy.convex.cloud", /http or https/],
    ["CONVEX_URL", "file:///etc/passwd", /http or https/],
  ])("is explained: %s=%j", (name, value, explanation) => {
    const message = messageOf({ ...REQUIRED, [name]: value });
    expect(namesIn(message)).toEqual([name]);
    expect(message).toMatch(explanation);
  });
});

describe("the bounds of the export engine", () => {
  test("may be none of memory, none of disk, and no time to resume", () => {
    const none = { EXPORT_MEMORY_BYTES: "0", EXPORT_RESUME_SECONDS: "0" };
    expect(parseEnv({ ...REQUIRED, ...none })).toMatchObject({
      EXPORT_MEMORY_BYTES: 0,
      EXPORT_RESUME_SECONDS: 0,
    });
    expect(parseEnv({ ...REQUIRED, EXPORT_DISK_BYTES: "0" }).EXPORT_DISK_BYTES).toBe(0);
  });

  test("are refused where not even one block of an export could be held, with both names", () => {
    const small = String(BLOCK_BYTES - 1);
    for (const [memory, disk] of [
      ["0", "0"],
      ["0", small],
      [small, "0"],
      [small, small],
    ]) {
      const bounds = { EXPORT_MEMORY_BYTES: memory, EXPORT_DISK_BYTES: disk };
      expect(messageOf({ ...REQUIRED, ...bounds })).toBe(
        "The environment is not valid:\n" +
          `  EXPORT_MEMORY_BYTES or EXPORT_DISK_BYTES must be ${BLOCK_BYTES} or more`,
      );
    }
    for (const name of ["EXPORT_MEMORY_BYTES", "EXPORT_DISK_BYTES"]) {
      const bounds = { EXPORT_MEMORY_BYTES: "0", EXPORT_DISK_BYTES: "0" };
      const env = parseEnv({ ...REQUIRED, ...bounds, [name]: String(BLOCK_BYTES) });
      expect(env).toMatchObject({ [name]: BLOCK_BYTES });
    }
  });

  test("are complained of once where they are no numbers", () => {
    const bounds = { EXPORT_MEMORY_BYTES: "-1", EXPORT_DISK_BYTES: "-1" };
    const names = namesIn(messageOf({ ...REQUIRED, ...bounds }));
    expect(names).toEqual(["EXPORT_MEMORY_BYTES", "EXPORT_DISK_BYTES"]);
  });

  test("name any directory that can be written to", () => {
    const folder = fileURLToPath(new URL(".", import.meta.url));
    const env = parseEnv({ ...REQUIRED, EXPORT_SPOOL_DIRECTORY: folder });
    expect(env.EXPORT_SPOOL_DIRECTORY).toBe(folder);
  });
});

describe("SESSION_SECRET", () => {
  const parse = (secret: string) => parseEnv({ ...REQUIRED, SESSION_SECRET: secret });

  test("is several for rotation, the new one first", () => {
    const [first, second] = ["n".repeat(32), "o".repeat(40)];
    expect(parse(`${first}, ${second}`).SESSION_SECRET).toEqual([first, second]);
  });

  test.each([
    "x".repeat(31),
    `${"n".repeat(32)},`,
    `,${"n".repeat(32)}`,
    `${"n".repeat(32)},short`,
    `${" ".repeat(32)}`,
    `${"n".repeat(16)},${"o".repeat(16)}`,
  ])("is refused where one of them is too short: %j", (secret) => {
    const message = messageOf({ ...REQUIRED, SESSION_SECRET: secret });
    expect(namesIn(message)).toEqual(["SESSION_SECRET"]);
    expect(message).toMatch(/32 characters or more/);
  });

  test("may have exactly 32 characters", () => {
    expect(parse("x".repeat(32)).SESSION_SECRET).toEqual(["x".repeat(32)]);
  });
});

describe("PORTAL_ORIGIN", () => {
  const parse = (extra: Record<string, string>) => parseEnv({ ...REQUIRED, ...extra });

  test("is made of HOST and PORT on a loopback address", () => {
    expect(parse({ PORT: "8080" }).PORTAL_ORIGIN).toBe("http://127.0.0.1:8080");
    expect(parse({ HOST: "localhost" }).PORTAL_ORIGIN).toBe("http://localhost:3200");
    expect(parse({ HOST: "::1" }).PORTAL_ORIGIN).toBe("http://[::1]:3200");
  });

  test.each(["0.0.0.0", "::", "192.168.0.10", "portal.internal"])(
    "must be named where HOST is %s",
    (host) => {
      expect(namesIn(messageOf({ ...REQUIRED, HOST: host }))).toEqual(["PORTAL_ORIGIN"]);
      const origin = "https://portal.example";
      expect(parse({ HOST: host, PORTAL_ORIGIN: origin }).PORTAL_ORIGIN).toBe(origin);
    },
  );

  test("makes cookies secure where it is https", () => {
    expect(parse({ PORTAL_ORIGIN: "https://portal.example" }).SECURE_COOKIES).toBe(true);
    expect(parse({ PORTAL_ORIGIN: "http://localhost:3200" }).SECURE_COOKIES).toBe(false);
  });

  test("loses a final slash, a default port and capitals", () => {
    expect(parse({ PORTAL_ORIGIN: "https://Portal.Example:443/" }).PORTAL_ORIGIN).toBe(
      "https://portal.example",
    );
  });

  test.each([
    ["http://portal.example", /https in production/],
    ["http://127.0.0.1.example", /https in production/],
    ["https://portal.example/admin", /host and port only/],
    ["https://portal.example/?next=1", /host and port only/],
    ["https://somebody:secret@portal.example", /host and port only/],
    ["ftp://portal.example", /http or https/],
    ["portal.example", /http or https/],
    ["null", /http or https/],
  ])("is refused as %j", (origin, explanation) => {
    const message = messageOf({ ...REQUIRED, PORTAL_ORIGIN: origin });
    expect(namesIn(message)).toEqual(["PORTAL_ORIGIN"]);
    expect(message).toMatch(explanation);
  });

  test("may be http in development", () => {
    const origin = "http://portal.example";
    expect(parse({ NODE_ENV: "development", PORTAL_ORIGIN: origin }).PORTAL_ORIGIN).toBe(origin);
  });
});
