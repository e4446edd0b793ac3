import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { makeFunctionReference, type FunctionReference } from "convex/server";
import { ConvexClient } from "~/convex/client";
import { DEMO_ACCOUNTS } from "~/embedded/demo-accounts";
import type { ExportFileContent } from "~/export/file-schema";
import { DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { HttpClient } from "./support/http";
import { ROOT } from "./support/process";
import { signInAt } from "./support/session";
import { startStack } from "./support/stack";

/** The project's functions, and one that says what another one reads. */
const FUNCTIONS_DIR = path.join(ROOT, "tests/fixtures/page-costs");

const costOf = makeFunctionReference<"query">("costs:of") as unknown as FunctionReference<
  "query",
  "internal",
  { path: string; args: unknown },
  number
>;

const ADMIN = "system_admin@supportsignal.test";

/** So many times the sample data, as a file. */
async function sampleData(scale: number): Promise<ExportFileContent> {
  const stack = await startStack({ scale });
  try {
    const session = await signInAt(stack.portal.origin, ADMIN);
    const { text } = await new HttpClient(stack.portal.origin).send(DOWNLOAD, { session });
    const content = JSON.parse(text) as ExportFileContent;
    // No export holds passwords.
    for (const user of content.data["users"] ?? []) {
      user["password"] = DEMO_ACCOUNTS[0].passwordHash;
    }
    return content;
  } finally {
    await stack.stop();
  }
}

/** A run of the administrator; several that are not over are looked at, too. */
const run = (user_id: string, index: number) => ({
  run_key: crypto.randomUUID(),
  actor_kind: "session",
  actor_name: "Robin Hale",
  actor_role: "system_admin",
  user_id,
  export_type: "full",
  format: "json",
  privacy: "redacted",
  outcome: index % 2 === 0 ? "running" : "completed",
  started_at: Date.now() - index * 1000,
});

for (const scale of [1, 8]) {
  test(`a view of the export page reads at most 200 documents, in three requests, of ${scale} × the sample data`, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "page-costs-"));
    const data = path.join(folder, "sample.json");
    await writeFile(data, JSON.stringify(await sampleData(scale)));
    const stack = await startStack({ functionsDir: FUNCTIONS_DIR, data });
    try {
      const { portal, proxy, database, target } = stack;
      const userId = await database.userId(ADMIN);
      await database.insertRuns(Array.from({ length: 20 }, (_, index) => run(userId, index)));
      await database.insert(
        "export_denials",
        Array.from({ length: 10 }, () => ({
          user_id: userId,
          user_name: "Robin Hale",
          user_role: "system_admin",
          attempt: "page",
          reason: "other_site",
          denied_at: Date.now(),
        })),
      );
      const session = await signInAt(portal.origin, ADMIN);
      proxy.reset();
      const { status } = await new HttpClient(portal.origin).send(EXPORT_PAGE, { session });
      expect(status).toBe(200);

      const calls = [...proxy.calls];
      expect(calls.map((call) => call.path).sort()).toEqual([
        "exportRuns:recent",
        "exports:summarize",
        "sessions:resolve",
      ]);
      const client = new ConvexClient({
        url: target.convexUrl,
        deployKey: target.deployKey,
        timeoutMs: 60_000,
      });
      let documents = 0;
      for (const { path: name = "", args } of calls) {
        const read = await client.query(costOf, { path: name, args });
        expect(read, `documents that ${name} reads`).toBeGreaterThan(0);
        documents += read;
      }
      expect(documents).toBeGreaterThan(18);
      expect(documents).toBeLessThanOrEqual(200);
    } finally {
      await stack.stop();
      await rm(folder, { recursive: true });
    }
  });
}
