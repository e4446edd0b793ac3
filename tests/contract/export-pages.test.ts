import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentTs, openDeployment, post, valueOf, type Deployment } from "./deployment";

interface Page {
  data: Record<string, { _id: string; _creationTime: number }[]>;
  page: { next: { table: string; cursor: string | null } | null };
}

const TABLES = ["companies", "users", "sites"];

let deployment: Deployment;
beforeAll(async () => {
  deployment = await openDeployment();
});
afterAll(() => deployment.close());

async function readAll(ts: string, maximumDocuments: number): Promise<Map<string, string[]>> {
  const ids = new Map<string, string[]>();
  let tables = TABLES;
  let cursor: string | null = null;
  for (let isDone = false; !isDone;) {
    const { data, page } = valueOf(
      await post(deployment, "/api/query_at_ts", {
        path: "exports:generateDatabaseExport",
        args: {
          actor: { kind: "command_line", name: "contract suite" },
          exportType: "full",
          tables,
          fingerprintKey: "0".repeat(64),
          page: { cursor, maximumBytes: 4_000_000, maximumDocuments },
        },
        ts,
      }),
    ) as unknown as Page;
    for (const [table, documents] of Object.entries(data)) {
      ids.set(table, [...(ids.get(table) ?? []), ...documents.map(({ _id }) => _id)]);
    }
    isDone = page.next === null;
    cursor = page.next?.cursor ?? null;
    tables = page.next === null ? tables : tables.slice(tables.indexOf(page.next.table));
  }
  return ids;
}

describe("pages of an export at one timestamp", () => {
  it("add up to the same documents in the same order, however small they are", async () => {
    const ts = await currentTs(deployment);
    const whole = await readAll(ts, 8_000);
    expect(whole.get("users")?.length).toBeGreaterThan(0);
    expect(await readAll(ts, 7)).toEqual(whole);
  });

  it("have ids that occur once", async () => {
    const ids = [...(await readAll(await currentTs(deployment), 8_000)).values()].flat();
    expect(new Set(ids).size).toBe(ids.length);
  });
});
