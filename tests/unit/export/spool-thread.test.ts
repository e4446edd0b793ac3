import { randomBytes } from "node:crypto";
import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import type { Spool, SpoolSpace } from "~/export/spool";
import { BLOCK, collect, errorOf, fill, free, makeSpace } from "./spool-support";

const PLAIN = randomBytes(4 * BLOCK);

const threads: Worker[] = [];
process.on("worker", (thread) => threads.push(thread));

// Each test has a thread of its own.
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.terminate();
});

/** A spool with something on disk, and the thread that has its file. */
async function spoolWithThread(): Promise<{ space: SpoolSpace; spool: Spool; thread: Worker }> {
  const space = makeSpace();
  const spool = space.open();
  await fill(spool, PLAIN);
  const [thread, ...others] = threads;
  if (thread === undefined || others.length > 0) throw new Error("not one thread");
  return { space, spool, thread };
}

describe("the thread that encrypts", () => {
  test("fails what is under way when it stops, and the next spool has a new one", async () => {
    const { space, spool, thread } = await spoolWithThread();
    const segment = spool.segment();
    void segment.write(Buffer.alloc(16 * BLOCK));
    const isEnded = segment.end();
    const [error] = await Promise.all([errorOf(() => isEnded), thread.terminate()]);
    expect([error.code, error.detail]).toEqual(["internal", "spool: thread stopped"]);
    await free(spool);
    expect([space.memoryHeld, space.diskHeld]).toEqual([0, 0]);
    const next = space.open();
    expect((await collect(await fill(next, PLAIN))).equals(PLAIN)).toBe(true);
    await free(next);
  });

  test("is one for all spools", async () => {
    const { space, spool } = await spoolWithThread();
    const [second, third] = [space.open(), makeSpace().open()];
    await Promise.all([fill(second, PLAIN), fill(third, PLAIN)]);
    expect(threads).toHaveLength(1);
    await free(spool, second, third);
  });

  test("does not go on with a file of one that stopped", async () => {
    const { spool, thread } = await spoolWithThread();
    const segment = spool.segment();
    await thread.terminate();
    const error = await errorOf(async () => {
      await segment.write(PLAIN);
      await segment.end();
    });
    expect([error.code, error.detail]).toEqual(["internal", "spool: lost"]);
    await free(spool);
  });
});
