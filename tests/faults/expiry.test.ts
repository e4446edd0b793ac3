import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { isPageRead, nth } from "../e2e/support/convex-proxy";
import type { CallMatcher } from "../e2e/support/convex-proxy";
import { readExport } from "../e2e/support/export-file";
import { problemOf } from "../e2e/support/http";
import { download, startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";

let stack: FaultStack;

beforeAll(async () => {
  // A timestamp is dropped by the next commit but one.
  stack = await startFaultStack("small", {}, { retentionMs: 0 });
});
afterAll(() => stack.stop());
afterEach(() => stack.proxy.reset());

/** Commits to the database while an export waits for a page, so that its timestamp expires. */
async function commit(): Promise<void> {
  for (const name of ["one", "two"]) {
    await stack.database.insert("companies", [
      { name, slug: randomUUID(), contact_email: "a@b.test", status: "test", created_at: 0 },
    ]);
  }
}

/** Pages that are asked for at the n-th timestamp of an export. */
const pageAt =
  (timestamp: number): CallMatcher =>
  (call) =>
    isPageRead(call) && timestamps() === timestamp;

/** Runs an export, and commits while each of these requests waits, one after the other. */
async function exportWithCommits(moments: CallMatcher[], query: Record<string, string> = {}) {
  stack.proxy.reset();
  const run = randomUUID();
  const [first = isPageRead, ...others] = moments;
  let held = stack.proxy.holdBack(first);
  const downloading = download(stack.portal, stack.session, { run, ...query });
  for (const next of [...others, undefined]) {
    await held.arrived;
    await commit();
    const { release } = held;
    if (next !== undefined) held = stack.proxy.holdBack(next);
    release();
  }
  return { answer: await downloading, row: await stack.database.run(run) };
}

/** How many timestamps the export has taken. */
function timestamps(): number {
  return stack.proxy.calls.filter(({ route }) => route === "query_ts").length;
}

test("a snapshot that expires once is taken again, and the file is complete", async () => {
  const { answer } = await exportWithCommits([nth(5, isPageRead)]);
  expect(answer.status).toBe(200);
  const { metadata, data } = readExport(answer.bytes);
  expect(timestamps()).toBe(2);
  expect(metadata.consistency).toBe("snapshot");
  expect(metadata.recordCounts).toEqual(await stack.database.recordCounts());
  expect(data["companies"]).toHaveLength(metadata.recordCounts["companies"] ?? -1);
});

test("a snapshot that expires twice ends with 503, and says what can be done", async () => {
  const { answer, row } = await exportWithCommits([nth(5, isPageRead), pageAt(2)]);
  expect(problemOf(answer)).toMatchObject({ status: 503, title: "Snapshot expired" });
  expect(problemOf(answer).detail).toContain("consistency=rolling");
  expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(answer.headers.get("Content-Disposition")).toBeNull();
  expect(timestamps()).toBe(2);
  expect(row).toMatchObject({ outcome: "failed", errorCode: "snapshot_expired" });
});

test("a rolling export goes on at later timestamps, and its file says that it is none of one moment", async () => {
  const { answer } = await exportWithCommits([nth(3, isPageRead), pageAt(2), pageAt(3)], {
    consistency: "rolling",
  });
  expect(answer.status).toBe(200);
  const { metadata, data } = readExport(answer.bytes);
  expect(timestamps()).toBe(4);
  expect(metadata.consistency).toBe("rolling");
  expect(Date.parse(String(metadata.readUntil))).toBeGreaterThan(
    Date.parse(metadata.snapshotTimestamp),
  );
  for (const [table, documents] of Object.entries(data)) {
    const ids = new Set(documents.map(({ _id }) => _id));
    expect(ids.size, table).toBe(documents.length);
  }
  expect(data["incidents"]).toHaveLength(24);
  expect(data["participants"]).toHaveLength(12);
});
