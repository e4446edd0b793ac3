import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isPageRead } from "../e2e/support/convex-proxy";
import { startDownload } from "../e2e/support/download";
import { readExport } from "../e2e/support/export-file";
import { problemOf } from "../e2e/support/http";
import type { HttpAnswer } from "../e2e/support/http";
import type { Portal } from "../e2e/support/portal";
import { openSpoolFiles } from "./support/spool-files";
import { download, downloadUrl, startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";
import { until } from "./support/until";

const MEBIBYTE = 1024 * 1024;

let stack: FaultStack;

beforeAll(async () => {
  stack = await startFaultStack("large", { EXPORT_MEMORY_BYTES: "0" });
});
afterAll(() => stack.stop());

async function exportAt(portal: Portal) {
  const run = randomUUID();
  const answer = await download(portal, stack.session, { run });
  return { answer, run };
}

/** The size of an export without the text around its lines: it is told while a delivery lasts. */
async function capturedBytes(): Promise<number> {
  const run = randomUUID();
  const slow = await startDownload(downloadUrl(stack.portal, { run }), stack.session).answered;
  await slow.take(1);
  const { progress } = await until("the delivery is on record", async () => {
    const row = await stack.database.run(run);
    return row?.progress?.phase === "sending" && row;
  });
  await slow.finish();
  return progress?.capturedBytes ?? 0;
}

async function expectRefused(
  portal: Portal,
  { answer, run }: { answer: HttpAnswer; run: string },
  expected: { status: number; title: string; errorCode: string },
): Promise<void> {
  const { errorCode, ...problem } = expected;
  expect(problemOf(answer)).toMatchObject(problem);
  expect(answer.headers.get("Content-Disposition")).toBeNull();
  expect(await stack.database.run(run)).toMatchObject({ outcome: "failed", errorCode });
  await until("the spool is freed", async () => (await openSpoolFiles(portal.pid)) === 0);
}

async function expectSmallExportWorks(portal: Portal): Promise<void> {
  const answer = await download(portal, stack.session, { tables: "companies" });
  expect(answer.status).toBe(200);
  expect(readExport(answer.bytes).data["companies"]).toHaveLength(2);
}

test("a disk that fills up is 507, and the next small export works", async () => {
  const portal = await stack.portalWith(
    { EXPORT_MEMORY_BYTES: "0" },
    { fileLimitBytes: 8 * MEBIBYTE },
  );
  await expectRefused(portal, await exportAt(portal), {
    status: 507,
    title: "Disk full",
    errorCode: "disk_full",
  });
  await expectSmallExportWorks(portal);
});

test("an export may take the last byte of EXPORT_DISK_BYTES, and not one more", async () => {
  const bytes = await capturedBytes();
  expect(bytes).toBeGreaterThan(20 * MEBIBYTE);

  const exact = { EXPORT_MEMORY_BYTES: "0", EXPORT_DISK_BYTES: String(bytes) };
  const enough = await stack.portalWith(exact);
  expect((await exportAt(enough)).answer.status).toBe(200);
  // The room of the first is free again.
  expect((await exportAt(enough)).answer.status).toBe(200);

  const short = await stack.portalWith({ ...exact, EXPORT_DISK_BYTES: String(bytes - 1) });
  await expectRefused(short, await exportAt(short), {
    status: 507,
    title: "Export too large",
    errorCode: "too_large",
  });
  await expectSmallExportWorks(short);
});

test("one export more than EXPORT_CAPTURES is 503 before any work, and leaves no record", async () => {
  const portal = await stack.portalWith({ EXPORT_CAPTURES: "1" });
  stack.proxy.reset();
  const held = stack.proxy.holdBack(isPageRead);
  const first = exportAt(portal);
  await held.arrived;
  const second = await exportAt(portal);
  expect(problemOf(second.answer)).toMatchObject({ status: 503, title: "Too many exports" });
  expect(Number(second.answer.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(second.answer.headers.get("Content-Disposition")).toBeNull();
  expect(await stack.database.run(second.run)).toBeNull();
  held.release();
  expect((await first).answer.status).toBe(200);
  expect((await exportAt(portal)).answer.status).toBe(200);
});
