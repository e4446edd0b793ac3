import { expect, test } from "vitest";
import { ExportError, exportErrorMessage, isExportErrorCode } from "~/export/errors";

test("an error tells the administrator what to do and keeps its detail for the log", () => {
  const cause = new Error("inner");
  const error = new ExportError("convex_overloaded", "query: HTTP 429", {
    cause,
    retryAfterSeconds: 7,
  });
  expect(error).toMatchObject({ code: "convex_overloaded", retryAfterSeconds: 7, cause });
  expect(error.message).not.toContain("429");
  expect(error.message).toBe(exportErrorMessage("convex_overloaded"));
});

test.each(["convex_failed", "forbidden", "unauthenticated"])("%s is a code", (code) => {
  expect(isExportErrorCode(code)).toBe(true);
});

test.each(["", "nope", "toString", "__proto__", "constructor", null, undefined, 7, {}])(
  "%j is no code",
  (code) => {
    expect(isExportErrorCode(code)).toBe(false);
  },
);

test.each([undefined, "", "a_code_of_tomorrow"])(
  "the code %j reads as an internal error",
  (code) => {
    expect(exportErrorMessage(code)).toBe(exportErrorMessage("internal"));
  },
);
