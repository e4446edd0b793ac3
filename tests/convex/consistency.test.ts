import { isDeepStrictEqual } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { createToken, hashToken } from "~/auth/session-cookie.server";
import type { ExportFileContent } from "~/export/file-schema";
import type { ExportSource, PageRequest } from "~/export/source";
import { internal } from "../../convex/_generated/api";
import { TestConvex } from "../support/convex";
import { makeDocument } from "../support/documents";
import type { Tables } from "../support/memory-documents";
import { makeCapacity, readBytes, readContent } from "../support/export-runs";
import { FULL } from "../support/jobs";

const KEY = "key of these tests";
const WRITES = 200;

/** Long enough that no timestamp of these tests expires by itself. */
const LONG_RETENTION_MS = 10 * 60 * 1000;

/** Pages so small that the sample data needs many. */
const PAGE = { maximumBytes: 8_000_000, maximumDocuments: 100 };

let convex: TestConvex;

afterEach(() => convex.close());

/** The source, with something happening before each page is read. */
function disturbed(
  source: ExportSource,
  beforePage: (request: PageRequest) => Promise<void>,
): ExportSource {
  return {
    ...source,
    readPage: async (timestamp, request, openSink, signal) => {
      await beforePage(request);
      return await source.readPage(timestamp, request, openSink, signal);
    },
  };
}

async function exportedBy(source: ExportSource): Promise<ExportFileContent["data"]> {
  const { file } = await convex.export(undefined, {
    source,
    fingerprintKey: KEY,
    page: PAGE,
    capacity: makeCapacity({ queries: 4 }),
  });
  const text = (await readBytes(file)).toString("utf8");
  return (JSON.parse(text) as ExportFileContent).data;
}

/** Table by table, so that a failure does not print the database. */
function expectSame(actual: ExportFileContent["data"], expected: Tables): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const table of Object.keys(expected)) {
    expect(isDeepStrictEqual(actual[table], expected[table]), table).toBe(true);
  }
}

describe("while 200 writes commit between its pages", () => {
  /** Inserts, changes and deletions in tables that are read early and late. */
  function writer(sessions: string[]): (index: number) => Promise<unknown> {
    const account = (index: number) => ({
      name: "Changed",
      email: "team_lead@supportsignal.test",
      role: index < WRITES / 2 ? ("team_lead" as const) : ("company_admin" as const),
      passwordHash: "x",
    });
    const kinds = [
      () => convex.insert("companies", [makeDocument("companies", { name: "New" })]),
      () => convex.insert("incidents", [makeDocument("incidents", { location: "New" })]),
      () => convex.insert("workflow_handoffs", [makeDocument("workflow_handoffs")]),
      (index: number) =>
        convex.client.mutation(internal.seed.ensureDemoAccounts, { accounts: [account(index)] }),
      () => {
        const tokenHash = sessions.pop() ?? "";
        return convex.client.mutation(internal.sessions.remove, { tokenHash });
      },
    ];
    return (index) => Promise.resolve(kinds[index % kinds.length]?.(index));
  }

  test("the file is the state at its timestamp", async () => {
    convex = await TestConvex.start({ retentionMs: LONG_RETENTION_MS });
    const userId = await convex.createUser("system_admin");
    const sessions = Array.from({ length: WRITES / 5 }, () => hashToken(createToken()));
    const expires = 2e12;
    for (const tokenHash of sessions) {
      await convex.client.mutation(internal.sessions.create, { userId, tokenHash, expires });
    }
    const before = await convex.readAll(KEY);

    const write = writer([...sessions]);
    let written = 0;
    let pages = 0;
    const source = disturbed(convex.source(), async () => {
      pages += 1;
      const batch = Array.from({ length: Math.min(10, WRITES - written) }, () => written++);
      for (const index of batch) await write(index);
    });
    const exported = await exportedBy(source);

    expect(written).toBe(WRITES);
    expect(pages).toBeGreaterThan(WRITES / 10);
    expectSame(exported, before);

    const after = await convex.readAll(KEY);
    expect(after["companies"]).toHaveLength((before["companies"]?.length ?? 0) + WRITES / 5);
    expect(after["sessions"]).toHaveLength((before["sessions"]?.length ?? 0) - WRITES / 5);
    expect(after["users"]).not.toEqual(before["users"]);
    expect(after["incident_narratives"]).toEqual(before["incident_narratives"]);
  });

  test("also where they come from elsewhere at any moment", async () => {
    convex = await TestConvex.start({ retentionMs: LONG_RETENTION_MS });
    const source = convex.source();
    const before = await convex.readAll(KEY);
    const timestamp = await source.pinTimestamp();
    const write = writer([]);
    const state = { written: 0, isExporting: true };
    const elsewhere = (async () => {
      while (state.isExporting || state.written < WRITES) await write(state.written++);
    })();
    const exported = await exportedBy({
      ...source,
      pinTimestamp: () => Promise.resolve(timestamp),
    });
    state.isExporting = false;
    await elsewhere;
    expect(state.written).toBeGreaterThanOrEqual(WRITES);
    expectSame(exported, before);
    expect(await convex.readAll(KEY)).not.toEqual(before);
  });
});

