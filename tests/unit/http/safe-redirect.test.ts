import { describe, expect, test } from "vitest";
import { safeRedirect } from "~/http/safe-redirect";
import { HOSTILE_TARGETS } from "../../support/redirect-targets";

const FALLBACK = "/admin";
const ORIGIN = "http://127.0.0.1:3200";

/** What is no path of its own: it would be read as one below the page that redirects. */
const NO_PATHS = ["admin", "./admin", "../admin", "?redirectTo=/admin", "#admin", ""];

/** What is no address of a host at all. */
const BROKEN = ["//", "/\\", "///", "http://", "//[::1"];

const HOSTILE = [...HOSTILE_TARGETS, ...NO_PATHS, ...BROKEN];

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
