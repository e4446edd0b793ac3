import { expect, test } from "vitest";
import { ExportError, exportErrorMessage } from "~/export/errors";
import { errorOf, resolveQuery, scriptedConvex, type Answer } from "../../support/scripted-convex";

async function failureOf(answer: Answer): Promise<unknown> {
  const server = await scriptedConvex([answer]);
  const error = await errorOf(resolveQuery(server.client));
  await server.close();
  return error;
}

test.each<[string, Answer]>([
  ["null", { body: "null" }],
  ["a success without a value", { body: { status: "success" } }],
  ["a value that is not Convex's JSON", { body: { status: "success", value: { $integer: 7 } } }],
])("%s in answer to a query is a failure of Convex", async (_what, answer) => {
  const error = await failureOf(answer);
  expect(error).toBeInstanceOf(ExportError);
  expect(error).toMatchObject({ code: "convex_failed" });
});

test("null in answer to query_ts is a failure of Convex", async () => {
  const server = await scriptedConvex([{ body: "null" }]);
  expect(await errorOf(server.client.pinTimestamp())).toMatchObject({ code: "convex_failed" });
  await server.close();
});

test.each([
  "You do not have permission to perform this operation (RunInternalQueries).",
  "[Request ID: 1] Server Error\nYou do not have permission to perform this operation (x).",
])("a key that lacks an operation is refused: %s", async (errorMessage) => {
  const error = await failureOf({ body: { status: "error", errorMessage } });
  expect(error).toMatchObject({ code: "convex_refused" });
});

test("a query that ran out of system time is repeated", async () => {
  const errorMessage = "Your request timed out performing too many system operations.";
  const server = await scriptedConvex([
    { body: { status: "error", errorMessage } },
    { body: { status: "success", value: null } },
  ]);
  expect(await resolveQuery(server.client)).toBeNull();
  expect(server.received).toHaveLength(2);
  await server.close();
});

test.each(["toString", "constructor", "__proto__"])(
  "a code that is none, such as %s, has the message of an internal error",
  (code) => {
    expect(exportErrorMessage(code)).toBe(exportErrorMessage("internal"));
  },
);
