import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError } from "convex/values";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDeployment, withSession, type Deployment } from "./deployment";

const resolve = makeFunctionReference<"query", { tokenHash: string }>("sessions:resolve");
const remove = makeFunctionReference<"mutation", { tokenHash: string }>("sessions:remove");
const summarize = makeFunctionReference<"query", { actor: object }>("exports:summarize");

let deployment: Deployment;
beforeAll(async () => {
  deployment = await openDeployment();
});
afterAll(() => deployment.close());

describe("the official ConvexHttpClient", () => {
  const client = (): ConvexHttpClient => {
    const made = new ConvexHttpClient(deployment.url, { logger: false });
    // Exists for the CLI and the dashboard, but is left out of the published types.
    (made as unknown as { setAdminAuth(key: string): void }).setAdminAuth(deployment.adminKey);
    return made;
  };

  it("queries and mutates", async () => {
    expect(await client().query(resolve, { tokenHash: "nobody" })).toBeNull();
    expect(await client().mutation(remove, { tokenHash: "nobody" })).toBeNull();
  });

  it("reads at the timestamp of its first consistent query", async () => {
    const consistent = client();
    expect(await consistent.consistentQuery(resolve, { tokenHash: "nobody" })).toBeNull();
    await withSession(deployment, async ({ tokenHash }) => {
      expect(await consistent.consistentQuery(resolve, { tokenHash })).toBeNull();
      expect(await client().consistentQuery(resolve, { tokenHash })).toMatchObject({
        kind: "user",
      });
    });
  });

  it("turns the data of an error back into a ConvexError", async () => {
    const actor = { kind: "session", tokenHash: "nobody" };
    const failure: unknown = await client()
      .query(summarize, { actor })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConvexError);
    expect((failure as ConvexError<{ code: string }>).data.code).toBe("unauthenticated");
  });

  it("is refused internal functions without the key", async () => {
    const anonymous = new ConvexHttpClient(deployment.url, { logger: false });
    await expect(anonymous.query(resolve, { tokenHash: "nobody" })).rejects.toThrow("Server Error");
  });
});

describe("npx convex run", () => {
  const cli = fileURLToPath(new URL("../../node_modules/.bin/convex", import.meta.url));
  // Far from any .env file that would name another deployment.
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "convex-run-"));
    await writeFile(path.join(folder, "package.json"), '{"dependencies":{"convex":"*"}}');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = (functionPath: string, args: object, key = deployment.adminKey) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((settle) => {
      execFile(
        cli,
        ["run", functionPath, JSON.stringify(args), "--url", deployment.url, "--admin-key", key],
        { cwd: folder },
        (error, stdout, stderr) => {
          settle({ code: error === null ? 0 : Number(error.code), stdout, stderr });
        },
      );
    });

  it("prints what an internal query returns", async () => {
    await withSession(deployment, async ({ tokenHash }) => {
      const { code, stdout, stderr } = await run("sessions:resolve", { tokenHash });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(stdout)).toMatchObject({ kind: "user" });
    });
  });

  it("fails with the deployment's reason for bad arguments and for a wrong key", async () => {
    const badArguments = await run("sessions:resolve", { tokenHash: 1 });
    expect(badArguments.code).toBe(1);
    expect(badArguments.stderr).toContain('Failed to run function "sessions:resolve"');
    const wrongKey = deployment.adminKey.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const refused = await run("sessions:resolve", { tokenHash: "nobody" }, wrongKey);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/BadAdminKey|BadDeployKey/);
  });
});
