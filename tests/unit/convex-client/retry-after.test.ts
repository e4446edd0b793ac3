import { afterEach, describe, expect, test, vi } from "vitest";
import { retryAfterSeconds } from "~/convex/retry-after";
import { errorOf, removeMutation, scriptedConvex } from "../../support/scripted-convex";

/** The examples of RFC 9110, section 5.6.7: the same moment in its three forms. */
const DATES = [
  "Sun, 06 Nov 1994 08:49:37 GMT",
  "Sunday, 06-Nov-94 08:49:37 GMT",
  "Sun Nov  6 08:49:37 1994",
];

describe("Retry-After", () => {
  afterEach(() => void vi.unstubAllEnvs());

  test.each([
    ["17", 17],
    [" 17 ", 17],
    ["0.5", 1],
    ["100000", 86_400],
  ])("of %j is %i seconds", (value, seconds) => {
    expect(retryAfterSeconds({ "retry-after": value })).toBe(seconds);
  });

  test.each(["", "0", "-1", "soon", "5 s", "1e3", "2026-11-23", "06 Nov 1994"])(
    "of %j says nothing",
    (value) => {
      expect(retryAfterSeconds({ "retry-after": value })).toBeUndefined();
    },
  );

  test.each(DATES)("of the date %s counts from the answer's own date", (value) => {
    const headers = { "retry-after": value, date: "Sun, 06 Nov 1994 08:49:20 GMT" };
    expect(retryAfterSeconds(headers)).toBe(17);
  });

  test.each(DATES)("of the date %s is in GMT, wherever the portal runs", (value) => {
    vi.stubEnv("TZ", "Pacific/Auckland");
    expect(new Date(0).getHours()).toBe(12);
    const headers = { "retry-after": value, date: "Sun, 06 Nov 1994 08:49:20 GMT" };
    expect(retryAfterSeconds(headers)).toBe(17);
  });

  test.each(DATES)("of the past date %s says nothing", (value) => {
    expect(retryAfterSeconds({ "retry-after": value })).toBeUndefined();
    const date = "Sun, 06 Nov 1994 08:49:37 GMT";
    expect(retryAfterSeconds({ "retry-after": value, date })).toBeUndefined();
  });

  test("of a date in an answer that has none counts from now", () => {
    const value = new Date(Date.now() + 3_600_000).toUTCString();
    const seconds = retryAfterSeconds({ "retry-after": value });
    expect(seconds).toBeGreaterThan(3_000);
    expect(seconds).toBeLessThanOrEqual(3_600);
  });

  test("that came twice is the first", () => {
    expect(retryAfterSeconds({ "retry-after": ["3", "9"] })).toBe(3);
  });

  test.each<[number, string | undefined, number | undefined]>([
    [503, "17", 17],
    [503, undefined, 5],
    [503, "-1", 5],
    [502, "17", 17],
    [502, undefined, undefined],
    [400, "17", undefined],
  ])("of a %i that says %j is passed on as %j", async (status, header, seconds) => {
    const headers: Record<string, string> = header === undefined ? {} : { "Retry-After": header };
    const server = await scriptedConvex([{ status, headers, body: {} }]);
    const error = await errorOf(removeMutation(server.client));
    expect(error.retryAfterSeconds).toBe(seconds);
    await server.close();
  });
});