describe("a timestamp that expires during the capture", () => {
  /** Lets Convex drop so many timestamps, each before the second page that is read at it. */
  async function expiring(times: number): Promise<{ source: ExportSource; pins: () => number }> {
    convex = await TestConvex.start({ retentionMs: 0 });
    const source = convex.source();
    let pins = 0;
    let pages = 0;
    let left = times;
    const pinTimestamp = (signal?: AbortSignal) => {
      pins += 1;
      pages = 0;
      return source.pinTimestamp(signal);
    };
    const expire = async () => {
      pages += 1;
      if (pages !== 2 || left === 0) return;
      left -= 1;
      // A snapshot goes with the first commit after its successor has left the window.
      await convex.createUser("team_lead");
      await convex.createUser("team_lead");
    };
    return { source: disturbed({ ...source, pinTimestamp }, expire), pins: () => pins };
  }

  async function exported(source: ExportSource, request = FULL) {
    const capacity = makeCapacity({ queries: 1 });
    // Progress, which is a commit too, goes by the clock; it stands still here.
    const now = new Date();
    const job = {
      source,
      request,
      fingerprintKey: KEY,
      page: PAGE,
      capacity,
      now: () => now,
    };
    const { file } = await convex.export(undefined, job);
    return await readContent(file);
  }

  test("once costs a second capture, and the file is of the later moment", async () => {
    const { source, pins } = await expiring(1);
    const { data, metadata } = await exported(source);
    expect(pins()).toBe(2);
    expect(metadata.consistency).toBe("snapshot");
    expectSame(data, await convex.readAll(KEY));
  });

  test("twice ends the export, and no file is made", async () => {
    const { source, pins } = await expiring(2);
    const error: unknown = await exported(source).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: "ExportError", code: "snapshot_expired" });
    expect(pins()).toBe(2);
  });

  test("again and again costs a rolling export nothing but the name of a snapshot", async () => {
    const { source, pins } = await expiring(20);
    const { data, metadata } = await exported(source, { ...FULL, consistency: "rolling" });
    expect(pins()).toBe(21);
    expect(metadata.consistency).toBe("rolling");
    for (const [table, documents] of Object.entries(await convex.readAll(KEY))) {
      expect(metadata.recordCounts[table]).toBe(data[table]?.length);
      const ids = new Set(data[table]?.map(({ _id }) => _id));
      expect(ids.size).toBe(data[table]?.length);
      // Nothing was deleted, and what was added meanwhile may be in the file or not.
      const missing = documents.filter(({ _id }) => !ids.has(_id));
      expect([table, missing.every(({ name }) => name === "A team_lead")]).toEqual([table, true]);
    }
  });
});

test("a session that is signed out during the capture gets no file", async () => {
  convex = await TestConvex.start({ retentionMs: LONG_RETENTION_MS });
  const actor = await convex.signIn("system_admin");
  const tokenHash = actor.kind === "session" ? actor.tokenHash : "";
  const source = disturbed(convex.source(actor), async () => {
    await convex.client.mutation(internal.sessions.remove, { tokenHash });
  });
  // The pages themselves are read at a moment when the session was there.
  await expect(convex.export(actor, { source })).rejects.toMatchObject({
    name: "ExportError",
    code: "unauthenticated",
  });
});
