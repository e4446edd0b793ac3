import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentTs, openDeployment, post, valueOf, type Deployment } from "./deployment";

interface Document {
  _id: string;
  _creationTime: number;
}

interface Page {
  data: Record<string, Document[]>;
  page: { next: { table: string; from: number | null; cursor: string | null } | null };
}

/** Which part of the first table to read, by creation time. */
interface Range {
  from: number | null;
  before: number | null;
}

const TABLES = ["companies", "users", "sites"];
const WHOLE: Range = { from: null, before: null };

let deployment: Deployment;
beforeAll(async () => {
  deployment = await openDeployment();
});
afterAll(() => deployment.close());

/** Reads tables page by page, and at most a range of the first. */
async function readAll(
  ts: string,
  maximumDocuments: number,
  asked: readonly string[] = TABLES,
  { from, before }: Range = WHOLE,
): Promise<Map<string, Document[]>> {
  const read = new Map<string, Document[]>();
  let tables = [...asked];
  let page: { range?: Range; cursor: string | null } = { range: { from, before }, cursor: null };
  for (;;) {
    const answer = valueOf(
      await post(deployment, "/api/query_at_ts", {
        path: "exports:generateDatabaseExport",
        args: {
          actor: { kind: "command_line", name: "contract suite" },
          exportType: "full",
          tables,
          fingerprintKey: "0".repeat(64),
          page: { ...page, maximumBytes: 4_000_000, maximumDocuments },
        },
        ts,
      }),
    ) as unknown as Page;
    for (const [table, documents] of Object.entries(answer.data)) {
      read.set(table, [...(read.get(table) ?? []), ...documents]);
    }
    const { next } = answer.page;
    if (next === null) return read;
    const end = next.table === asked[0] ? before : null;
    tables = tables.slice(tables.indexOf(next.table));
    page = { range: { from: next.from, before: end }, cursor: next.cursor };
  }
}

const idsOf = (documents: readonly Document[] | undefined) => documents?.map(({ _id }) => _id);

describe("pages of an export at one timestamp", () => {
  it("add up to the same documents in the same order, however small they are", async () => {
    const ts = await currentTs(deployment);
    const whole = await readAll(ts, 8_000);
    expect(whole.get("users")?.length).toBeGreaterThan(0);
    expect(await readAll(ts, 7)).toEqual(whole);
  });

  it("have ids that occur once", async () => {
    const documents = [...(await readAll(await currentTs(deployment), 8_000)).values()].flat();
    expect(new Set(idsOf(documents)).size).toBe(documents.length);
  });

  it("of ranges of a table add up to the table, wherever it is split", async () => {
    const ts = await currentTs(deployment);
    const users = (await readAll(ts, 8_000, ["users"])).get("users") ?? [];
    const times = users.map((user) => user._creationTime);
    const middle = times[Math.floor(times.length / 2)] ?? 0;
    const splits = [(times[0] ?? 0) - 1, times[0] ?? 0, middle, middle - 0.125, times.at(-1) ?? 0];
    for (const split of splits) {
      for (const maximumDocuments of [8_000, 7]) {
        const [earlier, later] = await Promise.all([
          readAll(ts, maximumDocuments, ["users"], { from: null, before: split }),
          readAll(ts, maximumDocuments, ["users"], { from: split, before: null }),
        ]);
        const ids = [earlier, later].flatMap((part) => idsOf(part.get("users")) ?? []);
        expect(ids).toEqual(idsOf(users));
        expect(idsOf(earlier.get("users"))).toEqual(
          idsOf(users.filter((user) => user._creationTime < split)),
        );
      }
    }
  });

  it("of a range that ends before it begins are none", async () => {
    const ts = await currentTs(deployment);
    expect((await readAll(ts, 7, ["users"], { from: 2, before: 1 })).get("users")).toEqual([]);
  });
});
