import { describe, expect, test } from "vitest";
import { safeRedirect } from "~/http/safe-redirect";

const FALLBACK = "/admin";
const ORIGIN = "http://127.0.0.1:3200";

const HOSTILE = [
  "http://evil.example",
  "https://evil.example/admin",
  "HTTPS://evil.example",
  "//evil.example",
  "///evil.example",
  "////evil.example",
  "//evil.example/..",
  "//evil.example:80",
  "//user@evil.example",
  "//127.0.0.1@evil.example",
  "/\\evil.example",
  "/\\/evil.example",
  "\\\\evil.example",
  "\\/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r/evil.example",
  "/\t\\evil.example",
  "\t//evil.example",
  "\n//evil.example",
  " //evil.example",
  "\u0000//evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/./\\evil.example",
  "/%2e//evil.example",
  "/%2e%2e//evil.example",
  "/a/..//evil.example",
  "/a/%2e%2e//evil.example",
  "/.\t//evil.example",
  "/.\\/evil.example",
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\tscript:alert(1)",
  "data:text/html,<script>",
  "vbscript:x",
  "file:///etc/passwd",
  "mailto:a@b.test",
  "ftp://evil.example",
  "http:evil.example",
  "http:/evil.example",
  "http:\\\\evil.example",
  "evil.example",
  "admin",
  "./admin",
  "../admin",
  "?redirectTo=/admin",
  "#admin",
  "",
  "//",
  "/\\",
  "///",
  "http://",
  "//[::1",
];

test("there are many spellings of another origin here", () => {
  expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(40);
});

test.each(HOSTILE)("%j does not lead away from the portal", (target) => {
  const result = safeRedirect(target, FALLBACK);
  expect(result).toBe(FALLBACK);
});

test.each([null, undefined])("%j gives the fallback", (target) => {
  expect(safeRedirect(target, FALLBACK)).toBe(FALLBACK);
});

describe("an address of this origin is kept", () => {
  test.each([
    ["/", "/"],
    ["/admin", "/admin"],
    ["/admin/tools?x=1&y=%2F#part", "/admin/tools?x=1&y=%2F#part"],
    [
      "/admin/developer-tools/export/download?tables=users,incidents&format=json",
      "/admin/developer-tools/export/download?tables=users,incidents&format=json",
    ],
    ["/login?redirectTo=https://evil.example", "/login?redirectTo=https://evil.example"],
    ["/admin//double", "/admin//double"],
    ["/a@b", "/a@b"],
    ["/http://evil.example", "/http://evil.example"],
    ["/%2F%2Fevil.example", "/%2F%2Fevil.example"],
    ["/%5Cevil.example", "/%5Cevil.example"],
    ["/../admin", "/admin"],
    ["/ünï", "/%C3%BCn%C3%AF"],
    ["/admin\r\nSet-Cookie: a=b", "/adminSet-Cookie:%20a=b"],
  ])("%j as %j", (target, expected) => {
    const result = safeRedirect(target, FALLBACK);
    expect(result).toBe(expected);
    expect(new URL(result, ORIGIN).origin).toBe(ORIGIN);
  });
});
