import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDownload } from "../e2e/support/download";
import { reprDigest } from "../e2e/support/export-file";
import { problemOf } from "../e2e/support/http";
import type { Portal } from "../e2e/support/portal";
import { signInAt } from "../e2e/support/session";
import { openSpoolFiles } from "./support/spool-files";
import { ADMIN, download, downloadUrl, startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";
import { until } from "./support/until";

let stack: FaultStack;

beforeAll(async () => {
  stack = await startFaultStack("large", { EXPORT_RESUME_SECONDS: "600" });
});
afterAll(() => stack.stop());

/** A download that breaks off after some of its bytes. */
async function breakOff(portal: Portal, query: Record<string, string>) {
  const started = startDownload(downloadUrl(portal, query), stack.session);
  const { status, headers, take, abandon } = await started.answered;
  expect(status).toBe(200);
  expect(headers["accept-ranges"]).toBe("bytes");
  const part = await take(3_000_000);
  abandon();
  return {
    part,
    length: Number(headers["content-length"]),
    etag: String(headers.etag),
    digest: String(headers["repr-digest"]),
    range: { Range: `bytes=${part.byteLength}-` },
  };
}

function countExports(): number {
  return stack.proxy.calls.filter(({ path }) => path === "exportRuns:start").length;
}

function outcomeOf(run: string) {
  return until("the run has ended", async () => {
    const row = await stack.database.run(run);
    return row?.outcome !== "running" && row;
  });
}

test("a download that broke off goes on where it was, and all of it is the file", async () => {
  stack.proxy.reset();
  const { part, length, etag, digest, range } = await breakOff(stack.portal, {});
  const headers = { ...range, "If-Range": etag };
  const rest = await download(stack.portal, stack.session, {}, headers);
  expect(rest.status).toBe(206);
  const from = part.byteLength;
  expect(rest.headers.get("Content-Range")).toBe(`bytes ${from}-${length - 1}/${length}`);
  expect(rest.headers.get("ETag")).toBe(etag);
  expect(reprDigest(Buffer.concat([part, rest.bytes]))).toBe(digest);
  expect(countExports()).toBe(1);
  await until("the spool is freed", async () => (await openSpoolFiles(stack.portal.pid)) === 0);
});

test("by its run a download goes on as well, and the run is on record as completed", async () => {
  stack.proxy.reset();
  const run = randomUUID();
  const { part, digest, range } = await breakOff(stack.portal, { run });
  const rest = await download(stack.portal, stack.session, { run }, range);
  expect(rest.status).toBe(206);
  expect(reprDigest(Buffer.concat([part, rest.bytes]))).toBe(digest);
  expect(countExports()).toBe(1);
  expect(await outcomeOf(run)).toMatchObject({ outcome: "completed" });
});

test("another session never finds the export, and gets no part of a file", async () => {
  const run = randomUUID();
  const { etag, range } = await breakOff(stack.portal, { run });
  const other = await signInAt(stack.portal.origin, ADMIN);
  const byRun = await download(stack.portal, other, { run }, range);
  expect(problemOf(byRun)).toMatchObject({ status: 409 });
  const byTag = await download(stack.portal, other, {}, { ...range, "If-Range": etag });
  expect(byTag.status).toBe(200);
  expect(byTag.headers.get("ETag")).not.toBe(etag);
  expect(byTag.headers.get("Repr-Digest")).toBe(reprDigest(byTag.bytes));
});

test("after EXPORT_RESUME_SECONDS the run is cancelled, and who comes back gets a new export", async () => {
  const portal = await stack.portalWith({ EXPORT_RESUME_SECONDS: "1", EXPORT_MEMORY_BYTES: "0" });
  const run = randomUUID();
  const { etag, range } = await breakOff(portal, { run });
  expect(await outcomeOf(run)).toMatchObject({ outcome: "cancelled" });
  await until("the spool is freed", async () => (await openSpoolFiles(portal.pid)) === 0);
  const byTag = await download(portal, stack.session, {}, { ...range, "If-Range": etag });
  expect(byTag.status).toBe(200);
  expect(byTag.headers.get("ETag")).not.toBe(etag);
  expect(byTag.headers.get("Repr-Digest")).toBe(reprDigest(byTag.bytes));
  const byRun = await download(portal, stack.session, { run }, range);
  expect(problemOf(byRun)).toMatchObject({ status: 409 });
});
