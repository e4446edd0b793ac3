import { describe, expect, test } from "vitest";
import type { ConvexClient } from "~/convex/client";
import type { ExportErrorCode } from "~/export/errors";
import {
  DEPLOY_KEY,
  errorOf,
  failure,
  FINGERPRINT_KEY,
  pageQuery,
  removeMutation,
  resolveQuery,
  scriptedConvex,
  streamPage,
  success,
  TOKEN_HASH,
  type Reply,
} from "../../support/scripted-convex";

const EXPIRED = { code: "InternalServerError", message: "Your request couldn't be completed." };

/** First request and three repetitions. */
const ALL_ATTEMPTS = 4;

/** All that a log could show of an error: messages, details and causes, as deep as they go. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const fields = Object.entries(error).map(([name, value]) => `${name}=${String(value)}`);
  return [error.name, error.message, ...fields, everythingIn(error.cause)].join("\n");
}

function expectNoSecretIn(error: unknown): void {
  const text = everythingIn(error);
  for (const secret of [DEPLOY_KEY, "d3pl0y-k3y", TOKEN_HASH, "5ec3e75ec3e7", FINGERPRINT_KEY]) {
    expect(text).not.toContain(secret);
  }
}

interface Case {
  name: string;
  answer: Reply;
  code: ExportErrorCode;
  attempts: number;
}

function httpCase(
  status: number,
  convexCode: string | null,
  code: ExportErrorCode,
  attempts: number,
): Case {
  const body = convexCode === null ? "" : { code: convexCode, message: "The inside." };
  return {
    name: `${status} ${convexCode ?? "without a body"}`,
    answer: { status, body },
    code,
    attempts,
  };
}

describe.concurrent("what Convex answers is classed, and repeated only where that may help", () => {
  test.each<Case>([
    // The key.
    httpCase(401, "BadAdminKey", "convex_refused", 1),
    httpCase(401, "InvalidAuthHeader", "convex_refused", 1),
    httpCase(403, "BadDeployKey", "convex_refused", 1),
    httpCase(403, null, "convex_refused", 1),
    // What stays as it is.
    httpCase(400, "BadJsonBody", "convex_failed", 1),
    httpCase(400, "InvalidAdminKey", "convex_failed", 1),
    httpCase(404, null, "convex_failed", 1),
    httpCase(409, "Conflict", "convex_failed", 1),
    // What may pass.
    httpCase(408, null, "convex_failed", ALL_ATTEMPTS),
    httpCase(429, "TooManyConcurrentRequests", "convex_overloaded", ALL_ATTEMPTS),
    httpCase(429, "TooManyWrites", "convex_overloaded", ALL_ATTEMPTS),
    httpCase(500, "InternalServerError", "convex_failed", ALL_ATTEMPTS),
    httpCase(502, null, "convex_failed", ALL_ATTEMPTS),
    httpCase(503, "OptimisticConcurrencyControlFailure", "convex_overloaded", ALL_ATTEMPTS),
    httpCase(503, "CommitterFullError", "convex_overloaded", ALL_ATTEMPTS),
    httpCase(503, "ExpiredInQueue", "convex_overloaded", ALL_ATTEMPTS),
    httpCase(503, "WorkerOverloaded", "convex_overloaded", ALL_ATTEMPTS),
    httpCase(503, "TableSummariesUnavailable", "convex_overloaded", ALL_ATTEMPTS),
    httpCase(503, "UpstreamConnectError", "convex_overloaded", ALL_ATTEMPTS),
    httpCase(503, null, "convex_overloaded", ALL_ATTEMPTS),
    httpCase(504, null, "convex_unreachable", ALL_ATTEMPTS),
    // A timestamp that is out of retention: looks as if it would pass, and never does.
    {
      name: "503 of an expired timestamp",
      answer: { status: 503, body: EXPIRED },
      code: "snapshot_expired",
      attempts: 1,
    },
    // Answers with status 200.
    {
      name: "a function's error",
      answer: failure("[Request ID: 1] Server Error\nUncaught Error: x\n"),
      code: "convex_failed",
      attempts: 1,
    },
    {
      name: "a redacted error",
      answer: failure("[Request ID: 1] Server Error"),
      code: "convex_failed",
      attempts: 1,
    },
    ...[
      "Uncaught Error: Too many bytes read in a single function execution (limit: 16777216 bytes).",
      "Uncaught Error: Too many documents read in a single function execution (limit: 32000).",
      "Function exports:readLines return value is too large (actual: 17 MiB, limit: 16 MiB)",
      "Function execution timed out (maximum duration: 1s)",
      "Isolate ran out of memory during execution",
    ].map((message): Case => ({
      name: message,
      answer: failure(`[Request ID: 1] Server Error\n${message}`),
      code: "page_too_large",
      attempts: 1,
    })),
    {
      name: "a refusal of a role",
      answer: failure("Uncaught ConvexError", { code: "forbidden", message: "no" }),
      code: "forbidden",
      attempts: 1,
    },
    {
      name: "a refusal of a session",
      answer: failure("Uncaught ConvexError", { code: "unauthenticated", message: "no" }),
      code: "unauthenticated",
      attempts: 1,
    },
    {
      name: "a run that exists",
      answer: failure("Uncaught ConvexError", { code: "run_exists", message: "no" }),
      code: "run_exists",
      attempts: 1,
    },
    {
      name: "a code that is not ours",
      answer: failure("Uncaught ConvexError", { code: "toString" }),
      code: "convex_failed",
      attempts: 1,
    },
    {
      name: "an error without a message",
      answer: { body: { status: "error" } },
      code: "convex_failed",
      attempts: 1,
    },
    { name: "no status", answer: { body: {} }, code: "convex_failed", attempts: 1 },
    { name: "a list", answer: { body: [] }, code: "convex_failed", attempts: 1 },
    // Not what Convex sent.
    {
      name: "no JSON",
      answer: { body: "<html>" },
      code: "convex_failed",
      attempts: ALL_ATTEMPTS,
    },
    { name: "nothing", answer: { body: "" }, code: "convex_failed", attempts: ALL_ATTEMPTS },
    {
      name: "half of an answer",
      answer: { body: '{"status":"success","val' },
      code: "convex_failed",
      attempts: ALL_ATTEMPTS,
    },
    {
      name: "a page of a proxy",
      answer: { headers: { "Content-Type": "text/html" }, body: success(null).body },
      code: "convex_failed",
      attempts: ALL_ATTEMPTS,
    },
    // The network.
    {
      name: "a broken connection",
      answer: "hang up",
      code: "convex_unreachable",
      attempts: ALL_ATTEMPTS,
    },
  ])("$name is $code after $attempts", async ({ answer, code, attempts }) => {
    const server = await scriptedConvex([answer]);
    const error = await errorOf(pageQuery(server.client));
    expect(error.code).toBe(code);
    expect(server.received).toHaveLength(attempts);
    expect(error.detail).toContain("exports:readLines");
    expect(error.detail).not.toContain("The inside.");
    expectNoSecretIn(error);
    await server.close();
  });

  test("a redirect is not followed: the key stays with the deployment", async () => {
    const elsewhere = await scriptedConvex([success(null)]);
    const headers = { Location: `${elsewhere.url}/api/query_at_ts` };
    const server = await scriptedConvex([{ status: 307, headers, body: "" }]);
    const error = await errorOf(pageQuery(server.client));
    expect(error.code).toBe("convex_failed");
    expect(error.detail).toContain("307");
    expectNoSecretIn(error);
    expect(server.received).toHaveLength(1);
    expect(elsewhere.received).toEqual([]);
    await server.close();
    await elsewhere.close();
  });

  test("what passes is repeated until it succeeds", async () => {
    const server = await scriptedConvex([
      { status: 503, body: { code: "WorkerOverloaded" } },
      "hang up",
      success("at last"),
    ]);
    expect(await resolveQuery(server.client)).toBe("at last");
    expect(server.received).toHaveLength(3);
    await server.close();
  });
});

describe("the 503 of an expired timestamp", () => {
  test.each<[string, (client: ConvexClient) => Promise<unknown>, ExportErrorCode, number]>([
    ["expires a page", (client) => streamPage(client), "snapshot_expired", 1],
    ["expires a query at a timestamp", pageQuery, "snapshot_expired", 1],
    ["is overload of the latest state", resolveQuery, "convex_overloaded", ALL_ATTEMPTS],
    ["is overload of query_ts", (c) => c.pinTimestamp(), "convex_overloaded", ALL_ATTEMPTS],
    ["may have applied a mutation", (c) => removeMutation(c), "convex_overloaded", 1],
  ])("%s", async (_name, call, code, attempts) => {
    const server = await scriptedConvex([{ status: 503, body: EXPIRED }]);
    expect((await errorOf(call(server.client))).code).toBe(code);
    expect(server.received).toHaveLength(attempts);
    await server.close();
  });
});

describe("no error says more than it may", () => {
  const quoted = JSON.stringify({
    actor: { kind: "session", tokenHash: TOKEN_HASH },
    fingerprintKey: FINGERPRINT_KEY,
  });

  test.each([
    `ArgumentValidationError: Object is missing the required field \`page\`.\n\nObject: ${quoted}\nValidator: v.object({})\n`,
    `ArgumentValidationError: Object contains extra field \`x\`.\n\nObject: ${quoted}\nValidator: v.object({})\n`,
    `ArgumentValidationError: Value does not match validator.\nPath: .actor\nValue: ${quoted}\nValidator: v.string()\n`,
    `ArgumentValidationError: Value does not match validator.\n\n  Value: ${quoted}`,
  ])("about arguments: %s", async (message) => {
    const server = await scriptedConvex([failure(`[Request ID: 1] Server Error\n${message}`)]);
    const error = await errorOf(pageQuery(server.client));
    expect(error.detail).toContain("ArgumentValidationError");
    expectNoSecretIn(error);
    await server.close();
  });

  test("about what a function threw but its name, its code and Convex's own words", async () => {
    const quoting = `[Request ID: 1] Server Error\nUncaught TypeError: ${quoted} has no name`;
    const server = await scriptedConvex([
      failure(quoting),
      failure(`Uncaught ConvexError: ${quoted}`, { code: "something_new", message: quoted }),
      failure(`Uncaught ConvexError: ${quoted}`, { code: quoted }),
      failure(`Could not find function for 'exports:readLines'. ${quoted}`),
      { status: 400, body: { code: quoted, message: quoted } },
    ]);
    for (const said of [
      "sessions:resolve: TypeError",
      "sessions:resolve: ConvexError something_new",
      "sessions:resolve: ConvexError",
      "sessions:resolve: Could not find function for 'exports:readLines'",
      "sessions:resolve: HTTP 400 (no code)",
    ]) {
      const error = await errorOf(resolveQuery(server.client));
      expect(error.detail).toBe(said);
      expectNoSecretIn(error);
    }
    await server.close();
  });
});
