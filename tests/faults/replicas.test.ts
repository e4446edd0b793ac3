import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RUNS } from "../e2e/support/addresses";
import { CSRF_FIELD, openForm } from "../e2e/support/csrf";
import { isPageRead, nth } from "../e2e/support/convex-proxy";
import { startDownload } from "../e2e/support/download";
import { reprDigest } from "../e2e/support/export-file";
import { HttpClient } from "../e2e/support/http";
import { signInAt } from "../e2e/support/session";
import type { Session } from "../e2e/support/session";
import { ADMIN, downloadUrl, startFaultStack } from "./support/stack";
import type { FaultStack } from "./support/stack";
import { until } from "./support/until";

let stack: FaultStack;

beforeAll(async () => {
  stack = await startFaultStack("large");
});
afterAll(() => stack.stop());

test("who signed in at one portal exports at another, and follows the run from the first", async () => {
  const [first, second] = [stack.portal, await stack.portalWith({})];
  const session = await signInAt(first.origin, ADMIN);
  const run = randomUUID();
  const follow = async () => {
    const { text } = await new HttpClient(first.origin).send(`${RUNS}/${run}`, { session });
    return JSON.parse(text) as {
      outcome: string;
      status?: { phase: string; bytes?: { total: number } };
      bytes?: number;
      digest?: string;
    };
  };

  stack.proxy.reset();
  const held = stack.proxy.holdBack(nth(3, isPageRead));
  const { answered } = startDownload(downloadUrl(second, { run }), session);
  await held.arrived;
  expect(await follow()).toMatchObject({ outcome: "running" });
  held.release();

  const download = await answered;
  expect(download.status).toBe(200);
  const start = await download.take(1);
  const length = Number(download.headers["content-length"]);
  const sending = await until("the run is being sent", async () => {
    const { outcome, status } = await follow();
    return status?.phase === "delivering" && { outcome, status };
  });
  expect(sending).toMatchObject({ outcome: "running", status: { bytes: { total: length } } });

  const file = Buffer.concat([start, await download.finish()]);
  const ended = await until("the run has ended", async () => {
    const told = await follow();
    return told.outcome !== "running" && told;
  });
  expect(ended).toMatchObject({ outcome: "completed", bytes: file.byteLength });
  const digest = Buffer.from(ended.digest ?? "", "hex").toString("base64");
  expect(`sha-256=:${digest}:`).toBe(reprDigest(file));
});

test("a delivery is cancelled at another portal, also once the session that began it has ended", async () => {
  const [first, second] = [stack.portal, await stack.portalWith({})];
  const [own, other] = [await signInAt(first.origin, ADMIN), await signInAt(first.origin, ADMIN)];
  const run = randomUUID();
  const download = await startDownload(downloadUrl(second, { run }), own).answered;
  await download.take(1);
  const http = new HttpClient(first.origin);
  const post = async (address: string, session: Session) => {
    const { token } = await openForm(http, "/admin", session);
    return http.send(address, {
      method: "POST",
      session,
      headers: { Origin: first.origin },
      body: new URLSearchParams({ [CSRF_FIELD]: token }),
    });
  };
  expect((await post("/logout", own)).status).toBe(302);
  expect((await post(`${RUNS}/${run}/cancel`, other)).status).toBe(303);
  const row = await until("the run has ended", async () => {
    const told = await stack.database.run(run);
    return told?.outcome !== "running" && told;
  });
  expect(row).toMatchObject({ outcome: "cancelled" });
  const rest = download.finish().then((bytes) => bytes.byteLength);
  await expect(rest).rejects.toThrow("aborted");
});
