import { expect, test } from "vitest";
import { prefersGzip } from "~/http/content-coding";

function asks(headers: HeadersInit): boolean {
  return prefersGzip(new Request("http://portal.test/", { headers }));
}

test.each<[string, boolean]>([
  ["gzip", true],
  ["gzip, deflate, br", true],
  ["br;q=1.0, gzip;q=0.8, *;q=0.1", true],
  ["*", true],
  ["GZIP", true],
  ["identity;q=0.5, gzip", true],
  ["gzip;q=0.5, identity", false],
  ["gzip;q=0", false],
  ["gzip;q=0, *", false],
  ["br, zstd", false],
  ["identity", false],
  ["identity, gzip", false],
  ["", false],
])("a program that accepts %j gets gzip: %j", (accepted, expected) => {
  expect(asks({ "Accept-Encoding": accepted })).toBe(expected);
});

test("a program that says nothing about codings gets the file as it is", () => {
  expect(asks({})).toBe(false);
});

test.each<[string, HeadersInit]>([
  ["that follows a link", { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" }],
  ["that loads a frame", { "Sec-Fetch-Dest": "iframe" }],
  ["whose page fetches", { "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" }],
  ["that only names its mode", { "Sec-Fetch-Mode": "navigate" }],
  ["that sends no metadata", { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" }],
])("a browser %s gets the file as it is", (_name, headers) => {
  expect(asks({ "Accept-Encoding": "gzip, deflate, br, zstd", ...headers })).toBe(false);
});

test("Node's fetch, which names a mode like a browser, counts as a program", () => {
  const headers = { "Accept-Encoding": "gzip, deflate", "Sec-Fetch-Mode": "cors", Accept: "*/*" };
  expect(asks(headers)).toBe(true);
});

test("who asks for a part gets bytes of the file itself", () => {
  expect(asks({ "Accept-Encoding": "gzip", Range: "bytes=0-" })).toBe(false);
});
