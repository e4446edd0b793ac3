import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "~/convex/accounts";
import { createConvexSource } from "~/convex/export-source";
import { askToCancelRun, findRun } from "~/convex/runs";
import { COMMAND_LINE } from "../support/convex";
import { AuditRows, COMPLETED } from "./audit-rows";

let rows: AuditRows;

beforeAll(async () => {
  rows = await AuditRows.open();
});

afterAll(() => rows.convex.close());

const shown = (runKey: string) => findRun(rows.convex.client, COMMAND_LINE, runKey);

describe("a run that somebody asks to cancel", () => {
  const cancel = (runKey: string, actor: Actor) =>
    askToCancelRun(rows.convex.client, actor, runKey);

  /** A system administrator with a session, and a run of theirs. */
  async function startOwn(name = "A system_admin") {
    const userId = await rows.convex.createUser("system_admin", { name });
    const actor = await rows.convex.createSession(userId);
    return { actor, runKey: await rows.startRun({ actor }) };
  }

  test("says so, with when and by whom, and goes on until its process sees that", async () => {
    const { runKey } = await startOwn();
    const other = await startOwn("Ada");
    const before = Date.now();
    await cancel(runKey, other.actor);
    const run = await shown(runKey);
    expect(run).toMatchObject({ outcome: "running", cancelAskedBy: "Ada" });
    expect(run?.cancelAskedAt).toBeGreaterThanOrEqual(before);
    await rows.finish({ runKey, outcome: "cancelled", finishedAt: 2000 });
    expect(await shown(runKey)).toMatchObject({ outcome: "cancelled", cancelAskedBy: "Ada" });
  });

  test("keeps the first who asked", async () => {
    const { actor, runKey } = await startOwn();
    await cancel(runKey, actor);
    const before = await rows.of(runKey);
    await cancel(runKey, (await startOwn("Bo")).actor);
    expect(await rows.of(runKey)).toEqual(before);
  });

  test("is refused its last check, and no other run is", async () => {
    const { actor, runKey } = await startOwn();
    const source = (key?: string) => createConvexSource(rows.convex.client, actor, key);
    await source(runKey).authorize();
    await cancel(runKey, actor);
    await expect(source(runKey).authorize()).rejects.toMatchObject({ code: "cancelled" });
    await source().authorize();
    await source(randomUUID()).authorize();
  });

  test("and that has ended, or is of the command line, stays as it is", async () => {
    const { actor, runKey } = await startOwn();
    await rows.finish({ runKey, ...COMPLETED });
    const ofTerminal = await rows.startRun();
    for (const key of [runKey, ofTerminal]) {
      const before = await rows.of(key);
      await cancel(key, actor);
      expect(await rows.of(key)).toEqual(before);
    }
  });

  test("must be there", async () => {
    await expect(cancel(randomUUID(), COMMAND_LINE)).rejects.toMatchObject({
      code: "convex_failed",
    });
  });
});
