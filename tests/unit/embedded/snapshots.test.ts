import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedConvex } from "~/embedded";
import { spawnEmbeddedConvex } from "~/embedded";
import { SnapshotHistory } from "~/embedded/snapshots";
import { call, currentTs, FIXTURE_FUNCTIONS_DIR, post } from "./client";

const EXPIRED = {
  status: 503,
  body: {
    code: "InternalServerError",
    message: "Your request couldn't be completed. Try again later.",
  },
};
const MS = 1_000_000n;

describe("retention of old snapshots", () => {
  const writes = new Map([["notes", new Map([["a", null]])]]);
  const historyAt = (...commitsMs: number[]): SnapshotHistory => {
    const history = new SnapshotHistory({ ts: 0n, tables: new Map() }, 100);
    commitsMs.forEach((ms) => {
      history.commit(BigInt(ms) * MS, writes);
    });
    return history;
  };

  it("keeps a snapshot while its successor is inside the window, however old it is itself", () => {
    expect(historyAt(1_000, 1_100).at(5n * MS).ts).toBe(0n);
  });

  it("drops a snapshot with the first commit that finds its successor outside the window", () => {
    const history = historyAt(1_000, 1_101);
    expect(() => history.at(999n * MS)).toThrow(expect.objectContaining({ status: 503 }));
    expect(history.at(1_000n * MS).ts).toBe(1_000n * MS);
  });

  it("drops nothing while no commit happens", () => {
    const history = historyAt(1_000);
    expect(history.at(0n).ts).toBe(0n);
  });

  it("reads the last commit at or before a timestamp between two commits", () => {
    expect(historyAt(10, 20, 30).at(25n * MS).ts).toBe(20n * MS);
  });

  it("refuses a timestamp later than the latest commit", () => {
    expect(() => historyAt(10).at(11n * MS)).toThrow(expect.objectContaining({ status: 500 }));
  });
});

describe("reading the past over HTTP", () => {
  let convex: EmbeddedConvex;

  beforeAll(async () => {
    // Long enough that no load on the machine makes a snapshot expire here.
    const retentionMs = 600_000;
    convex = await spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR, retentionMs });
  });
  afterAll(() => convex.close());

  const add = async (text: string) =>
    (await call(convex, "notes:add", { author: "a", rank: 1, text })) as string;
  const texts = async (ts?: string) =>
    ((await call(convex, "notes:observe", {}, ts)) as { texts: string[] }).texts;

  it("shows what was there at a timestamp, through inserts, edits and deletions", async () => {
    const id = await add("first");
    const before = await currentTs(convex);
    await add("second");
    await call(convex, "notes:edit", { id, text: "changed" });
    const between = await currentTs(convex);
    await call(convex, "notes:remove", { id });
    expect(await texts(before)).toEqual(["first"]);
    expect(await texts(between)).toEqual(["changed", "second"]);
    expect(await texts()).toEqual(["second"]);
  });

  it("answers the special 503 once the window has passed and a commit has followed", async () => {
    const retentionMs = 50;
    const brief = await spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR, retentionMs });
    const addNote = () => call(brief, "notes:add", { author: "a", rank: 1, text: "t" });
    try {
      const ts = await currentTs(brief);
      await addNote();
      await sleep(2 * retentionMs);
      expect(await call(brief, "notes:observe", {}, ts)).toMatchObject({ texts: [] });
      await addNote();
      const request = { path: "notes:observe", args: {}, ts };
      expect(await post(brief, "/api/query_at_ts", request)).toEqual(EXPIRED);
    } finally {
      await brief.close();
    }
  });

  it("tells a function the timestamp that it reads at", async () => {
    const ts = await currentTs(convex);
    await add("later");
    const observed = (await call(convex, "notes:observe", {}, ts)) as { ts: bigint };
    expect(observed.ts).toBe(Buffer.from(ts, "base64").readBigUInt64LE());
  });

  it("does not move the timestamp for a mutation that writes nothing", async () => {
    const ts = await currentTs(convex);
    await call(convex, "notes:addMany", { count: 0, textBytes: 0 });
    expect(await currentTs(convex)).toBe(ts);
  });

  it("keeps overlapping reads of the past apart from writes", async () => {
    const ts = await currentTs(convex);
    const expected = await texts(ts);
    const writes = Array.from({ length: 40 }, (_, index) => add(`busy ${index}`));
    const reads = Array.from({ length: 40 }, () => texts(ts));
    for (const read of await Promise.all(reads)) {
      expect(read).toEqual(expected);
    }
    await Promise.all(writes);
    expect(await texts()).toHaveLength(expected.length + 40);
  });
});
