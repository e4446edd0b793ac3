import { fileURLToPath } from "node:url";
import { jsonToConvex, type JSONValue, type Value } from "convex/values";

/** Functions made for these tests; the real ones are in `convex/`. */
export const FIXTURE_FUNCTIONS_DIR = fileURLToPath(
  new URL("../../fixtures/convex-functions", import.meta.url),
);

export interface Answer {
  status: number;
  /** Parsed, or null where the body is empty. */
  body: (Record<string, JSONValue> & { ts?: string; errorMessage?: string }) | null;
}

interface Target {
  url: string;
  adminKey: string;
}

/** Posts to a route of a deployment, with its admin key unless other headers are given. */
export async function post(
  { url, adminKey }: Target,
  route: string,
  body: unknown,
  headers: Record<string, string> = { authorization: `Convex ${adminKey}` },
): Promise<Answer> {
  const response = await fetch(`${url}${route}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? null : (JSON.parse(text) as Answer["body"]),
  };
}

/** Calls a function and returns its value; throws with Convex's message where it fails. */
export async function call(
  target: Target,
  path: string,
  args: JSONValue = {},
  ts?: string,
): Promise<Value> {
  const { status, body } = await post(
    target,
    ts === undefined ? "/api/function" : "/api/query_at_ts",
    { path, args, format: "convex_encoded_json", ...(ts === undefined ? {} : { ts }) },
  );
  if (body?.status !== "success") {
    throw new Error(`${status}: ${body?.errorMessage ?? JSON.stringify(body)}`);
  }
  return jsonToConvex(body.value ?? null);
}

/** The deployment's current timestamp, as it travels. */
export async function currentTs(target: Target): Promise<string> {
  const { body } = await post(target, "/api/query_ts", {});
  return body?.ts ?? "";
}
