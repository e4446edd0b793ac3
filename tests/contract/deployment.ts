import { randomUUID } from "node:crypto";
import type { JSONValue } from "convex/values";
import { spawnEmbeddedConvex } from "~/embedded";

/**
 * The deployment that the contract is checked against: the one named by `CONVEX_CONTRACT_URL` and
 * `CONVEX_CONTRACT_KEY`, which must have this project's functions and at least one user, or else
 * an embedded Convex. The suite only adds sessions of its own, and removes them.
 */
export interface Deployment {
  url: string;
  adminKey: string;
  /** Whether texts can be checked to the letter; a production deployment redacts details. */
  isEmbedded: boolean;
  close(): Promise<void>;
}

export async function openDeployment(): Promise<Deployment> {
  const { CONVEX_CONTRACT_URL: url, CONVEX_CONTRACT_KEY: adminKey } = process.env;
  if (url !== undefined && adminKey !== undefined) {
    const close = () => Promise.resolve();
    return { url: url.replace(/\/$/, ""), adminKey, isEmbedded: false, close };
  }
  if (url !== undefined || adminKey !== undefined) {
    throw new Error("Set both CONVEX_CONTRACT_URL and CONVEX_CONTRACT_KEY, or neither");
  }
  return { ...(await spawnEmbeddedConvex()), isEmbedded: true };
}

export interface Reply {
  status: number;
  /** Parsed, or null where the body is empty. */
  body: (Record<string, JSONValue> & ReplyTexts) | null;
}

/** Fields of answers that are texts wherever they occur. */
interface ReplyTexts {
  ts?: string;
  errorMessage?: string;
  code?: string;
  message?: string;
}

/** Posts JSON to a route, with the admin key unless other headers are given. */
export async function post(
  deployment: Deployment,
  route: string,
  body: unknown,
  headers: Record<string, string> = { authorization: `Convex ${deployment.adminKey}` },
): Promise<Reply> {
  const response = await fetch(`${deployment.url}${route}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? null : (JSON.parse(text) as Reply["body"]),
  };
}

/** The value of a successful call; throws with the whole answer otherwise. */
export function valueOf({ status, body }: Reply): JSONValue {
  if (status !== 200 || body?.status !== "success") {
    throw new Error(`${status} ${JSON.stringify(body)}`);
  }
  return body.value ?? null;
}

export async function currentTs(deployment: Deployment): Promise<string> {
  return (await post(deployment, "/api/query_ts", {}, {})).body?.ts ?? "";
}

/** A timestamp moved by some milliseconds. */
export function shifted(ts: string, ms: number): string {
  const bytes = Buffer.from(ts, "base64");
  bytes.writeBigUInt64LE(bytes.readBigUInt64LE() + BigInt(ms) * 1_000_000n);
  return bytes.toString("base64");
}

/** An id of some user, read through an export page. */
export async function someUserId(deployment: Deployment): Promise<string> {
  const page = valueOf(
    await post(deployment, "/api/query", {
      path: "exports:generateDatabaseExport",
      args: usersPage,
    }),
  ) as { data: { users: { _id: string }[] } };
  const id = page.data.users[0]?._id;
  if (id === undefined) {
    throw new Error("The deployment under test needs at least one user");
  }
  return id;
}

const usersPage = {
  actor: { kind: "command_line", name: "contract suite" },
  exportType: "full",
  tables: ["users"],
  fingerprintKey: "0".repeat(64),
  page: { cursor: null, maximumBytes: 1_000_000, maximumDocuments: 1 },
};

/** Runs `use` with a session that exists only meanwhile. */
export async function withSession<T>(
  deployment: Deployment,
  use: (session: { tokenHash: string; tsBefore: string; ts: string }) => Promise<T>,
): Promise<T> {
  const tokenHash = `contract-${randomUUID()}`;
  const userId = await someUserId(deployment);
  const tsBefore = await currentTs(deployment);
  const args = { userId, tokenHash, expires: Date.now() + 60_000 };
  valueOf(await post(deployment, "/api/mutation", { path: "sessions:create", args }));
  try {
    return await use({ tokenHash, tsBefore, ts: await currentTs(deployment) });
  } finally {
    const path = "sessions:remove";
    valueOf(await post(deployment, "/api/mutation", { path, args: { tokenHash } }));
  }
}
